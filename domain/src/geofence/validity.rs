//! Decides whether rings make a geofence, and says which ring does not and why.

use super::crossing::{Contact, contact};
use super::polygon::MultiPolygon;
use super::ring::{Location, Ring, Vertex, extent};
use super::seam::{Seam, without_seams};
use super::{FenceError, RingName};
use crate::distance::Metric;

/// The greatest side of a polygon's bounding rectangle, metres.
pub const MAX_EXTENT_M: f64 = 500_000.0;

/// A smaller area is a drawing slip, square metres.
const SMALLEST_AREA_M2: f64 = 0.01;

/// Polygons from rings, each exterior followed by its holes.
///
/// A hole may touch its exterior or another hole in single points; polygons may touch and adjoin.
pub(super) fn polygons(mut rings: Vec<Ring>) -> Result<MultiPolygon, FenceError> {
    for ring in &rings {
        check_alone(ring)?;
    }
    bring_together(&mut rings);
    check_extent(&rings)?;
    rings.iter_mut().for_each(Ring::face_left);
    let meetings = Meetings::find(&rings)?;
    check_nesting(&rings, &meetings)?;
    let seamless = if meetings.seams.is_empty() {
        None
    } else {
        Some(without_seams(&rings, meetings.seams))
    };
    let polygon = MultiPolygon::assemble(&rings, seamless);
    if polygon.area_m2() < SMALLEST_AREA_M2 {
        return Err(FenceError::ZeroArea {
            ring: rings[0].name,
        });
    }
    Ok(polygon)
}

fn check_alone(ring: &Ring) -> Result<(), FenceError> {
    let name = ring.name;
    if ring.goes_round() {
        return Err(FenceError::ContainsPole { ring: name });
    }
    if ring.corners.len() < 3 {
        return Err(FenceError::TooFewPoints {
            ring: name,
            count: ring.corners.len(),
        });
    }
    if ring.is_degenerate() {
        return Err(FenceError::ZeroArea { ring: name });
    }
    Ok(())
}

/// Moves the rings by whole turns into one frame about the first exterior, itself near (-180, 180].
fn bring_together(rings: &mut [Ring]) {
    let mut beside = 0.0;
    for (index, ring) in rings.iter_mut().enumerate() {
        ring.move_beside(beside);
        if index == 0 || ring.name.ring == 0 {
            let (west, _, east, _) = extent(&ring.corners);
            beside = (west + east) / 2.0;
        }
    }
}

fn check_extent(rings: &[Ring]) -> Result<(), FenceError> {
    let corners: Vec<Vertex> = rings
        .iter()
        .flat_map(|ring| ring.corners.iter().copied())
        .collect();
    let (west, south, east, north) = extent(&corners);
    let nearest_to_equator = if south <= 0.0 && north >= 0.0 {
        0.0
    } else {
        south.abs().min(north.abs())
    };
    let (per_north, per_east) = Metric::at(nearest_to_equator).per_degree();
    let extent_m = ((north - south) * per_north).max((east - west) * per_east);
    if extent_m > MAX_EXTENT_M {
        Err(FenceError::TooLarge { extent_m })
    } else {
        Ok(())
    }
}

/// Where rings meet without crossing.
#[derive(Default)]
struct Meetings {
    /// (ring, edge, point), twice for each meeting.
    touches: Vec<(usize, usize, Vertex)>,
    seams: Vec<Seam>,
}

impl Meetings {
    /// Looks at each pair of edges whose latitudes overlap; a pair that may not meet so is the error.
    fn find(rings: &[Ring]) -> Result<Meetings, FenceError> {
        struct Edge {
            ring: usize,
            index: usize,
            ends: (Vertex, Vertex),
            south: f64,
            north: f64,
        }
        let mut edges: Vec<Edge> = Vec::new();
        for (number, ring) in rings.iter().enumerate() {
            edges.extend(ring.edges().enumerate().map(|(index, ends)| Edge {
                ring: number,
                index,
                ends,
                south: ends.0.y.min(ends.1.y),
                north: ends.0.y.max(ends.1.y),
            }));
        }
        edges.sort_by(|a, b| a.south.total_cmp(&b.south));
        let mut meetings = Meetings::default();
        for (position, edge) in edges.iter().enumerate() {
            for other in edges[position + 1..]
                .iter()
                .take_while(|other| other.south <= edge.north)
            {
                let contact = contact(edge.ends, other.ends);
                if contact != Contact::None {
                    meetings.judge(
                        rings,
                        (edge.ring, edge.index),
                        (other.ring, other.index),
                        contact,
                    )?;
                }
            }
        }
        Ok(meetings)
    }

