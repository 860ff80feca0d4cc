//! Distance on the WGS-84 ellipsoid, fast near and true far.
//!
//! | range | method | error against Karney's geodesic |
//! |---|---|---|
//! | up to 5 km, outside the polar caps | local metric at the middle latitude | < 0.1 mm at 300 m, < 5 mm |
//! | up to 500 km, and in the polar caps | chord through the ellipsoid, bent to its curvature | < 1 mm to 50 km, < 1 m |
//! | farther | Andoyer and Lambert's formula | < 0.01 %, near the antipode < 0.5 % |
//!
//! The tests hold these bounds. The local metric is the series' first term: the radii of curvature
//! along the meridian, M = a(1-e²)/(1-e²sin²φ)^1.5, and across it, N = a/(1-e²sin²φ)^0.5, times the
//! step in radians (Torge and Müller, *Geodesy*, 4th ed., 4.1). Lambert's formula is in P. D.
//! Thomas, *Spheroidal Geodesics, Reference Systems and Local Geometry*, 1970.

use std::f64::consts::PI;

use crate::position::{Position, wrap_degrees};

/// Equatorial radius of WGS-84, metres.
pub(crate) const EQUATORIAL_RADIUS_M: f64 = 6_378_137.0;
/// Flattening of WGS-84.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Square of the first eccentricity of WGS-84.
pub(crate) const E2: f64 = FLATTENING * (2.0 - FLATTENING);
const DEGREE: f64 = PI / 180.0;

/// Up to here the local metric is taken.
const LOCAL_REACH_M: f64 = 5_000.0;
/// Up to here the chord is taken.
const CHORD_REACH_M: f64 = 500_000.0;
/// Beyond this latitude meridians converge too fast for the local metric.
pub(crate) const POLAR_CAP_DEG: f64 = 80.0;

/// The distance between two places along the ground, in metres.
pub fn metres(a: Position, b: Position) -> f64 {
    let north = b.latitude() - a.latitude();
    let east = wrap_degrees(b.longitude() - a.longitude());
    let middle = a.latitude() + north / 2.0;
    if middle.abs() <= POLAR_CAP_DEG && north.abs() < 0.1 {
        let local = Metric::at(middle).flat(north, east);
        if local <= LOCAL_REACH_M {
            return local;
        }
    }
    let chord = bent_chord(a, b);
    if chord <= CHORD_REACH_M {
        chord
    } else {
        lambert(a, b, east)
    }
}

/// How many metres a degree is, about one latitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Metric {
    /// Metres per degree of latitude.
    north: f64,
    /// Metres per degree of longitude.
    east: f64,
    /// How `north` grows per degree of latitude, halved: the value at the middle of a step.
    north_bend: f64,
    /// How `east` grows per degree of latitude, halved.
    east_bend: f64,
}

impl Metric {
    /// The metric about a latitude in degrees.
    pub(crate) fn at(latitude: f64) -> Metric {
        let (sin, cos) = (latitude * DEGREE).sin_cos();
        let flat = 1.0 - E2 * sin * sin;
        let across = EQUATORIAL_RADIUS_M / flat.sqrt();
        let along = across * (1.0 - E2) / flat;
        Metric {
            north: along * DEGREE,
            east: across * cos * DEGREE,
            north_bend: 1.5 * along * E2 * sin * cos / flat * DEGREE * DEGREE,
            east_bend: -0.5 * along * sin * DEGREE * DEGREE,
        }
    }

    /// Metres per degree of (latitude, longitude).
    pub(crate) fn per_degree(&self) -> (f64, f64) {
        (self.north, self.east)
    }

    /// The length of a step in degrees, in the plane that touches at the metric's own latitude.
    fn flat(&self, north: f64, east: f64) -> f64 {
        let (y, x) = (north * self.north, east * self.east);
        (x * x + y * y).sqrt()
    }

    /// The length in metres of a step in degrees that starts at the metric's latitude: below
    /// 0.1 mm of error at 300 m and 10 cm at 10 km, up to 80 degrees of latitude.
    pub(crate) fn step(&self, north: f64, east: f64) -> f64 {
        let y = north * (self.north + self.north_bend * north);
        let x = east * (self.east + self.east_bend * north);
        (x * x + y * y).sqrt()
    }
}

/// The straight line through the Earth between two places given by [`earth_centred`], in metres.
pub(crate) fn chord_m(a: [f64; 3], b: [f64; 3]) -> f64 {
    let step = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    dot(step, step).sqrt()
}

/// A place in metres from the centre of the Earth: x to (0, 0), z to the north pole.
pub(crate) fn earth_centred(place: Position) -> [f64; 3] {
    let (sin, cos) = (place.latitude() * DEGREE).sin_cos();
    let (sin_east, cos_east) = (place.longitude() * DEGREE).sin_cos();
    let across = EQUATORIAL_RADIUS_M / (1.0 - E2 * sin * sin).sqrt();
    [
        across * cos * cos_east,
        across * cos * sin_east,
        across * (1.0 - E2) * sin,
    ]
}

