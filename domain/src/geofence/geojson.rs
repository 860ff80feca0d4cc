//! Reads and writes shapes as GeoJSON (RFC 7946).

use serde_json::{Value, json};

use super::ring::{Ring, Vertex};
use super::{FenceError, RingName, Shape, validity};
use crate::position::{Coordinate, Position, PositionError};

/// The most points a geofence may have, all rings together.
pub const MAX_VERTICES: usize = 10_000;

/// Longitudes may run on beyond 180 by half a turn, across the antimeridian.
const MAX_LONGITUDE: f64 = 360.0;

pub(super) fn read(value: &Value) -> Result<Shape, FenceError> {
    if value["type"] == "Feature" {
        let geometry = &value["geometry"];
        if geometry["type"] == "Point" && value["properties"].get("radiusM").is_some() {
            return read_circle(geometry, &value["properties"]["radiusM"]);
        }
        return read_geometry(geometry);
    }
    read_geometry(value)
}

pub(super) fn write(shape: &Shape) -> Value {
    match shape {
        Shape::Circle(circle) => {
            let centre = circle.centre();
            json!({
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [centre.longitude(), centre.latitude()]},
                "properties": {"radiusM": circle.radius_m()},
            })
        }
        Shape::MultiPolygon(polygon) => {
            let polygons = polygon.outline();
            match polygons.as_slice() {
                [only] => json!({"type": "Polygon", "coordinates": only}),
                _ => json!({"type": "MultiPolygon", "coordinates": polygons}),
            }
        }
    }
}

fn read_circle(point: &Value, radius: &Value) -> Result<Shape, FenceError> {
    let ring = RingName {
        polygon: 1,
        ring: 0,
    };
    let centre = pair(&point["coordinates"]).ok_or_else(|| {
        malformed(
            "the circle's centre",
            "must be a [longitude, latitude] pair",
        )
    })?;
    let centre =
        Position::new(centre.y, centre.x).map_err(|fault| FenceError::CoordinateOutOfRange {
            ring,
            point: 1,
            fault,
        })?;
    let radius_m = radius
        .as_f64()
        .ok_or_else(|| malformed("radiusM", "must be a number of metres"))?;
    Shape::circle(centre, radius_m)
}

fn read_geometry(geometry: &Value) -> Result<Shape, FenceError> {
    let Some(kind) = geometry["type"].as_str() else {
        return Err(malformed("the GeoJSON", "has no type"));
    };
    let is_multi = match kind {
        "Polygon" => false,
        "MultiPolygon" => true,
        other => {
            return Err(FenceError::WrongType {
                found: shortened(other),
            });
        }
    };
    let coordinates = &geometry["coordinates"];
    let mut rings = Vec::new();
    let mut count = 0;
    if is_multi {
        for (index, polygon) in list(coordinates, "coordinates")?.iter().enumerate() {
            read_polygon(polygon, index + 1, &mut rings, &mut count)?;
        }
    } else {
        read_polygon(coordinates, 1, &mut rings, &mut count)?;
    }
    validity::polygons(rings).map(Shape::MultiPolygon)
}

fn read_polygon(
    value: &Value,
    polygon: usize,
    rings: &mut Vec<Ring>,
    count: &mut usize,
) -> Result<(), FenceError> {
    for (ring, points) in list(value, &format!("polygon {polygon}"))?
        .iter()
        .enumerate()
    {
        let name = RingName { polygon, ring };
        let points = list(points, &name.to_string())?;
        *count += points.len();
        if *count > MAX_VERTICES {
            return Err(FenceError::TooManyVertices { count: *count });
        }
        let points = points
            .iter()
            .enumerate()
            .map(|(index, point)| read_point(point, name, index + 1))
            .collect::<Result<Vec<_>, _>>()?;
        rings.push(closed(name, &points)?);
    }
    Ok(())
}

fn read_point(value: &Value, ring: RingName, point: usize) -> Result<Vertex, FenceError> {
    let vertex = pair(value).ok_or_else(|| {
        malformed(
            &format!("{ring}, point {point}"),
            "must be a [longitude, latitude] pair of numbers",
        )
    })?;
    let out_of_range = |fault| FenceError::CoordinateOutOfRange { ring, point, fault };
    Position::new(vertex.y, 0.0).map_err(out_of_range)?;
    if vertex.x.abs() > MAX_LONGITUDE {
        let fault = PositionError::OutOfRange {
            field: Coordinate::Longitude,
            value: vertex.x,
        };
        return Err(out_of_range(fault));
    }
    Ok(vertex)
}

fn closed(name: RingName, points: &[Vertex]) -> Result<Ring, FenceError> {
    let (first, last) = (points[0], points[points.len() - 1]);
    if !last.beside(first.x).is_same(&first) {
        return Err(FenceError::NotClosed { ring: name });
    }
    let ring = Ring::new(name, points);
    let goes_round_flat = points
        .windows(2)
        .any(|step| (step[1].x - step[0].x).abs() == 360.0);
    if goes_round_flat && ring.is_degenerate() {
        return Err(FenceError::ContainsPole { ring: name });
    }
    Ok(ring)
}

fn list<'a>(value: &'a Value, place: &str) -> Result<&'a Vec<Value>, FenceError> {
    let list = value
        .as_array()
        .ok_or_else(|| malformed(place, "must be an array"))?;
    if list.is_empty() {
        return Err(FenceError::Empty {
            place: place.to_owned(),
        });
    }
    Ok(list)
}

/// Longitude and latitude; an altitude after them is passed over.
fn pair(value: &Value) -> Option<Vertex> {
    let numbers = value.as_array()?;
    Some(Vertex {
        x: numbers.first()?.as_f64()?,
        y: numbers.get(1)?.as_f64()?,
    })
}

fn malformed(place: &str, fault: &'static str) -> FenceError {
    FenceError::Malformed {
        place: place.to_owned(),
        fault,
    }
}

/// A word from outside, short enough to repeat in a message.
fn shortened(word: &str) -> String {
    word.chars().take(40).collect()
}
