//! A place on Earth: WGS-84 latitude and longitude in degrees, checked once at the door.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A point in WGS-84 degrees; one that exists is finite and in range.
///
/// The meridian opposite Greenwich has one spelling, +180, and zero has one sign, so that equal
/// places are equal values.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Position {
    latitude: f64,
    longitude: f64,
}

/// Why two numbers are no position.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum PositionError {
    /// Not a number, or infinite.
    #[error("{field} {value} is not a finite number")]
    NotFinite {
        /// The coordinate at fault.
        field: Coordinate,
        /// What was given.
        value: f64,
    },
    /// Beyond the pole, or beyond half a turn of longitude.
    #[error("{field} {value} is out of range: it must be between -{} and {} degrees", field.limit(), field.limit())]
    OutOfRange {
        /// The coordinate at fault.
        field: Coordinate,
        /// What was given, in degrees.
        value: f64,
    },
}

/// One of the two numbers of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinate {
    /// Degrees north of the equator.
    Latitude,
    /// Degrees east of Greenwich.
    Longitude,
}

impl Position {
    /// A position from degrees; a longitude of -180 becomes 180.
    pub fn new(latitude: f64, longitude: f64) -> Result<Position, PositionError> {
        Ok(Position {
            latitude: Coordinate::Latitude.check(latitude)?,
            longitude: one_spelling(Coordinate::Longitude.check(longitude)?),
        })
    }

    /// A position from microdegrees (1e-6 degree, about 0.11 m of latitude).
    pub fn from_e6(latitude: i32, longitude: i32) -> Result<Position, PositionError> {
        Position::new(f64::from(latitude) / 1e6, f64::from(longitude) / 1e6)
    }

    /// The nearest microdegrees (latitude, longitude); the inverse of [`Position::from_e6`].
    pub fn to_e6(self) -> (i32, i32) {
        let latitude = (self.latitude * 1e6).round() as i32;
        let longitude = (self.longitude * 1e6).round() as i32;
        (
            latitude,
            if longitude == -180_000_000 {
                180_000_000
            } else {
                longitude
            },
        )
    }

    /// Degrees north of the equator, -90 to 90.
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich, above -180 and up to 180.
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// A position from the result of a computation: latitude cut at the poles, longitude brought
    /// back into one turn. Only for numbers known to be finite.
    pub(crate) fn wrapped(latitude: f64, longitude: f64) -> Position {
        Position {
            latitude: latitude.clamp(-90.0, 90.0) + 0.0,
            longitude: one_spelling(wrap_degrees(longitude)),
        }
    }
}

/// Brings an angle in degrees into [-180, 180].
pub(crate) fn wrap_degrees(angle: f64) -> f64 {
    if (-180.0..=180.0).contains(&angle) {
        angle
    } else {
        angle - 360.0 * (angle / 360.0).round()
    }
}

/// -180 becomes 180, and -0 becomes 0.
fn one_spelling(longitude: f64) -> f64 {
    if longitude == -180.0 {
        180.0
    } else {
        longitude + 0.0
    }
}

impl Coordinate {
    fn limit(self) -> f64 {
        match self {
            Coordinate::Latitude => 90.0,
            Coordinate::Longitude => 180.0,
        }
    }

    fn check(self, value: f64) -> Result<f64, PositionError> {
        if !value.is_finite() {
            return Err(PositionError::NotFinite { field: self, value });
        }
        if value.abs() > self.limit() {
            return Err(PositionError::OutOfRange { field: self, value });
        }
        Ok(value + 0.0)
    }
}

impl PositionError {
    /// The coordinate at fault.
    pub fn field(&self) -> Coordinate {
        match self {
            PositionError::NotFinite { field, .. } | PositionError::OutOfRange { field, .. } => {
                *field
            }
        }
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Coordinate::Latitude => "latitude",
            Coordinate::Longitude => "longitude",
        })
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Position) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Position {}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Position) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// South to north, then west to east: an order for sorting, without geographic meaning.
impl Ord for Position {
    fn cmp(&self, other: &Position) -> Ordering {
        self.latitude
            .total_cmp(&other.latitude)
            .then(self.longitude.total_cmp(&other.longitude))
    }
}

impl Hash for Position {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.latitude.to_bits().hash(state);
        self.longitude.to_bits().hash(state);
    }
}

/// A position as it is written: two numbers that may still be wrong.
#[derive(Serialize, Deserialize)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<Degrees> for Position {
    type Error = PositionError;

    fn try_from(degrees: Degrees) -> Result<Position, PositionError> {
        Position::new(degrees.latitude, degrees.longitude)
    }
}

impl From<Position> for Degrees {
    fn from(position: Position) -> Degrees {
        Degrees {
            latitude: position.latitude,
            longitude: position.longitude,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_error_names_the_coordinate_and_the_value() {
        let message =
            |latitude, longitude| Position::new(latitude, longitude).unwrap_err().to_string();
        assert_eq!(
            message(121.47, 31.23),
            "latitude 121.47 is out of range: it must be between -90 and 90 degrees"
        );
        assert_eq!(
            message(0.0, -180.5),
            "longitude -180.5 is out of range: it must be between -180 and 180 degrees"
        );
        assert_eq!(
            message(f64::NAN, 0.0),
            "latitude NaN is not a finite number"
        );
        assert_eq!(
            message(0.0, f64::NEG_INFINITY),
            "longitude -inf is not a finite number"
        );
    }

    #[test]
    fn the_antimeridian_is_one_place() {
        let east = Position::new(10.0, 180.0).unwrap();
        let west = Position::new(10.0, -180.0).unwrap();
        assert_eq!(east, west);
        assert_eq!(west.longitude(), 180.0);
        assert_eq!(
            Position::from_e6(0, -180_000_000),
            Position::from_e6(0, 180_000_000)
        );
        assert_eq!(
            Position::new(0.0, -179.999_999_9).unwrap().to_e6(),
            (0, 180_000_000)
        );
    }

    #[test]
    fn zero_has_one_sign() {
        assert_eq!(Position::new(-0.0, -0.0), Position::new(0.0, 0.0));
    }

    #[test]
    fn json_is_checked_like_any_other_door() {
        let good: Position = serde_json::from_str(r#"{"latitude":1.5,"longitude":-180}"#).unwrap();
        assert_eq!(
            serde_json::to_string(&good).unwrap(),
            r#"{"latitude":1.5,"longitude":180.0}"#
        );
        assert!(serde_json::from_str::<Position>(r#"{"latitude":91,"longitude":0}"#).is_err());
    }

    proptest! {
        #[test]
        fn microdegrees_survive_the_way_there_and_back(
            latitude in -90_000_000..=90_000_000i32,
            longitude in -179_999_999..=180_000_000i32,
        ) {
            let position = Position::from_e6(latitude, longitude).unwrap();
            prop_assert_eq!(position.to_e6(), (latitude, longitude));
        }

        #[test]
        fn wrapping_keeps_the_place(turns in -3..=3i32, longitude in -179.9..180.0f64) {
            let wrapped = Position::wrapped(0.0, longitude + 360.0 * f64::from(turns));
            prop_assert!((wrapped.longitude() - longitude).abs() < 1e-9);
        }
    }
}
