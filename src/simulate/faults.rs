//! The faults of real phones, laid over a faultless day. All of them follow from a seed.

use chrono::{DateTime, TimeDelta, Utc};
use clap::ValueEnum;
use domain::{datum::Datum, position::Position};
use rand::{Rng, RngExt};

use crate::demo::{motion::Reading, place::Place};

/// What GPS receivers of old firmware are off by: 1,024 weeks, after which their week counter
/// begins anew.
pub(super) const ROLLOVER: TimeDelta = TimeDelta::weeks(1_024);
/// What a phone in a street canyon claims, however wrong it is, in metres.
const CLAIMED_M: f64 = 6.0;
/// How far a street canyon moves positions, in metres.
const CANYON_M: f64 = 120.0;
/// A poor receiver's noise, and the error radius that it admits, in metres.
const JITTER_M: f64 = 25.0;

/// A fault of a phone, its receiver or its uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// Positions scatter, and say so.
    Jitter,
    /// No position for a while.
    Tunnel,
    /// Positions are off by a street, and claim to be exact.
    Canyon,
    /// Points are uploaded twice, some under another id.
    Duplicates,
    /// A third of the day comes after everything else, the newest first.
    Late,
    /// The clock is 1,024 weeks behind.
    Rollover,
    /// Some positions are in GCJ-02, and say so; elsewhere than in China nothing changes.
    Datums,
}

/// What a phone notes at an instant.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// Its id at the hub.
    pub(super) id: String,
    pub(super) at: DateTime<Utc>,
    pub(super) kind: &'static str,
    pub(super) customer: Option<String>,
    pub(super) reading: Reading,
    pub(super) datum: Option<&'static str>,
}

/// A day as it reaches the hub: in this order, and what comes last of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Uploads {
    pub(super) punctual: Vec<Moment>,
    pub(super) late: Vec<Moment>,
}

/// Lays the faults over a day, in the order of their list.
pub(super) fn laid_over(mut day: Vec<Moment>, faults: &[Fault], random: &mut impl Rng) -> Uploads {
    for fault in Fault::value_variants()
        .iter()
        .filter(|fault| faults.contains(fault))
    {
        match fault {
            Fault::Jitter => jitter(&mut day, random),
            Fault::Tunnel => tunnel(&mut day, random),
            Fault::Canyon => canyon(&mut day, random),
            Fault::Rollover => rollover(&mut day, random),
            Fault::Datums => datums(&mut day, random),
            Fault::Duplicates | Fault::Late => {}
        }
    }
    let mut uploads = Uploads::default();
    if faults.contains(&Fault::Late) {
        uploads.late = late(&mut day, random);
    }
    uploads.punctual = day;
    if faults.contains(&Fault::Duplicates) {
        duplicate(&mut uploads.punctual, random);
    }
    uploads
}

/// Part of a day: from an index on, so many moments.
fn stretch(day: &[Moment], share: f64, random: &mut impl Rng) -> std::ops::Range<usize> {
    let length = (day.len() as f64 * share) as usize;
    let begin = random.random_range(0..=day.len() - length);
    begin..begin + length
}

fn jitter(day: &mut [Moment], random: &mut impl Rng) {
    for moment in day {
        moment.reading.place = moment.reading.place.jittered(random, JITTER_M);
        moment.reading.accuracy_m = JITTER_M.max(moment.reading.accuracy_m);
    }
}

fn tunnel(day: &mut Vec<Moment>, random: &mut impl Rng) {
    let gone = stretch(day, 0.08, random);
    let mut index = 0;
    day.retain(|moment| {
        let is_gone = gone.contains(&index) && moment.kind == "TRAIL";
        index += 1;
        !is_gone
    });
}

fn canyon(day: &mut [Moment], random: &mut impl Rng) {
    let among = stretch(day, 0.15, random);
    let (east, north) = (
        random.random_range(-1.0..1.0),
        random.random_range(-1.0..1.0),
    );
    for moment in &mut day[among] {
        let off = moment
            .reading
            .place
            .moved(east * CANYON_M, north * CANYON_M);
        moment.reading.place = off.jittered(random, 15.0);
        moment.reading.accuracy_m = CLAIMED_M;
    }
}

fn rollover(day: &mut [Moment], random: &mut impl Rng) {
    for moment in day {
        if random.random_bool(0.02) {
            moment.at -= ROLLOVER;
        }
    }
}

fn datums(day: &mut [Moment], random: &mut impl Rng) {
    for moment in day {
        let place = moment.reading.place;
        if random.random_bool(0.3)
            && let Ok(position) = Position::new(place.latitude, place.longitude)
        {
            let shifted = Datum::Gcj02.from_wgs84(position);
            moment.reading.place = Place::new(shifted.latitude(), shifted.longitude());
            moment.datum = Some("GCJ02");
        }
    }
}

