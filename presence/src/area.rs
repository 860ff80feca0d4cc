//! A rectangle of the map.

/// Edges in degrees, WGS-84, all included. `west > east` crosses the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Southern edge, latitude.
    pub south: f64,
    /// Western edge, longitude.
    pub west: f64,
    /// Northern edge, latitude.
    pub north: f64,
    /// Eastern edge, longitude.
    pub east: f64,
}

impl Area {
    /// Whether the place lies in the rectangle.
    pub fn contains(&self, latitude: f64, longitude: f64) -> bool {
        let in_columns = if self.west <= self.east {
            self.west <= longitude && longitude <= self.east
        } else {
            longitude >= self.west || longitude <= self.east
        };
        in_columns && self.south <= latitude && latitude <= self.north
    }

    /// The width in degrees of longitude.
    pub(crate) fn width(&self) -> f64 {
        if self.west <= self.east {
            self.east - self.west
        } else {
            360.0 - self.west + self.east
        }
    }
}
