//! Small steps on the ground: the demo's cities are flat enough for them.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// Metres in a degree of latitude.
const DEGREE_M: f64 = 111_195.0;

/// A point in WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

impl Place {
    pub(crate) const fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
        }
    }

    /// The place so many metres to the east and to the north.
    pub(crate) fn moved(self, east_m: f64, north_m: f64) -> Self {
        let latitude = self.latitude + north_m / DEGREE_M;
        let longitude = self.longitude + east_m / (DEGREE_M * self.latitude.to_radians().cos());
        Self {
            latitude,
            longitude,
        }
    }

    /// The way to another place: metres to the east and to the north.
    pub(crate) fn to(self, other: Place) -> (f64, f64) {
        let east = (other.longitude - self.longitude) * DEGREE_M * self.latitude.to_radians().cos();
        (east, (other.latitude - self.latitude) * DEGREE_M)
    }

    /// Metres to another place.
    pub(crate) fn distance_m(self, other: Place) -> f64 {
        let (east, north) = self.to(other);
        east.hypot(north)
    }

    /// Degrees clockwise from north to another place.
    pub(crate) fn heading_deg(self, other: Place) -> f64 {
        let (east, north) = self.to(other);
        east.atan2(north).to_degrees().rem_euclid(360.0)
    }

    /// A place on the straight way to another: 0 is here, 1 is there.
    pub(crate) fn toward(self, other: Place, share: f64) -> Self {
        let (east, north) = self.to(other);
        self.moved(east * share, north * share)
    }

    /// A place nearby, most often within `spread_m` metres.
    pub(crate) fn jittered(self, random: &mut impl Rng, spread_m: f64) -> Self {
        self.moved(bell(random) * spread_m, bell(random) * spread_m)
    }
}

/// About a standard normal number: the sum of twelve even ones.
pub(crate) fn bell(random: &mut impl Rng) -> f64 {
    (0..12).map(|_| random.random_range(0.0..1.0)).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_there_and_back_ends_where_it_began() {
        let berlin = Place::new(52.52, 13.405);
        let moved = berlin.moved(300.0, 400.0);
        assert!((berlin.distance_m(moved) - 500.0).abs() < 0.1);
        assert!((berlin.heading_deg(moved) - 36.87).abs() < 0.1);
        assert!(berlin.toward(moved, 1.0).distance_m(moved) < 0.01);
    }
}
