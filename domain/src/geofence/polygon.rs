//! Polygons with holes, kept flat and compact for the test against a place.

use std::sync::Arc;

use super::nearest;
use super::ring::{Location, Ring, Sides, Vertex, extent};
use crate::distance::{E2, EQUATORIAL_RADIUS_M};
use crate::position::Position;

/// One or more polygons that do not overlap, with or without holes.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiPolygon {
    /// The corners of all rings, one ring after the other, none closed.
    corners: Arc<[Vertex]>,
    rings: Box<[RingEnd]>,
    /// The edges without those where two polygons adjoin, when there are such.
    seamless: Option<Box<[(Vertex, Vertex)]>>,
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    area_m2: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RingEnd {
    /// The index after its last corner.
    end: u32,
    is_exterior: bool,
}

impl MultiPolygon {
    /// Polygons from valid rings, each exterior before its holes, each with its inside to the left.
    pub(super) fn assemble(
        rings: &[Ring],
        seamless: Option<Vec<(Vertex, Vertex)>>,
    ) -> MultiPolygon {
        let corners: Arc<[Vertex]> = rings
            .iter()
            .flat_map(|ring| ring.corners.iter().copied())
            .collect();
        let mut end = 0;
        let ends = rings
            .iter()
            .map(|ring| {
                end += ring.corners.len() as u32;
                RingEnd {
                    end,
                    is_exterior: ring.name.ring == 0,
                }
            })
            .collect();
        let (west, south, east, north) = extent(&corners);
        let area_m2 = rings
            .iter()
            .flat_map(Ring::edges)
            .map(|(a, b)| area_below_m2(a, b))
            .sum();
        MultiPolygon {
            corners,
            rings: ends,
            seamless: seamless.map(Vec::into_boxed_slice),
            west,
            south,
            east,
            north,
            area_m2,
        }
    }

    /// How many polygons there are.
    pub fn polygon_count(&self) -> usize {
        self.rings.iter().filter(|ring| ring.is_exterior).count()
    }

    /// How many corners all rings have together.
    pub fn vertex_count(&self) -> usize {
        self.corners.len()
    }

    /// The distance from a place to the nearest edge in metres, negative inside.
    pub fn signed_distance_m(&self, place: Position) -> f64 {
        let point = self.point(place);
        let location = self.locate(point);
        if location == Location::Boundary {
            return 0.0;
        }
        let distance_m = nearest::distance_m(self, point).max(f64::MIN_POSITIVE);
        if location == Location::Inside {
            -distance_m
        } else {
            distance_m
        }
    }

    /// Whether a place is inside or on an edge.
    pub fn contains(&self, place: Position) -> bool {
        self.locate(self.point(place)) != Location::Outside
    }

    /// Square metres, exact for edges straight in longitude and latitude.
    pub(super) fn area_m2(&self) -> f64 {
        self.area_m2
    }

    /// South, west, north, east.
    pub(super) fn extent(&self) -> (f64, f64, f64, f64) {
        (self.south, self.west, self.north, self.east)
    }

    /// Polygons of closed rings of `[longitude, latitude]`.
    pub(super) fn outline(&self) -> Vec<Vec<Vec<[f64; 2]>>> {
        let mut polygons: Vec<Vec<Vec<[f64; 2]>>> = Vec::new();
        for (ring, corners) in self.rings() {
            let closed = corners
                .iter()
                .chain(corners.first())
                .map(|corner| [corner.x, corner.y])
                .collect();
            match polygons.last_mut() {
                Some(polygon) if !ring.is_exterior => polygon.push(closed),
                _ => polygons.push(vec![closed]),
            }
        }
        polygons
    }

    fn rings(&self) -> impl Iterator<Item = (RingEnd, &[Vertex])> {
        let mut start = 0;
        self.rings.iter().map(move |ring| {
            let corners = &self.corners[start..ring.end as usize];
            start = ring.end as usize;
            (*ring, corners)
        })
    }

    /// Calls for each edge of the boundary.
    #[inline]
    pub(crate) fn for_each_edge(&self, mut call: impl FnMut(Vertex, Vertex)) {
        if let Some(edges) = &self.seamless {
            edges.iter().for_each(|(a, b)| call(*a, *b));
            return;
        }
        let mut start = 0;
        for ring in &self.rings {
            let corners = &self.corners[start..ring.end as usize];
            start = ring.end as usize;
            let mut from = corners[corners.len() - 1];
            for to in corners {
                call(from, *to);
                from = *to;
            }
        }
    }

    /// The corners, shared, if one ring is all there is.
    pub(crate) fn only_ring(&self) -> Option<Arc<[Vertex]>> {
        (self.rings.len() == 1).then(|| Arc::clone(&self.corners))
    }

    /// A place in the frame of the corners.
    pub(super) fn point(&self, place: Position) -> Vertex {
        let vertex = Vertex {
            x: place.longitude(),
            y: place.latitude(),
        };
        vertex.beside((self.west + self.east) / 2.0)
    }

    #[inline]
    pub(super) fn locate(&self, point: Vertex) -> Location {
        const MARGIN: f64 = super::ring::THICKNESS_DEG;
        if point.x < self.west - MARGIN
            || point.x > self.east + MARGIN
            || point.y < self.south - MARGIN
            || point.y > self.north + MARGIN
        {
            return Location::Outside;
        }
        let mut sides = Sides::of(point);
        self.for_each_edge(|a, b| sides.pass(a, b));
        sides.location()
    }

    /// Whether a point of the frame is well inside.
    pub(crate) fn is_inside(&self, point: Vertex) -> bool {
        self.locate(point) == Location::Inside
    }
}

/// The area between an edge and the equator, positive for an edge that runs west: the sum around
/// a ring against the clock is its area on the ellipsoid.
///
/// The strip between equator and latitude φ measures, per radian of longitude,
/// b²/2·(sin φ/(1-e² sin²φ) + artanh(e sin φ)/e) (Snyder, *Map Projections: A Working Manual*,
/// eq. 3-12); the latitude runs evenly along the edge, so three Gauss points integrate it.
fn area_below_m2(a: Vertex, b: Vertex) -> f64 {
    const GAUSS: [(f64, f64); 3] = [
        (0.112_701_665_379_258_31, 5.0 / 18.0),
        (0.5, 8.0 / 18.0),
        (0.887_298_334_620_741_7, 5.0 / 18.0),
    ];
    let strip = |latitude: f64| {
        let (sin, e) = (latitude.to_radians().sin(), E2.sqrt());
        let half_polar_radius_squared =
            EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M * (1.0 - E2) / 2.0;
        half_polar_radius_squared * (sin / (1.0 - E2 * sin * sin) + (e * sin).atanh() / e)
    };
    let mean: f64 = GAUSS
        .iter()
        .map(|(at, weight)| weight * strip(a.y + at * (b.y - a.y)))
        .sum();
    (a.x - b.x).to_radians() * mean
}