fn late(day: &mut Vec<Moment>, random: &mut impl Rng) -> Vec<Moment> {
    let held = stretch(day, 1.0 / 3.0, random);
    let mut late: Vec<Moment> = day.drain(held).collect();
    late.reverse();
    late
}

fn duplicate(day: &mut Vec<Moment>, random: &mut impl Rng) {
    let mut again = Vec::new();
    for moment in day.iter() {
        let chance = random.random_range(0.0..1.0);
        if chance < 0.2 {
            again.push(moment.clone());
        } else if chance < 0.3 {
            let id = format!("{}-again", moment.id);
            again.push(Moment {
                id,
                ..moment.clone()
            });
        }
    }
    day.extend(again);
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const HERE: Place = Place::new(31.2304, 121.4737);

    fn day() -> Vec<Moment> {
        let begin = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        let moment = |n: i64| Moment {
            id: format!("m{n}"),
            at: begin + TimeDelta::minutes(3 * n),
            kind: if n % 50 == 7 { "ARRIVE" } else { "TRAIL" },
            customer: None,
            reading: Reading {
                place: HERE,
                accuracy_m: 10.0,
                speed_mps: 0.0,
                heading_deg: 0.0,
            },
            datum: None,
        };
        (0..200).map(moment).collect()
    }

    fn with(faults: &[Fault], seed: u64) -> Uploads {
        laid_over(day(), faults, &mut StdRng::seed_from_u64(seed))
    }

    fn told(uploads: &Uploads) -> String {
        format!("{uploads:?}")
    }

    #[test]
    fn a_seed_decides_everything() {
        let all = Fault::value_variants();
        assert_eq!(told(&with(all, 1)), told(&with(all, 1)));
        assert_ne!(told(&with(all, 1)), told(&with(all, 2)));
        let none = with(&[], 1);
        assert_eq!(told(&none), told(&with(&[], 2)));
        assert_eq!((none.punctual.len(), none.late.len()), (200, 0));
    }

    #[test]
    fn a_tunnel_takes_a_stretch_of_the_trail_and_no_press_of_a_button() {
        let uploads = with(&[Fault::Tunnel], 3);
        assert!((180..200).contains(&uploads.punctual.len()));
        let presses = uploads
            .punctual
            .iter()
            .filter(|moment| moment.kind == "ARRIVE");
        assert_eq!(presses.count(), 4);
    }

    #[test]
    fn a_canyon_lies_and_a_poor_receiver_admits() {
        let far = |uploads: &Uploads, metres: f64| -> Vec<Moment> {
            let all = uploads.punctual.iter().cloned();
            all.filter(|moment| moment.reading.place.distance_m(HERE) > metres)
                .collect()
        };
        let canyon = (0..20).map(|seed| far(&with(&[Fault::Canyon], seed), 60.0));
        let lying: Vec<Moment> = canyon.flatten().collect();
        assert!(lying.len() > 100);
        assert!(lying.iter().all(|moment| moment.reading.accuracy_m < 10.0));
        let jittered = far(&with(&[Fault::Jitter], 1), 20.0);
        assert!(jittered.len() > 50);
        assert!(
            jittered
                .iter()
                .all(|moment| moment.reading.accuracy_m >= 25.0)
        );
    }

    #[test]
    fn duplicates_come_under_the_same_and_under_other_ids() {
        let uploads = with(&[Fault::Duplicates], 1);
        let again = &uploads.punctual[200..];
        let others = again
            .iter()
            .filter(|moment| moment.id.ends_with("-again"))
            .count();
        assert!(others > 5 && again.len() - others > 20);
    }

    #[test]
    fn what_is_late_comes_last_and_backwards_and_nothing_is_lost() {
        let uploads = with(&[Fault::Late], 1);
        assert_eq!((uploads.punctual.len(), uploads.late.len()), (134, 66));
        assert!(
            uploads
                .late
                .is_sorted_by_key(|moment| std::cmp::Reverse(moment.at))
        );
    }

    #[test]
    fn clocks_roll_over_and_datums_alternate() {
        let original = day();
        let uploads = with(&[Fault::Rollover], 1);
        let pairs = uploads.punctual.iter().zip(&original);
        let rolled = pairs
            .filter(|(moment, was)| was.at - moment.at == ROLLOVER)
            .count();
        assert!((1..20).contains(&rolled));
        let uploads = with(&[Fault::Datums], 1);
        let shifted = uploads
            .punctual
            .iter()
            .filter(|moment| moment.datum.is_some());
        let metres: Vec<f64> = shifted.map(|m| m.reading.place.distance_m(HERE)).collect();
        assert!(metres.len() > 30 && metres.iter().all(|metres| *metres > 200.0));
    }
}
