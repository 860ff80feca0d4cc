//! What can be wrong with a geofence, said so that the person who drew it can mend it.

use std::fmt;

use thiserror::Error;

use super::circle::MAX_RADIUS_M;
use super::geojson::MAX_VERTICES;
use super::validity::MAX_EXTENT_M;
use crate::position::PositionError;

/// A ring by its place in the GeoJSON, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingName {
    /// Which polygon, from 1.
    pub polygon: usize,
    /// Which ring of it: 0 is the exterior, n the n-th hole.
    pub ring: usize,
}

/// Why something is no geofence. Edges and points are counted from 1, coordinates are degrees.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FenceError {
    /// A radius that is not above 0 and at most 50 km.
    #[error(
        "the radius {radius_m} m is out of range: it must be above 0 and at most {MAX_RADIUS_M} m"
    )]
    RadiusOutOfRange {
        /// What was given, metres.
        radius_m: f64,
    },
    /// GeoJSON of a kind that encloses nothing.
    #[error("a geofence must be a GeoJSON Polygon or MultiPolygon, not {found}")]
    WrongType {
        /// The `type` that was given.
        found: String,
    },
    /// Not GeoJSON: something is missing or of another kind.
    #[error("{place} {fault}")]
    Malformed {
        /// Where in the document.
        place: String,
        /// What is wrong there.
        fault: &'static str,
    },
    /// Nothing is drawn.
    #[error("{place} is empty")]
    Empty {
        /// What is empty.
        place: String,
    },
    /// More points than we keep.
    #[error("the geofence has {count} points; at most {MAX_VERTICES} are allowed, so simplify it")]
    TooManyVertices {
        /// How many there are.
        count: usize,
    },
    /// A point that is no place.
    #[error("{ring}, point {point}: {fault} (GeoJSON order is longitude, latitude)")]
    CoordinateOutOfRange {
        /// The ring at fault.
        ring: RingName,
        /// Which of its points, from 1.
        point: usize,
        /// What is wrong with it.
        fault: PositionError,
    },
    /// A ring without an inside.
    #[error("{ring} has only {count} different points; a ring needs at least 3")]
    TooFewPoints {
        /// The ring at fault.
        ring: RingName,
        /// How many different points it has.
        count: usize,
    },
    /// The last point is not the first.
    #[error("{ring} is not closed: its last point must repeat its first")]
    NotClosed {
        /// The ring at fault.
        ring: RingName,
    },
    /// A ring that meets itself.
    #[error(
        "{ring} crosses itself: edges {} and {} meet at longitude {:.7}, latitude {:.7}",
        edges.0, edges.1, at.0, at.1
    )]
    SelfIntersection {
        /// The ring at fault.
        ring: RingName,
        /// The two edges, each named by the point it begins at.
        edges: (usize, usize),
        /// Where they meet: longitude, latitude.
        at: (f64, f64),
    },
    /// A ring that is a line, or smaller than 0.01 m².
    #[error("{ring} has no area: its points lie on a line")]
    ZeroArea {
        /// The ring at fault.
        ring: RingName,
    },
    /// A hole in nothing.
    #[error("{ring} lies outside its exterior")]
    HoleOutside {
        /// The hole.
        ring: RingName,
    },
    /// A hole that breaks the exterior or another hole.
    #[error("{ring} crosses or overlaps {other} near longitude {:.7}, latitude {:.7}", at.0, at.1)]
    HoleCrosses {
        /// The hole.
        ring: RingName,
        /// The ring it crosses.
        other: RingName,
        /// Where: longitude, latitude.
        at: (f64, f64),
    },
    /// Two polygons over the same ground.
    #[error("{ring} overlaps {other} near longitude {:.7}, latitude {:.7}", at.0, at.1)]
    PartsOverlap {
        /// A ring of one polygon.
        ring: RingName,
        /// A ring of the other.
        other: RingName,
        /// Where: longitude, latitude.
        at: (f64, f64),
    },
    /// Too wide or too high.
    #[error(
        "the geofence measures {:.0} km; at most {} km are allowed",
        extent_m / 1e3, MAX_EXTENT_M / 1e3
    )]
    TooLarge {
        /// Its greater side in metres.
        extent_m: f64,
    },
    /// A ring round the whole Earth.
    #[error("{ring} goes round the whole Earth; a geofence cannot contain a pole")]
    ContainsPole {
        /// The ring at fault.
        ring: RingName,
    },
}

impl FenceError {
    /// Where the fault is (longitude, latitude in degrees), if it is in one place.
    pub fn at(&self) -> Option<(f64, f64)> {
        match self {
            FenceError::SelfIntersection { at, .. }
            | FenceError::HoleCrosses { at, .. }
            | FenceError::PartsOverlap { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            FenceError::RadiusOutOfRange { .. } => "RADIUS_OUT_OF_RANGE",
            FenceError::WrongType { .. } => "WRONG_GEOJSON_TYPE",
            FenceError::Malformed { .. } => "MALFORMED_GEOJSON",
            FenceError::Empty { .. } => "EMPTY",
            FenceError::TooManyVertices { .. } => "TOO_MANY_VERTICES",
            FenceError::CoordinateOutOfRange { .. } => "COORDINATE_OUT_OF_RANGE",
            FenceError::TooFewPoints { .. } => "TOO_FEW_POINTS",
            FenceError::NotClosed { .. } => "NOT_CLOSED",
            FenceError::SelfIntersection { .. } => "SELF_INTERSECTION",
            FenceError::ZeroArea { .. } => "ZERO_AREA",
            FenceError::HoleOutside { .. } => "HOLE_OUTSIDE",
            FenceError::HoleCrosses { .. } => "HOLE_CROSSES",
            FenceError::PartsOverlap { .. } => "PARTS_OVERLAP",
            FenceError::TooLarge { .. } => "TOO_LARGE",
            FenceError::ContainsPole { .. } => "CONTAINS_POLE",
        }
    }
}

impl fmt::Display for RingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ring {
            0 => write!(f, "polygon {}, exterior", self.polygon),
            hole => write!(f, "polygon {}, hole {hole}", self.polygon),
        }
    }
}
