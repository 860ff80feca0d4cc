//! How a synthetic rep moves: from customer to customer, with the phone's noise.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, RngExt};

use crate::demo::place::{Place, bell};

/// Metres a second on a bicycle or in a city's traffic.
const SPEED_MPS: f64 = 6.5;
/// Half of the positions of a phone under the open sky lie within about this many metres.
const NOISE_M: f64 = 5.0;

/// Somewhere to go, and how long to stay.
#[derive(Debug, Clone)]
pub(crate) struct Stop<C> {
    pub(crate) customer: C,
    pub(crate) place: Place,
    pub(crate) stay: TimeDelta,
}

/// A straight way, or a stay where both ends are the same.
#[derive(Debug, Clone, Copy)]
struct Leg {
    from: Place,
    to: Place,
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
}

/// A stay at a customer.
#[derive(Debug, Clone)]
pub(crate) struct Stay<C> {
    pub(crate) customer: C,
    pub(crate) from: DateTime<Utc>,
    pub(crate) until: DateTime<Utc>,
}

/// Where a rep is, from a first instant to a last.
#[derive(Debug, Clone)]
pub(crate) struct Walk<C> {
    legs: Vec<Leg>,
    /// The stays in order.
    pub(crate) stays: Vec<Stay<C>>,
}

/// What a phone reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) place: Place,
    pub(crate) accuracy_m: f64,
    pub(crate) speed_mps: f64,
    pub(crate) heading_deg: f64,
}

impl<C> Walk<C> {
    /// A walk that has not begun to move.
    pub(crate) fn from(here: Place, begin: DateTime<Utc>) -> Self {
        let rest = Leg {
            from: here,
            to: here,
            begin,
            end: begin,
        };
        Walk {
            legs: vec![rest],
            stays: Vec::new(),
        }
    }

    /// From `home` at `begin` along the stops and home again; as many stops as can be left before
    /// `until`.
    pub(crate) fn day(
        home: Place,
        begin: DateTime<Utc>,
        until: DateTime<Utc>,
        stops: impl IntoIterator<Item = Stop<C>>,
    ) -> Self {
        let mut walk = Walk::from(home, begin);
        for stop in stops {
            let (here, now) = walk.last();
            if now + ride(here, stop.place) + stop.stay > until {
                break;
            }
            walk.call(stop);
        }
        walk.go(home);
        walk
    }

    /// Goes to a place.
    pub(crate) fn go(&mut self, to: Place) {
        let (from, begin) = self.last();
        self.legs.push(Leg {
            from,
            to,
            begin,
            end: begin + ride(from, to),
        });
    }

    /// Goes to a customer and stays.
    pub(crate) fn call(&mut self, stop: Stop<C>) {
        self.go(stop.place);
        let (place, from) = self.last();
        let until = from + stop.stay;
        self.legs.push(Leg {
            from: place,
            to: place,
            begin: from,
            end: until,
        });
        self.stays.push(Stay {
            customer: stop.customer,
            from,
            until,
        });
    }

    /// Where and when it ends.
    pub(crate) fn last(&self) -> (Place, DateTime<Utc>) {
        match self.legs.last() {
            Some(leg) => (leg.to, leg.end),
            None => (Place::new(0.0, 0.0), DateTime::UNIX_EPOCH),
        }
    }

    /// What the phone reads at an instant; nothing before the begin and after the end.
    pub(crate) fn read(&self, at: DateTime<Utc>, random: &mut impl Rng) -> Option<Reading> {
        let leg = self
            .legs
            .iter()
            .find(|leg| leg.begin <= at && at <= leg.end)?;
        let whole = (leg.end - leg.begin).as_seconds_f64();
        let share = if whole > 0.0 {
            (at - leg.begin).as_seconds_f64() / whole
        } else {
            1.0
        };
        let distance = leg.from.distance_m(leg.to);
        let is_moving = distance > 1.0;
        Some(Reading {
            place: leg.from.toward(leg.to, share).jittered(random, NOISE_M),
            accuracy_m: (8.0 + 4.0 * bell(random).abs()).round(),
            speed_mps: if is_moving {
                (distance / whole.max(1.0) * 10.0).round() / 10.0
            } else {
                0.0
            },
            heading_deg: if is_moving {
                leg.from.heading_deg(leg.to).round() % 360.0
            } else {
                0.0
            },
        })
    }

    /// The instants at which a phone reads: about every `step`, a little early or late.
    pub(crate) fn instants(&self, step: TimeDelta, random: &mut impl Rng) -> Vec<DateTime<Utc>> {
        let (_, end) = self.last();
        let mut instants = Vec::new();
        let mut at = self.legs.first().map_or(end, |leg| leg.begin);
        while at <= end {
            instants.push(at);
            let share = random.random_range(0.8..1.2);
            at += TimeDelta::milliseconds((step.num_milliseconds() as f64 * share) as i64);
        }
        instants
    }
}

/// The time a way takes, traffic lights included; never nothing.
fn ride(from: Place, to: Place) -> TimeDelta {
    TimeDelta::milliseconds((from.distance_m(to) / SPEED_MPS * 1_000.0) as i64 + 30_000)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn walk() -> (Walk<&'static str>, DateTime<Utc>) {
        let home = Place::new(52.52, 13.405);
        let begin = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        let stay = TimeDelta::minutes(20);
        let stops = [
            Stop {
                customer: "acme",
                place: home.moved(650.0, 0.0),
                stay,
            },
            Stop {
                customer: "globex",
                place: home.moved(650.0, 650.0),
                stay,
            },
        ];
        (
            Walk::day(home, begin, begin + TimeDelta::hours(8), stops),
            begin,
        )
    }

    #[test]
    fn a_rep_is_at_the_customer_during_the_stay() {
        let (walk, _) = walk();
        let mut random = StdRng::seed_from_u64(1);
        let stay = &walk.stays[0];
        let acme = Place::new(52.52, 13.405).moved(650.0, 0.0);
        let reading = walk
            .read(stay.from + TimeDelta::minutes(5), &mut random)
            .unwrap();
        assert!(reading.place.distance_m(acme) < 30.0);
        assert_eq!(reading.speed_mps, 0.0);
    }

    #[test]
    fn a_rep_moves_between_the_stays_and_is_nowhere_after_the_end() {
        let (walk, begin) = walk();
        let mut random = StdRng::seed_from_u64(1);
        assert!(
            walk.read(begin + TimeDelta::minutes(1), &mut random)
                .unwrap()
                .speed_mps
                > 4.0
        );
        assert!(
            walk.read(begin + TimeDelta::hours(9), &mut random)
                .is_none()
        );
        assert_eq!(walk.stays.len(), 2);
    }

    #[test]
    fn a_stop_that_cannot_be_left_in_time_is_left_out() {
        let home = Place::new(52.52, 13.405);
        let begin = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        let stop = Stop {
            customer: 1,
            place: home,
            stay: TimeDelta::hours(2),
        };
        let walk = Walk::day(home, begin, begin + TimeDelta::hours(1), [stop]);
        assert!(walk.stays.is_empty());
    }
}
