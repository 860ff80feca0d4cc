//! The distance from a point to the nearest edge.

use super::polygon::MultiPolygon;
use super::ring::Vertex;
use crate::distance::{Metric, POLAR_CAP_DEG, chord_m, earth_centred, metres};

/// Up to this distance the metric at the point's latitude picks the edge well enough.
const ONE_PASS_M: f64 = 1_000.0;
/// Up to this distance that metric also measures.
const LOCAL_REACH_M: f64 = 10_000.0;

/// Metres to the nearest edge.
///
/// The edge is picked in the plane of longitude and latitude scaled at the point, where edges are
/// straight; then the step to it is measured on the ellipsoid. Farther away the plane is scaled at
/// the middle latitude once more.
pub(super) fn distance_m(polygon: &MultiPolygon, point: Vertex) -> f64 {
    let (south, _, north, _) = polygon.extent();
    if point.y.abs().max(south.abs()).max(north.abs()) > POLAR_CAP_DEG {
        return polar_distance_m(polygon, point);
    }
    let metric = Metric::at(point.y);
    let step = nearest_step(polygon, point, &metric);
    let near_m = measure(point, step, &metric);
    if near_m <= ONE_PASS_M {
        return near_m;
    }
    let again = nearest_step(polygon, point, &Metric::at(point.y + step.y / 2.0));
    near_m.min(measure(point, again, &metric))
}

/// The step in degrees to the nearest point of an edge, in the plane of a metric.
fn nearest_step(polygon: &MultiPolygon, point: Vertex, metric: &Metric) -> Vertex {
    let (per_north, per_east) = metric.per_degree();
    let mut nearest = Vertex { x: 0.0, y: 0.0 };
    let mut least = f64::INFINITY;
    polygon.for_each_edge(|a, b| {
        let (ax, ay) = ((a.x - point.x) * per_east, (a.y - point.y) * per_north);
        let (dx, dy) = ((b.x - a.x) * per_east, (b.y - a.y) * per_north);
        let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let (x, y) = (ax + along * dx, ay + along * dy);
        let square = x * x + y * y;
        if square < least {
            least = square;
            nearest = Vertex { x, y };
        }
    });
    Vertex {
        x: nearest.x / per_east,
        y: nearest.y / per_north,
    }
}

fn measure(point: Vertex, step: Vertex, metric: &Metric) -> f64 {
    let local = metric.step(step.y, step.x);
    if local <= LOCAL_REACH_M {
        return local;
    }
    let nearest = Vertex {
        x: point.x + step.x,
        y: point.y + step.y,
    };
    metres(point.place(), nearest.place())
}

/// Near a pole no plane of longitude and latitude will do: each edge that may be the nearest is
/// sampled, and its best stretch narrowed down by the golden section. Chords are compared, for the
/// shortest of them belongs to the shortest way.
fn polar_distance_m(polygon: &MultiPolygon, point: Vertex) -> f64 {
    let from = earth_centred(point.place());
    let chord = |vertex: Vertex| chord_m(from, earth_centred(vertex.place()));
    let (mut least, mut nearest) = (f64::INFINITY, point);
    let mut offer = |vertex: Vertex, chord: f64| {
        if chord < least {
            (least, nearest) = (chord, vertex);
        }
        least
    };
    polygon.for_each_edge(|a, _| {
        offer(a, chord(a));
    });
    polygon.for_each_edge(|a, b| {
        let (to_a, to_b) = (chord(a), chord(b));
        // No point of the edge is nearer than half of what these exceed its length by.
        if (to_a + to_b - longest_m(a, b)) / 2.0 < offer(a, to_a) {
            let vertex = narrowed(a, b, chord);
            offer(vertex, chord(vertex));
        }
    });
    metres(point.place(), nearest.place())
}

/// At least the length of an edge in metres.
fn longest_m(a: Vertex, b: Vertex) -> f64 {
    let widest = if a.y * b.y < 0.0 {
        0.0
    } else {
        a.y.abs().min(b.y.abs())
    };
    let (_, per_east) = Metric::at(widest).per_degree();
    let (per_north, _) = Metric::at(90.0).per_degree();
    1.001 * ((b.y - a.y).abs() * per_north + (b.x - a.x).abs() * per_east)
}

/// The point of an edge with the least distance.
fn narrowed(a: Vertex, b: Vertex, distance: impl Fn(Vertex) -> f64) -> Vertex {
    const SAMPLES: u32 = 16;
    const NARROWINGS: u32 = 32;
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let at = |along: f64| Vertex {
        x: a.x + along * (b.x - a.x),
        y: a.y + along * (b.y - a.y),
    };
    let (best, _) = (0..=SAMPLES)
        .map(|sample| f64::from(sample) / f64::from(SAMPLES))
        .map(|along| (along, distance(at(along))))
        .fold((0.0, f64::INFINITY), |best, next| {
            if next.1 < best.1 { next } else { best }
        });
    let width = 1.0 / f64::from(SAMPLES);
    let (mut low, mut high) = ((best - width).max(0.0), (best + width).min(1.0));
    for _ in 0..NARROWINGS {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if distance(at(left)) < distance(at(right)) {
            high = right
        } else {
            low = left
        }
    }
    at((low + high) / 2.0)
}
