//! A circle on the ground.

use std::f64::consts::{PI, TAU};

use super::{FenceError, snapped};
use crate::distance::{EQUATORIAL_RADIUS_M, Metric, POLAR_CAP_DEG, metres};
use crate::position::{Position, wrap_degrees};

/// The largest radius, metres.
pub const MAX_RADIUS_M: f64 = 50_000.0;

/// Up to this radius the local metric about the centre decides.
const LOCAL_RADIUS_M: f64 = 5_000.0;
/// Up to this distance from the centre it measures.
const LOCAL_REACH_M: f64 = 10_000.0;
/// The smallest radius of curvature of the ellipsoid (along the meridian at the equator), metres:
/// an angle reckoned with it is never too small.
const SMALLEST_CURVATURE_M: f64 = 6_335_439.0;

/// All places within a radius of a centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    centre: Position,
    radius_m: f64,
    /// The metric about the centre, kept so that a test needs no trigonometry.
    metric: Metric,
}

impl Circle {
    /// A circle; the radius in metres, above 0 and up to [`MAX_RADIUS_M`].
    pub fn new(centre: Position, radius_m: f64) -> Result<Circle, FenceError> {
        if !(radius_m > 0.0 && radius_m <= MAX_RADIUS_M) {
            return Err(FenceError::RadiusOutOfRange { radius_m });
        }
        Ok(Circle {
            centre,
            radius_m,
            metric: Metric::at(centre.latitude()),
        })
    }

    /// The middle.
    pub fn centre(&self) -> Position {
        self.centre
    }

    /// The radius in metres.
    pub fn radius_m(&self) -> f64 {
        self.radius_m
    }

    /// The distance from a place to the circle's line in metres, negative inside.
    pub fn signed_distance_m(&self, place: Position) -> f64 {
        snapped(self.distance_to_centre_m(place) - self.radius_m)
    }

    /// Whether a place is inside or on the line, without measuring a far one.
    #[inline]
    pub(crate) fn contains(&self, place: Position) -> bool {
        if self.is_local() {
            let north = place.latitude() - self.centre.latitude();
            let east = wrap_degrees(place.longitude() - self.centre.longitude());
            let local = self.metric.step(north, east);
            if local > LOCAL_REACH_M {
                return false;
            }
        }
        self.signed_distance_m(place) <= 0.0
    }

    /// The distance from a place to the centre in metres.
    #[inline]
    pub(crate) fn distance_to_centre_m(&self, place: Position) -> f64 {
        if self.is_local() {
            let north = place.latitude() - self.centre.latitude();
            let east = wrap_degrees(place.longitude() - self.centre.longitude());
            let local = self.metric.step(north, east);
            if local <= LOCAL_REACH_M {
                return local;
            }
        }
        metres(self.centre, place)
    }

    /// Whether the metric about the centre is good enough at the line.
    fn is_local(&self) -> bool {
        self.radius_m <= LOCAL_RADIUS_M && self.centre.latitude().abs() <= POLAR_CAP_DEG
    }

    /// πr² in square metres; the curvature of the ground takes less than 6 in a million from it.
    pub(super) fn area_m2(&self) -> f64 {
        PI * self.radius_m * self.radius_m
    }

    /// South, west, north, east of a rectangle around the circle, up to 1 % too large.
    pub(super) fn extent(&self) -> (f64, f64, f64, f64) {
        let (latitude, longitude) = (self.centre.latitude(), self.centre.longitude());
        let (north, east) = reach_degrees(latitude, self.radius_m);
        (
            latitude - north,
            longitude - east,
            latitude + north,
            longitude + east,
        )
    }

    /// A closed ring of corners on the circle, `[longitude, latitude]`, against the clock.
    ///
    /// A circle around a pole is closed along the pole, as a flat map shows it.
    pub(super) fn outline(&self, points: usize) -> Vec<[f64; 2]> {
        let points = points.clamp(8, 720);
        let mut ring: Vec<[f64; 2]> = Vec::with_capacity(points + 3);
        let mut longitude = self.centre.longitude();
        for corner in 0..=points {
            let bearing = TAU * (points - corner % points) as f64 / points as f64;
            let place = self.at_bearing(bearing);
            longitude += wrap_degrees(place.longitude() - longitude);
            ring.push([longitude, place.latitude()]);
        }
        let (first, last) = (ring[0], ring[points]);
        if (last[0] - first[0]).abs() > 180.0 {
            let pole = 90.0_f64.copysign(self.centre.latitude());
            ring.extend([[last[0], pole], [first[0], pole], first]);
        } else {
            ring[points] = first;
        }
        ring
    }

    /// The place on the circle in a direction (radians from north to east): first on a sphere,
    /// then the step scaled until the distance is the radius.
    fn at_bearing(&self, bearing: f64) -> Position {
        let (sin, cos) = self.centre.latitude().to_radians().sin_cos();
        let mut place = self.centre;
        let mut step_m = self.radius_m;
        for _ in 0..4 {
            let (sin_step, cos_step) = (step_m / EQUATORIAL_RADIUS_M).sin_cos();
            let sin_to = (sin * cos_step + cos * sin_step * bearing.cos()).clamp(-1.0, 1.0);
            let east = (bearing.sin() * sin_step * cos).atan2(cos_step - sin * sin_to);
            place = Position::wrapped(
                sin_to.asin().to_degrees(),
                self.centre.longitude() + east.to_degrees(),
            );
            step_m *= self.radius_m / metres(self.centre, place);
        }
        place
    }
}

/// How many degrees of latitude and of longitude a distance in metres reaches at most from a
/// latitude; 180 of longitude when it reaches over a pole.
pub(crate) fn reach_degrees(latitude: f64, distance_m: f64) -> (f64, f64) {
    let angle = distance_m * 1.005 / SMALLEST_CURVATURE_M;
    let north = angle.to_degrees() + 1e-8;
    if latitude.abs() + north >= 90.0 {
        return (north, 180.0);
    }
    let east = (angle.sin() / latitude.to_radians().cos()).min(1.0).asin();
    (north, (east.to_degrees() * 1.001 + 1e-8).min(180.0))
}