/// The straight line through the Earth, bent to the curvature of the ground at its middle in its
/// direction (Euler's radius).
fn bent_chord(a: Position, b: Position) -> f64 {
    let (a, b) = (earth_centred(a), earth_centred(b));
    let step = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    let chord = dot(step, step).sqrt();
    if chord == 0.0 {
        return 0.0;
    }
    let middle = [a[0] + b[0], a[1] + b[1], (a[2] + b[2]) / (1.0 - E2)];
    let axis = middle[0].hypot(middle[1]);
    let length = axis.hypot(middle[2]).max(1.0);
    let (sin, cos) = (middle[2] / length, axis / length);
    let east = if axis > 1.0 {
        [middle[0] / axis, middle[1] / axis]
    } else {
        [1.0, 0.0]
    };
    let north = [-sin * east[0], -sin * east[1], cos];
    let northward = (dot(step, north) / chord).powi(2).min(1.0);
    let flat = 1.0 - E2 * sin * sin;
    let across = EQUATORIAL_RADIUS_M / flat.sqrt();
    let along = across * (1.0 - E2) / flat;
    let radius = 1.0 / (northward / along + (1.0 - northward) / across);
    2.0 * radius * (chord / (2.0 * radius)).min(1.0).asin()
}

/// Lambert's formula: the great circle over reduced latitudes, corrected once for the flattening.
fn lambert(a: Position, b: Position, east: f64) -> f64 {
    let reduced = |place: Position| ((1.0 - FLATTENING) * (place.latitude() * DEGREE).tan()).atan();
    let (from, to) = (reduced(a), reduced(b));
    let half_north = ((to - from) / 2.0).sin().powi(2);
    let half =
        (half_north + from.cos() * to.cos() * (east * DEGREE / 2.0).sin().powi(2)).clamp(0.0, 1.0);
    let angle = 2.0 * half.sqrt().asin();
    let (middle, difference) = ((from + to) / 2.0, (to - from) / 2.0);
    let shortening =
        (angle - angle.sin()) * ratio(middle.sin().powi(2) * difference.cos().powi(2), 1.0 - half);
    let lengthening =
        (angle + angle.sin()) * ratio(middle.cos().powi(2) * difference.sin().powi(2), half);
    EQUATORIAL_RADIUS_M * (angle - FLATTENING / 2.0 * (shortening + lengthening))
}

/// A quotient of squares that is at most 1 by geometry; at the antipode both vanish.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole).min(1.0)
    } else {
        0.0
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use geo::{Destination, Distance, Geodesic, Point};
    use proptest::prelude::*;

    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    /// Karney's geodesic, exact to nanometres.
    fn geodesic(a: Position, b: Position) -> f64 {
        let point = |place: Position| Point::new(place.longitude(), place.latitude());
        Geodesic.distance(point(a), point(b))
    }

    fn destination(from: Position, bearing: f64, distance_m: f64) -> Position {
        let to = Geodesic.destination(
            Point::new(from.longitude(), from.latitude()),
            bearing,
            distance_m,
        );
        Position::wrapped(to.y(), to.x())
    }

    /// The error promised for a distance, metres.
    fn bound(distance_m: f64) -> f64 {
        match distance_m {
            ..=300.0 => 1e-4,
            ..=50_000.0 => 5e-3,
            ..=500_000.0 => 1.0,
            ..=19_000_000.0 => distance_m * 1e-4,
            _ => distance_m * 5e-3,
        }
    }

    #[test]
    fn the_antimeridian_is_no_distance() {
        let distance = metres(at(0.0, 179.999), at(0.0, -179.999));
        assert!((distance - 222.639).abs() < 1e-3);
        assert_eq!(metres(at(10.0, 180.0), at(10.0, -180.0)), 0.0);
    }

    #[test]
    fn a_pole_is_one_place() {
        assert!(metres(at(90.0, 0.0), at(90.0, 120.0)) < 1e-6);
        let across = metres(at(89.999, 10.0), at(89.999, -170.0));
        assert!((across - geodesic(at(89.999, 10.0), at(89.999, -170.0))).abs() < 1e-4);
    }

    #[test]
    fn the_other_side_of_the_earth_has_a_distance() {
        for (a, b) in [
            (at(0.0, 0.0), at(0.0, 180.0)),
            (at(30.0, 0.0), at(-30.0, 180.0)),
            (at(90.0, 0.0), at(-90.0, 0.0)),
            (at(0.0, 0.0), at(0.5, 179.5)),
        ] {
            let (distance, expected) = (metres(a, b), geodesic(a, b));
            assert!(
                (distance - expected).abs() < bound(expected),
                "{distance} instead of {expected}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]
        #[test]
        fn the_error_stays_below_its_bound(
            latitude in prop_oneof![4 => -90.0..=90.0f64, 1 => 79.0..=90.0f64],
            longitude in prop_oneof![4 => -180.0..=180.0f64, 1 => 179.99..=180.0f64],
            bearing in 0.0..360.0f64,
            distance_m in prop_oneof![
                0.0..300.0f64,
                300.0..6_000.0f64,
                6_000.0..500_000.0f64,
                500_000.0..20_000_000.0f64,
            ],
        ) {
            let a = at(latitude, longitude);
            let b = destination(a, bearing, distance_m);
            let expected = geodesic(a, b);
            let error = (metres(a, b) - expected).abs();
            prop_assert!(error < bound(expected), "errs by {} m in {} m", error, expected);
            prop_assert_eq!(metres(a, b), metres(b, a));
        }

        #[test]
        fn a_step_of_the_local_metric_errs_by_less_than_a_tenth_of_a_millimetre_at_300_m(
            latitude in -80.0..=80.0f64,
            bearing in 0.0..360.0f64,
            distance_m in prop_oneof![0.0..300.0f64, 300.0..10_000.0f64],
        ) {
            let a = at(latitude, 0.0);
            let b = destination(a, bearing, distance_m);
            let step = Metric::at(latitude).step(b.latitude() - latitude, b.longitude());
            let bound = if distance_m <= 300.0 { 1e-4 } else { 0.1 };
            prop_assert!((step - distance_m).abs() < bound, "{} instead of {}", step, distance_m);
        }
    }
}
