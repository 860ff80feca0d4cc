//! A closed line of straight edges in longitude and latitude, and where a point lies against it.

use super::RingName;
use super::crossing::are_collinear;
use crate::position::{Position, wrap_degrees};

/// How thick a line is, degrees (0.1 mm of latitude).
pub(super) const THICKNESS_DEG: f64 = 1e-9;

/// A corner in degrees; its longitude may lie beyond 180, so that edges need no wrapping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Vertex {
    /// Longitude.
    pub(crate) x: f64,
    /// Latitude.
    pub(crate) y: f64,
}

/// Where a point lies against a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Inside,
    Boundary,
    Outside,
}

/// A ring on its way into a shape: open (the first corner is not repeated), without repetitions.
pub(super) struct Ring {
    pub(super) name: RingName,
    pub(super) corners: Vec<Vertex>,
    /// The number of each corner in the GeoJSON, from 1.
    numbers: Vec<usize>,
    is_reversed: bool,
}

impl Ring {
    /// A ring from the points of a closed GeoJSON ring: its longitudes made continuous (a step of
    /// more than half a turn goes the other way round), points that repeat the one before dropped.
    pub(super) fn new(name: RingName, points: &[Vertex]) -> Ring {
        let mut ring = Ring {
            name,
            corners: Vec::new(),
            numbers: Vec::new(),
            is_reversed: false,
        };
        for (index, point) in points.iter().enumerate() {
            let corner = match ring.corners.last() {
                Some(last) => point.beside(last.x),
                None => *point,
            };
            if ring
                .corners
                .last()
                .is_none_or(|last| !last.is_same(&corner))
            {
                ring.corners.push(corner);
                ring.numbers.push(index + 1);
            }
        }
        if ring.corners.len() > 1 && ring.corners[0].is_same(&ring.corners[ring.corners.len() - 1])
        {
            ring.corners.pop();
            ring.numbers.pop();
        }
        ring
    }

    /// Whether following the ring leads once round the Earth.
    pub(super) fn goes_round(&self) -> bool {
        let (Some(first), Some(last)) = (self.corners.first(), self.corners.last()) else {
            return false;
        };
        (first.beside(last.x).x - first.x).abs() > 180.0
    }

    /// Whether the corners make no area: fewer than three, or all on one line.
    pub(super) fn is_degenerate(&self) -> bool {
        self.corners.len() < 3 || are_collinear(&self.corners)
    }

    /// The edge that begins at a corner.
    pub(super) fn edge(&self, index: usize) -> (Vertex, Vertex) {
        (
            self.corners[index],
            self.corners[(index + 1) % self.corners.len()],
        )
    }

    /// All edges in order.
    pub(super) fn edges(&self) -> impl Iterator<Item = (Vertex, Vertex)> + '_ {
        (0..self.corners.len()).map(|index| self.edge(index))
    }

    /// The number of an edge as drawn: that of the point it began at.
    pub(super) fn edge_number(&self, index: usize) -> usize {
        self.numbers[if self.is_reversed {
            (index + 1) % self.numbers.len()
        } else {
            index
        }]
    }

    /// Turns the ring so that what it bounds lies to the left: an exterior against the clock, a
    /// hole with it (RFC 7946, section 3.1.6).
    pub(super) fn face_left(&mut self) {
        let is_counter_clockwise = self.doubled_area() > 0.0;
        if is_counter_clockwise != (self.name.ring == 0) {
            self.corners.reverse();
            self.numbers.reverse();
            self.is_reversed = true;
        }
    }

    fn doubled_area(&self) -> f64 {
        let origin = self.corners[0];
        self.edges()
            .map(|(a, b)| (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y))
            .sum()
    }

    /// Moves the ring by whole turns to where it is nearest to a longitude.
    pub(super) fn move_beside(&mut self, longitude: f64) {
        let (west, _, east, _) = extent(&self.corners);
        let turn = turns_to((west + east) / 2.0, longitude);
        if turn != 0.0 {
            self.corners.iter_mut().for_each(|corner| corner.x += turn);
        }
    }

    /// Where a point lies against what the ring encloses.
    pub(super) fn locate(&self, point: Vertex) -> Location {
        let mut sides = Sides::of(point);
        self.edges().for_each(|(a, b)| sides.pass(a, b));
        sides.location()
    }
}

impl Vertex {
    /// The place on Earth.
    pub(crate) fn place(self) -> Position {
        Position::wrapped(self.y, self.x)
    }

    /// The same place, less than half a turn from a longitude.
    pub(super) fn beside(self, longitude: f64) -> Vertex {
        let turn = turns_to(self.x, longitude);
        Vertex {
            x: if turn == 0.0 { self.x } else { self.x + turn },
            y: self.y,
        }
    }

    pub(super) fn is_same(&self, other: &Vertex) -> bool {
        (self.x - other.x).abs() <= THICKNESS_DEG && (self.y - other.y).abs() <= THICKNESS_DEG
    }
}

/// The whole turns (degrees) that bring a longitude to within half a turn of another.
fn turns_to(from: f64, to: f64) -> f64 {
    let apart = to - from;
    if apart.abs() <= 180.0 {
        return 0.0;
    }
    ((apart - wrap_degrees(apart)) / 360.0).round() * 360.0
}

/// West, south, east and north of some corners.
pub(super) fn extent(corners: &[Vertex]) -> (f64, f64, f64, f64) {
    corners.iter().fold(
        (
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ),
        |(west, south, east, north), corner| {
            (
                west.min(corner.x),
                south.min(corner.y),
                east.max(corner.x),
                north.max(corner.y),
            )
        },
    )
}

/// Whether a ring of open corners contains a point of its frame, its line included.
#[inline]
pub(crate) fn ring_contains(corners: &[Vertex], point: Vertex) -> bool {
    let mut sides = Sides::of(point);
    if let Some(mut from) = corners.last() {
        for to in corners {
            sides.pass(*from, *to);
            from = to;
        }
    }
    sides.location() != Location::Outside
}

/// Counts the edges east of a point: an odd number means inside.
pub(super) struct Sides {
    point: Vertex,
    is_odd: bool,
    is_on_edge: bool,
}

impl Sides {
    pub(super) fn of(point: Vertex) -> Sides {
        Sides {
            point,
            is_odd: false,
            is_on_edge: false,
        }
    }

    #[inline]
    pub(super) fn pass(&mut self, a: Vertex, b: Vertex) {
        let Vertex { x, y } = self.point;
        let (to_a, to_b) = (a.y - y, b.y - y);
        if (to_a > THICKNESS_DEG && to_b > THICKNESS_DEG)
            || (to_a < -THICKNESS_DEG && to_b < -THICKNESS_DEG)
        {
            return;
        }
        let (east, north) = (b.x - a.x, b.y - a.y);
        // Positive when the point lies to the left of the edge.
        let left = north * (a.x - x) - east * to_a;
        if left.abs() <= THICKNESS_DEG * (east.abs() + north.abs())
            && x >= a.x.min(b.x) - THICKNESS_DEG
            && x <= a.x.max(b.x) + THICKNESS_DEG
        {
            self.is_on_edge = true;
        }
        self.is_odd ^= (to_a > 0.0) != (to_b > 0.0) && (left > 0.0) == (north > 0.0);
    }

    pub(super) fn location(&self) -> Location {
        match self {
            Sides {
                is_on_edge: true, ..
            } => Location::Boundary,
            Sides { is_odd: true, .. } => Location::Inside,
            _ => Location::Outside,
        }
    }
}
