//! A rectangle of latitude and longitude, which may lie across the antimeridian.

use serde::{Deserialize, Serialize};

use crate::position::{Position, PositionError, wrap_degrees};

/// The rectangle between two parallels and two meridians, in degrees.
///
/// As in RFC 7946 (section 5.2), a west edge east of the east edge means that the rectangle lies
/// across the antimeridian. West -180 and east 180 is the whole way round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    south: f64,
    west: f64,
    north: f64,
    east: f64,
}

impl Bounds {
    /// A rectangle from its south-west and north-east corners, in degrees. A south edge north of
    /// the north edge is exchanged with it.
    pub fn new(south: f64, west: f64, north: f64, east: f64) -> Result<Bounds, PositionError> {
        Position::new(south, west)?;
        Position::new(north, east)?;
        Ok(Bounds {
            south: south.min(north),
            west,
            north: north.max(south),
            east,
        })
    }

    /// A rectangle whose longitudes may run on beyond 180 (west ≤ east).
    pub(crate) fn unrolled(south: f64, west: f64, north: f64, east: f64) -> Bounds {
        let (south, north) = (south.max(-90.0), north.min(90.0));
        if east - west >= 360.0 {
            return Bounds {
                south,
                west: -180.0,
                north,
                east: 180.0,
            };
        }
        Bounds {
            south,
            west: wrap_degrees(west),
            north,
            east: wrap_degrees(east),
        }
    }

    /// The southern edge, degrees of latitude.
    pub fn south(&self) -> f64 {
        self.south
    }

    /// The western edge, degrees of longitude.
    pub fn west(&self) -> f64 {
        self.west
    }

    /// The northern edge, degrees of latitude.
    pub fn north(&self) -> f64 {
        self.north
    }

    /// The eastern edge, degrees of longitude; smaller than [`Bounds::west`] across the antimeridian.
    pub fn east(&self) -> f64 {
        self.east
    }

    /// Whether the rectangle goes over the 180th meridian.
    pub fn crosses_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// How many degrees of longitude it spans, 0 to 360.
    pub fn width(&self) -> f64 {
        if self.crosses_antimeridian() {
            self.east - self.west + 360.0
        } else {
            self.east - self.west
        }
    }

    /// Whether a place lies in the rectangle, its edges included.
    pub fn contains(&self, place: Position) -> bool {
        let longitude = place.longitude();
        let is_between_meridians = if self.crosses_antimeridian() {
            longitude >= self.west || longitude <= self.east
        } else {
            (self.west..=self.east).contains(&longitude)
                || (longitude == 180.0 && self.west == -180.0)
        };
        is_between_meridians && (self.south..=self.north).contains(&place.latitude())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    #[test]
    fn a_rectangle_across_the_antimeridian_has_both_sides() {
        let fiji = Bounds::new(-20.0, 177.0, -15.0, -178.0).unwrap();
        assert!(fiji.crosses_antimeridian());
        assert_eq!(fiji.width(), 5.0);
        assert!(fiji.contains(at(-17.0, 179.0)) && fiji.contains(at(-17.0, -179.0)));
        assert!(fiji.contains(at(-17.0, 180.0)));
        assert!(!fiji.contains(at(-17.0, 0.0)) && !fiji.contains(at(-21.0, 179.0)));
    }

    #[test]
    fn the_meridian_180_is_in_a_rectangle_that_begins_at_minus_180() {
        let west = Bounds::new(0.0, -180.0, 10.0, -170.0).unwrap();
        assert!(west.contains(at(5.0, 180.0)) && west.contains(at(5.0, -175.0)));
    }

    #[test]
    fn a_wrong_corner_is_named() {
        let error = Bounds::new(0.0, 0.0, 95.0, 10.0).unwrap_err();
        assert!(error.to_string().starts_with("latitude 95 is out of range"));
    }
}
