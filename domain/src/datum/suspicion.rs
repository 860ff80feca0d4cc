//! Whether a device gives positions in two datums without saying so. Nothing is corrected by it: a
//! position's datum is stated, never guessed; but somebody should look.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Datum, region};
use crate::distance::metres;
use crate::position::Position;

/// Positions further apart in time tell nothing: the device may have gone anywhere.
const NEAR: TimeDelta = TimeDelta::minutes(10);
/// A shift is hundreds of metres; less is noise.
const FAR_M: f64 = 150.0;
/// So close to its neighbour, read in the other datum, a position is believed to be in it.
const CLOSE_M: f64 = 40.0;
/// So many hops, there and back, are no accident.
const HOPS: usize = 3;

/// A device's positions hop by the shift of a datum, there and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// The datum that some of its positions seem to be in.
    pub datum: Datum,
    /// How often they hop.
    pub hops: usize,
    /// When they did last.
    pub last_at: DateTime<Utc>,
}

/// What is to be suspected of a device, by its positions in the order of time.
pub fn suspicion(fixes: &[(DateTime<Utc>, Position)]) -> Option<Suspicion> {
    let found = [Datum::Gcj02, Datum::Bd09].map(|datum| hops(fixes, datum));
    found.into_iter().flatten().max_by_key(|found| found.hops)
}

fn hops(fixes: &[(DateTime<Utc>, Position)], datum: Datum) -> Option<Suspicion> {
    let (mut out, mut back, mut last_at) = (0, 0, None);
    for pair in fixes.windows(2) {
        let [(before, from), (at, to)] = *pair else {
            continue;
        };
        let is_near = at - before <= NEAR && region::is_shifted(from) && region::is_shifted(to);
        if !is_near || metres(from, to) < FAR_M {
            continue;
        }
        if metres(from, datum.to_wgs84(to)) < CLOSE_M {
            out += 1;
        } else if metres(datum.to_wgs84(from), to) < CLOSE_M {
            back += 1;
        } else {
            continue;
        }
        last_at = Some(at);
    }
    let hops = out + back;
    let is_alternating = out > 0 && back > 0 && hops >= HOPS;
    let last_at = last_at.filter(|_| is_alternating)?;
    Some(Suspicion {
        datum,
        hops,
        last_at,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stroll from a place on, a fix every three minutes, and which of them are shifted.
    fn stroll(
        from: (f64, f64),
        steps: &[(f64, f64, bool)],
        datum: Datum,
    ) -> Vec<(DateTime<Utc>, Position)> {
        let (mut latitude, mut longitude) = from;
        let fixes = steps
            .iter()
            .zip(0..)
            .map(|((north, east, is_shifted), number)| {
                latitude += north * 1e-5;
                longitude += east * 1e-5;
                let position = Position::new(latitude, longitude).unwrap();
                let shown = if *is_shifted {
                    datum.from_wgs84(position)
                } else {
                    position
                };
                let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(3 * number);
                (at, shown)
            });
        fixes.collect()
    }

    fn steps(metres: f64) -> impl Strategy<Value = Vec<(f64, f64, bool)>> {
        prop::collection::vec((-metres..metres, -metres..metres, any::<bool>()), 30..60)
    }

    const SHANGHAI: (f64, f64) = (31.2304, 121.4737);

    proptest! {
        #[test]
        fn a_device_that_alternates_is_suspected_of_the_right_datum(
            steps in steps(1.0), is_baidu in any::<bool>(),
        ) {
            let changes = steps.windows(2).filter(|pair| pair[0].2 != pair[1].2).count();
            prop_assume!(changes >= 4);
            let datum = if is_baidu { Datum::Bd09 } else { Datum::Gcj02 };
            let found = suspicion(&stroll(SHANGHAI, &steps, datum)).unwrap();
            prop_assert_eq!((found.datum, found.hops), (datum, changes));
        }

        // A stride as long as a shift, there and back, could be taken for one by chance; these are
        // shorter.
        #[test]
        fn a_device_that_keeps_to_one_datum_is_not_suspected(
            steps in steps(200.0), is_shifted in any::<bool>(),
        ) {
            let steps: Vec<_> = steps.into_iter().map(|(n, e, _)| (n, e, is_shifted)).collect();
            prop_assert_eq!(suspicion(&stroll(SHANGHAI, &steps, Datum::Gcj02)), None);
        }

        #[test]
        fn abroad_nobody_is_suspected(steps in steps(300.0)) {
            let helsinki = (60.17, 24.94);
            prop_assert_eq!(suspicion(&stroll(helsinki, &steps, Datum::Gcj02)), None);
        }
    }

    #[test]
    fn a_few_hops_or_a_way_there_are_no_suspicion() {
        let one_way: Vec<_> = (0..10).map(|n| (0.0, 0.0, n >= 5)).collect();
        assert_eq!(suspicion(&stroll(SHANGHAI, &one_way, Datum::Gcj02)), None);
        assert_eq!(suspicion(&[]), None);
    }
}
