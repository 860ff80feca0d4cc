//! A geofence's shape: a circle, or polygons with holes; where a place lies against it.
//!
//! A place on the boundary is inside. A boundary is 0.1 mm thick, so that numbers rounded on their
//! way through JSON still meet it. Polygon edges are straight in longitude and latitude, as GeoJSON
//! has them (RFC 7946, section 3.1.1). A shape that exists is valid.

mod circle;
mod crossing;
mod error;
mod geojson;
mod nearest;
mod polygon;
mod ring;
mod seam;
mod validity;

use serde_json::Value;

pub(crate) use self::circle::reach_degrees;
pub use self::circle::{Circle, MAX_RADIUS_M};
pub use self::error::{FenceError, RingName};
pub use self::geojson::MAX_VERTICES;
pub use self::polygon::MultiPolygon;
pub(crate) use self::ring::{Vertex, ring_contains};
pub use self::validity::MAX_EXTENT_M;
use crate::bounds::Bounds;
use crate::position::Position;

/// A place this close to a boundary is on it, metres.
const EDGE_THICKNESS_M: f64 = 1e-4;

/// What a geofence encloses.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// All places within a radius of a centre.
    Circle(Circle),
    /// One or more polygons, with or without holes.
    MultiPolygon(MultiPolygon),
}

impl Shape {
    /// A circle; the radius in metres, above 0 and up to [`MAX_RADIUS_M`].
    pub fn circle(centre: Position, radius_m: f64) -> Result<Shape, FenceError> {
        Circle::new(centre, radius_m).map(Shape::Circle)
    }

    /// A shape from GeoJSON: a `Polygon`, a `MultiPolygon`, a `Feature` of either, or what
    /// [`Shape::to_geojson`] writes for a circle.
    ///
    /// A shape across the antimeridian may be written with longitudes beyond 180, with a jump from
    /// 179.9 to -179.9, or cut in two at 180 (RFC 7946, section 3.1.9); all three mean the same.
    pub fn from_geojson(value: &Value) -> Result<Shape, FenceError> {
        geojson::read(value)
    }

    /// The shape as GeoJSON: a `Polygon` or `MultiPolygon` in degrees, whose longitudes run on
    /// beyond 180 across the antimeridian; for a circle a `Feature` of a `Point` with the property
    /// `radiusM`.
    pub fn to_geojson(&self) -> Value {
        geojson::write(self)
    }

    /// The distance from a place to the boundary in metres; negative inside, 0 on the boundary.
    ///
    /// Errs by less than 1 mm at 300 m from a circle of up to 5 km, 2 cm at 300 m from a polygon,
    /// and 0.5 % at any distance.
    pub fn signed_distance_m(&self, place: Position) -> f64 {
        match self {
            Shape::Circle(circle) => circle.signed_distance_m(place),
            Shape::MultiPolygon(polygon) => polygon.signed_distance_m(place),
        }
    }

    /// Whether a place is inside or on the boundary: exactly when its signed distance is ≤ 0.
    pub fn contains(&self, place: Position) -> bool {
        match self {
            Shape::Circle(circle) => circle.contains(place),
            Shape::MultiPolygon(polygon) => polygon.contains(place),
        }
    }

    /// The area on the ground in square metres.
    pub fn area_m2(&self) -> f64 {
        match self {
            Shape::Circle(circle) => circle.area_m2(),
            Shape::MultiPolygon(polygon) => polygon.area_m2(),
        }
    }

    /// The smallest rectangle around the shape; a circle's is up to 1 % larger.
    pub fn bounds(&self) -> Bounds {
        let (south, west, north, east) = self.extent();
        Bounds::unrolled(south, west, north, east)
    }

    /// The shape as rings for a map: polygons of closed rings of `[longitude, latitude]`, the
    /// exterior first. A circle becomes a ring of `points` corners (8 to 720).
    pub fn outline(&self, points: usize) -> Vec<Vec<Vec<[f64; 2]>>> {
        match self {
            Shape::Circle(circle) => vec![vec![circle.outline(points)]],
            Shape::MultiPolygon(polygon) => polygon.outline(),
        }
    }

    /// South, west, north and east in degrees, where west ≤ east and longitudes may lie beyond 180.
    pub(crate) fn extent(&self) -> (f64, f64, f64, f64) {
        match self {
            Shape::Circle(circle) => circle.extent(),
            Shape::MultiPolygon(polygon) => polygon.extent(),
        }
    }
}

/// A distance with the boundary's thickness taken into account.
fn snapped(signed_distance_m: f64) -> f64 {
    if signed_distance_m.abs() <= EDGE_THICKNESS_M {
        0.0
    } else {
        signed_distance_m
    }
}

#[cfg(test)]
mod tests;
