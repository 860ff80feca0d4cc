//! The Chinese map datums: GCJ-02 and BD-09, converted to WGS-84 and back.
//!
//! Chinese phones and maps give positions in GCJ-02 (shifted by 300 to 700 m) or in Baidu's BD-09
//! (GCJ-02 with a further shift of about 1 km). Storage is WGS-84, so both are converted at the
//! edge. Neither transform is published by its makers; the formulas here are the well-known
//! reconstructions (`eviltransform`, github.com/googollee/eviltransform, and `coordtransform`,
//! github.com/wandergis/coordtransform), which agree with the maps to about a metre.

mod region;
mod suspicion;

pub use suspicion::{Suspicion, suspicion};

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::position::Position;

/// The coordinate system a position was given in; always stated, never guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Datum {
    /// GPS coordinates, as stored.
    #[default]
    Wgs84,
    /// The datum of Chinese maps and phones (AMap, Tencent, Google in China).
    Gcj02,
    /// The datum of Baidu Maps.
    Bd09,
}

impl Datum {
    /// Reads a position given in this datum.
    ///
    /// Exact to 1 cm against [`Datum::from_wgs84`] wherever positions are shifted. Within a shift
    /// (up to 700 m, for BD-09 up to 2 km) outside of the shifted area's border two places share
    /// one shifted position; the one inside the area is chosen.
    pub fn to_wgs84(self, position: Position) -> Position {
        let unshifted = match self {
            Datum::Wgs84 => return position,
            Datum::Gcj02 => invert(gcj02, position),
            Datum::Bd09 => invert(gcj02, invert(bd09, position)),
        };
        if region::is_shifted(unshifted) || region::is_shifted(position) {
            unshifted
        } else {
            position
        }
    }

    /// Gives a WGS-84 position in this datum; outside of mainland China it stays as it is.
    pub fn from_wgs84(self, position: Position) -> Position {
        match self {
            Datum::Gcj02 if region::is_shifted(position) => gcj02(position),
            Datum::Bd09 if region::is_shifted(position) => bd09(gcj02(position)),
            _ => position,
        }
    }
}

/// The ellipsoid of the GCJ-02 formula (Krasovsky 1940): equatorial radius in metres.
const KRASOVSKY_RADIUS_M: f64 = 6_378_245.0;
/// The square of its eccentricity.
const KRASOVSKY_E2: f64 = 0.006_693_421_622_965_943;

/// GCJ-02 of a WGS-84 position, whatever its region.
fn gcj02(position: Position) -> Position {
    let (latitude, longitude) = (position.latitude(), position.longitude());
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let waves = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + waves
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y / 30.0 * PI).sin()) * 2.0 / 3.0;
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + waves
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let (sin, cos) = latitude.to_radians().sin_cos();
    let flat = 1.0 - KRASOVSKY_E2 * sin * sin;
    let metres_per_radian_north = KRASOVSKY_RADIUS_M * (1.0 - KRASOVSKY_E2) / (flat * flat.sqrt());
    let metres_per_radian_east = KRASOVSKY_RADIUS_M / flat.sqrt() * cos;
    Position::wrapped(
        latitude + (north_m / metres_per_radian_north).to_degrees(),
        longitude + (east_m / metres_per_radian_east).to_degrees(),
    )
}

/// BD-09 of a GCJ-02 position, whatever its region.
fn bd09(position: Position) -> Position {
    const WAVE: f64 = PI * 3000.0 / 180.0;
    let (x, y) = (position.longitude(), position.latitude());
    let radius = x.hypot(y) + 0.000_02 * (y * WAVE).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * WAVE).cos();
    Position::wrapped(radius * angle.sin() + 0.006, radius * angle.cos() + 0.0065)
}