    fn judge(
        &mut self,
        rings: &[Ring],
        a: (usize, usize),
        b: (usize, usize),
        contact: Contact,
    ) -> Result<(), FenceError> {
        if a.0 == b.0 {
            return check_itself(&rings[a.0], a.1.min(b.1), a.1.max(b.1), contact);
        }
        let (ring, other) = (rings[a.0].name, rings[b.0].name);
        match contact {
            Contact::None => {}
            Contact::Touch(point) => self.touches.extend([(a.0, a.1, point), (b.0, b.1, point)]),
            Contact::Overlap {
                from,
                to,
                is_same_direction: false,
            } if ring.polygon != other.polygon => {
                for (number, edge) in [a, b] {
                    self.touches
                        .extend([(number, edge, from), (number, edge, to)]);
                    self.seams.push(Seam {
                        ring: number,
                        edge,
                        ends: (from, to),
                    });
                }
            }
            Contact::Cross(at) | Contact::Overlap { from: at, .. } => {
                return Err(overlap(ring, other, at));
            }
        }
        Ok(())
    }

    /// Points that show on which side of other rings a ring lies: one corner if it meets none,
    /// else all corners, and a point between each two meetings on an edge.
    fn probes(&self, rings: &[Ring], number: usize) -> Vec<Vertex> {
        let ring = &rings[number];
        let mut touches: Vec<(usize, Vertex)> = self
            .touches
            .iter()
            .filter(|touch| touch.0 == number)
            .map(|touch| (touch.1, touch.2))
            .collect();
        if touches.is_empty() {
            return vec![ring.corners[0]];
        }
        let mut probes = ring.corners.clone();
        touches.sort_by_key(|touch| touch.0);
        for group in touches.chunk_by(|a, b| a.0 == b.0) {
            let (from, to) = ring.edge(group[0].0);
            let mut stops: Vec<Vertex> = group
                .iter()
                .map(|touch| touch.1)
                .chain([from, to])
                .collect();
            stops.sort_by(|a, b| {
                let distance = |stop: &Vertex| (stop.x - from.x).hypot(stop.y - from.y);
                distance(a).total_cmp(&distance(b))
            });
            let middle = |pair: &[Vertex]| Vertex {
                x: (pair[0].x + pair[1].x) / 2.0,
                y: (pair[0].y + pair[1].y) / 2.0,
            };
            probes.extend(stops.windows(2).map(middle));
        }
        probes
    }
}

/// Two edges of one ring may only meet where one follows the other.
fn check_itself(
    ring: &Ring,
    first: usize,
    second: usize,
    contact: Contact,
) -> Result<(), FenceError> {
    let are_neighbours = second - first == 1 || second - first == ring.corners.len() - 1;
    let at = match contact {
        Contact::None => return Ok(()),
        Contact::Touch(_) if are_neighbours => return Ok(()),
        Contact::Touch(at) | Contact::Cross(at) | Contact::Overlap { from: at, .. } => at,
    };
    let (a, b) = (ring.edge_number(first), ring.edge_number(second));
    Err(FenceError::SelfIntersection {
        ring: ring.name,
        edges: (a.min(b), a.max(b)),
        at: (at.x, at.y),
    })
}

fn overlap(ring: RingName, other: RingName, at: Vertex) -> FenceError {
    let at = (at.x, at.y);
    if ring.polygon != other.polygon {
        return FenceError::PartsOverlap { ring, other, at };
    }
    let (ring, other) = if ring.ring > other.ring {
        (ring, other)
    } else {
        (other, ring)
    };
    FenceError::HoleCrosses { ring, other, at }
}

/// Holes must lie in their exterior and beside each other, polygons beside each other or in holes.
fn check_nesting(rings: &[Ring], meetings: &Meetings) -> Result<(), FenceError> {
    let probes: Vec<Vec<Vertex>> = (0..rings.len())
        .map(|number| meetings.probes(rings, number))
        .collect();
    let extents: Vec<_> = rings.iter().map(|ring| extent(&ring.corners)).collect();
    for (number, ring) in rings.iter().enumerate() {
        for (rank, other) in rings.iter().enumerate() {
            if number == rank {
                continue;
            }
            let is_own = ring.name.polygon == other.name.polygon;
            let fault = match (is_own, ring.name.ring, other.name.ring) {
                (true, 1.., 0) => probes[number]
                    .iter()
                    .any(|probe| other.locate(*probe) == Location::Outside)
                    .then_some(FenceError::HoleOutside { ring: ring.name }),
                (true, 1.., 1..) if boxes_meet(extents[number], extents[rank]) => probes[number]
                    .iter()
                    .find(|probe| other.locate(**probe) == Location::Inside)
                    .map(|probe| overlap(ring.name, other.name, *probe)),
                (false, 0, 0) if boxes_meet(extents[number], extents[rank]) => probes[number]
                    .iter()
                    .find(|probe| is_in_polygon(rings, rank, **probe))
                    .map(|probe| overlap(ring.name, other.name, *probe)),
                _ => None,
            };
            if let Some(fault) = fault {
                return Err(fault);
            }
        }
    }
    Ok(())
}

/// Whether a point lies in the polygon of an exterior and in none of its holes.
fn is_in_polygon(rings: &[Ring], exterior: usize, point: Vertex) -> bool {
    rings[exterior].locate(point) == Location::Inside
        && rings[exterior + 1..]
            .iter()
            .take_while(|ring| ring.name.ring > 0)
            .all(|hole| hole.locate(point) == Location::Outside)
}

fn boxes_meet(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> bool {
    a.0 <= b.2 && b.0 <= a.2 && a.1 <= b.3 && b.1 <= a.3
}
