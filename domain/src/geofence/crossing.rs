//! How two edges meet, decided without rounding errors.

use geo::kernels::{Kernel, Orientation, RobustKernel};

use super::ring::Vertex;

/// How two edges meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Contact {
    /// Not at all.
    None,
    /// They cross, each between its ends.
    Cross(Vertex),
    /// An end of one is on the other.
    Touch(Vertex),
    /// They run together between two points.
    Overlap {
        from: Vertex,
        to: Vertex,
        is_same_direction: bool,
    },
}

/// How the edges s and t meet.
pub(super) fn contact(s: (Vertex, Vertex), t: (Vertex, Vertex)) -> Contact {
    if !boxes_meet(s, t) {
        return Contact::None;
    }
    let sides = [side(s, t.0), side(s, t.1), side(t, s.0), side(t, s.1)];
    if sides.iter().all(|side| *side == Orientation::Collinear) {
        return along_one_line(s, t);
    }
    if let Some(end) = [t.0, t.1, s.0, s.1]
        .into_iter()
        .zip(sides)
        .zip([s, s, t, t])
        .find(|((end, side), edge)| *side == Orientation::Collinear && in_box(*edge, *end))
    {
        return Contact::Touch(end.0.0);
    }
    if sides[0] != sides[1] && sides[2] != sides[3] && !sides.contains(&Orientation::Collinear) {
        return Contact::Cross(intersection(s, t));
    }
    Contact::None
}

/// Whether all corners lie on one line.
pub(super) fn are_collinear(corners: &[Vertex]) -> bool {
    let Some(first) = corners.first() else {
        return true;
    };
    let farthest = corners.iter().copied().fold(*first, |far, corner| {
        if distance(*first, corner) > distance(*first, far) {
            corner
        } else {
            far
        }
    });
    corners
        .iter()
        .all(|corner| side((*first, farthest), *corner) == Orientation::Collinear)
}

fn side(edge: (Vertex, Vertex), point: Vertex) -> Orientation {
    let coord = |vertex: Vertex| geo::Coord {
        x: vertex.x,
        y: vertex.y,
    };
    RobustKernel::orient2d(coord(edge.0), coord(edge.1), coord(point))
}

/// Two edges on one line: apart, end to end, or together for a stretch.
fn along_one_line(s: (Vertex, Vertex), t: (Vertex, Vertex)) -> Contact {
    let is_flat = (s.1.x - s.0.x).abs() >= (s.1.y - s.0.y).abs();
    let along = |vertex: Vertex| if is_flat { vertex.x } else { vertex.y };
    let order = |edge: (Vertex, Vertex)| {
        if along(edge.0) <= along(edge.1) {
            edge
        } else {
            (edge.1, edge.0)
        }
    };
    let (first, second) = (order(s), order(t));
    let from = if along(first.0) >= along(second.0) {
        first.0
    } else {
        second.0
    };
    let to = if along(first.1) <= along(second.1) {
        first.1
    } else {
        second.1
    };
    if along(from) < along(to) {
        let is_same_direction = (along(s.0) < along(s.1)) == (along(t.0) < along(t.1));
        Contact::Overlap {
            from,
            to,
            is_same_direction,
        }
    } else if along(from) == along(to) {
        Contact::Touch(from)
    } else {
        Contact::None
    }
}

/// Where two edges cross that are known to.
fn intersection(s: (Vertex, Vertex), t: (Vertex, Vertex)) -> Vertex {
    let (sx, sy) = (s.1.x - s.0.x, s.1.y - s.0.y);
    let (tx, ty) = (t.1.x - t.0.x, t.1.y - t.0.y);
    let area = sx * ty - sy * tx;
    let along = ((t.0.x - s.0.x) * ty - (t.0.y - s.0.y) * tx) / area;
    let along = if along.is_finite() {
        along.clamp(0.0, 1.0)
    } else {
        0.5
    };
    Vertex {
        x: s.0.x + along * sx,
        y: s.0.y + along * sy,
    }
}

fn boxes_meet(s: (Vertex, Vertex), t: (Vertex, Vertex)) -> bool {
    s.0.x.min(s.1.x) <= t.0.x.max(t.1.x)
        && t.0.x.min(t.1.x) <= s.0.x.max(s.1.x)
        && s.0.y.min(s.1.y) <= t.0.y.max(t.1.y)
        && t.0.y.min(t.1.y) <= s.0.y.max(s.1.y)
}

fn in_box(edge: (Vertex, Vertex), point: Vertex) -> bool {
    boxes_meet(edge, (point, point))
}

fn distance(a: Vertex, b: Vertex) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}
