//! What is a geofence, what is not, and where a place lies against one.

mod measure;
mod reading;

use serde_json::{Value, json};

use super::{FenceError, Shape};
use crate::position::Position;

fn at(latitude: f64, longitude: f64) -> Position {
    Position::new(latitude, longitude).unwrap()
}

/// A ring of a square in degrees, against the clock.
fn square(west: f64, south: f64, side: f64) -> Value {
    let (east, north) = (west + side, south + side);
    json!([
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south]
    ])
}

fn polygon(rings: &[Value]) -> Result<Shape, FenceError> {
    Shape::from_geojson(&json!({"type": "Polygon", "coordinates": rings}))
}

fn multi(polygons: &[&[Value]]) -> Result<Shape, FenceError> {
    Shape::from_geojson(&json!({"type": "MultiPolygon", "coordinates": polygons}))
}