/// The position that `shift` brings to `shifted`, to 0.1 mm where the shift is smooth.
///
/// A shift changes by less than 1 % of the way moved, so each pass leaves a hundredth of the
/// error: one pass errs by up to 5 m, two by 3 cm, three by 0.2 mm. The cap only matters for
/// positions far from China, where the formulas mean nothing.
fn invert(shift: fn(Position) -> Position, shifted: Position) -> Position {
    const CLOSE_ENOUGH_DEG: f64 = 1e-9;
    let mut guess = shifted;
    for _ in 0..10 {
        let image = shift(guess);
        let north = shifted.latitude() - image.latitude();
        let east = shifted.longitude() - image.longitude();
        guess = Position::wrapped(guess.latitude() + north, guess.longitude() + east);
        if north.abs() < CLOSE_ENOUGH_DEG && east.abs() < CLOSE_ENOUGH_DEG {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::distance::metres;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    #[test]
    fn published_pairs_are_met() {
        // eviltransform and coordtransform: WGS-84, GCJ-02.
        for (wgs84, gcj) in [
            (
                at(31.177_427_6, 121.527_210_6),
                at(31.175_303_983_645_97, 121.531_541_859_215),
            ),
            (
                at(22.543_847, 113.912_316),
                at(22.540_796_131_694_766, 113.917_176_480_836_3),
            ),
            (
                at(39.911_954, 116.377_817),
                at(39.913_345_455_360_69, 116.384_047_224_556_57),
            ),
            (
                at(39.915, 116.404),
                at(39.916_404_281_501_64, 116.410_244_499_169_38),
            ),
        ] {
            assert!(
                metres(Datum::Gcj02.from_wgs84(wgs84), gcj) < 0.01,
                "{wgs84:?}"
            );
            assert!(metres(Datum::Gcj02.to_wgs84(gcj), wgs84) < 0.01, "{gcj:?}");
        }
        // coordtransform: GCJ-02, BD-09.
        let bd = bd09(at(39.915, 116.404));
        assert!(metres(bd, at(39.921_336_993_510_21, 116.410_369_493_710_29)) < 0.01);
    }

    #[test]
    fn the_shift_is_as_large_as_measured() {
        let shift = |place| metres(place, Datum::Gcj02.from_wgs84(place));
        assert!(
            (shift(at(30.572_8, 104.066_8)) - 363.0).abs() < 15.0,
            "Chengdu"
        );
        assert!(
            (shift(at(22.543_1, 114.057_9)) - 606.0).abs() < 15.0,
            "Shenzhen"
        );
    }

    #[test]
    fn places_outside_the_shifted_area_stay() {
        for (name, place) in [
            ("Hong Kong, Central", at(22.281_9, 114.158_1)),
            ("Hong Kong, Sheung Shui", at(22.501_2, 114.127_9)),
            ("Hong Kong airport", at(22.308, 113.918_5)),
            ("Macau, Cotai", at(22.147, 113.563)),
            ("Taipei", at(25.033, 121.565_4)),
            ("Kaohsiung", at(22.627_3, 120.301_4)),
            ("Penghu", at(23.571, 119.579)),
            ("Singapore", at(1.352_1, 103.819_8)),
            ("Tokyo", at(35.676_2, 139.650_3)),
            ("New York", at(40.712_8, -74.006)),
        ] {
            for datum in [Datum::Gcj02, Datum::Bd09] {
                assert_eq!(datum.from_wgs84(place), place, "{name}");
                assert_eq!(datum.to_wgs84(place), place, "{name}");
            }
        }
    }

    #[test]
    fn beside_the_border_the_reading_inside_the_shifted_area_wins() {
        let wanzai_in_zhuhai = at(22.195, 113.526);
        let shown = Datum::Bd09.from_wgs84(wanzai_in_zhuhai);
        assert!(
            !region::is_shifted(shown),
            "Baidu's number for it is a place in Macau"
        );
        assert!(metres(Datum::Bd09.to_wgs84(shown), wanzai_in_zhuhai) < 0.01);
    }

    #[test]
    fn cities_beside_the_exceptions_are_shifted() {
        for (name, place) in [
            ("Shenzhen, Luohu", at(22.548, 114.131)),
            ("Shenzhen, Futian", at(22.530, 114.055)),
            ("Shenzhen, Shekou", at(22.485, 113.915)),
            ("Shenzhen, Yantian", at(22.566, 114.237)),
            ("Zhuhai, Gongbei", at(22.220, 113.549)),
            ("Zhuhai, Hengqin", at(22.130, 113.538)),
            ("Xiamen", at(24.480, 118.089)),
            ("Pingtan", at(25.503, 119.791)),
        ] {
            assert!(
                metres(place, Datum::Gcj02.from_wgs84(place)) > 300.0,
                "{name}"
            );
        }
    }

    #[test]
    fn wgs84_is_left_alone() {
        let place = at(31.2304, 121.4737);
        assert_eq!(Datum::Wgs84.to_wgs84(place), place);
        assert_eq!(Datum::Wgs84.from_wgs84(place), place);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 20_000, ..Default::default() })]
        #[test]
        fn the_way_there_and_back_errs_by_less_than_a_centimetre_everywhere_in_china(
            latitude in 17.8..54.2f64,
            longitude in 73.0..135.1f64,
        ) {
            let place = at(latitude, longitude);
            prop_assume!(region::is_shifted(place));
            for datum in [Datum::Gcj02, Datum::Bd09] {
                let error = metres(datum.to_wgs84(datum.from_wgs84(place)), place);
                prop_assert!(error < 0.01, "{datum:?} errs by {error} m");
            }
        }

        #[test]
        fn any_position_converts_to_a_position(
            latitude in -90.0..=90.0f64,
            longitude in -180.0..=180.0f64,
        ) {
            let place = at(latitude, longitude);
            for datum in [Datum::Wgs84, Datum::Gcj02, Datum::Bd09] {
                for result in [datum.to_wgs84(place), datum.from_wgs84(place)] {
                    prop_assert!(Position::new(result.latitude(), result.longitude()).is_ok());
                }
            }
        }
    }
}
