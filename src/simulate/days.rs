//! Synthetic days of the past: each rep goes round their customers, and what the phone noted comes
//! to the hub with the faults of real phones.

use std::{io::Write, process::ExitCode};

use anyhow::ensure;
use chrono::{DateTime, Days, NaiveTime, SecondsFormat, TimeDelta, Utc};
use indicatif::ProgressBar;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use super::{
    faults::{Fault, Moment, laid_over},
    movers,
};
use crate::demo::{
    live::{Mover, Target},
    motion::{Stop, Walk},
    persist::{Tally, persist},
    phone::{Endpoint, Phone, Point, WireReading},
};

/// A phone in a pocket reads about this often.
const STEP: TimeDelta = TimeDelta::minutes(3);
/// Points of an upload.
const BATCH: usize = 200;
/// The most days.
pub(crate) const MOST_DAYS: u64 = 60;

/// Which days, and what goes wrong in them.
pub(crate) struct PastDays {
    pub(crate) url: String,
    pub(crate) token_file: std::path::PathBuf,
    /// How many days, the last of them yesterday (UTC).
    pub(crate) days: u64,
    pub(crate) faults: Vec<Fault>,
    pub(crate) seed: u64,
}

/// Makes the days and sends them, and says what the reps really did and how the hub took it.
pub(crate) async fn run(past: PastDays, bar: &ProgressBar) -> anyhow::Result<ExitCode> {
    ensure!(
        (1..=MOST_DAYS).contains(&past.days),
        "--days is from 1 to {MOST_DAYS}"
    );
    let movers = movers(&past.url, &past.token_file).await?;
    let endpoint = Endpoint::new(&past.url)?;
    let midnight = Utc::now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let (mut tally, mut stays) = (Tally::default(), 0);
    let reps = movers.len();
    for (mover, number) in movers.into_iter().zip(0..) {
        let mut phone = Phone::new(endpoint.clone(), mover.token.clone());
        let mut late = Vec::new();
        for back in (1..=past.days).rev() {
            let begin = midnight
                .checked_sub_days(Days::new(back))
                .unwrap_or(midnight);
            let seed = past.seed ^ (number << 32) ^ begin.timestamp().unsigned_abs();
            let mut random = StdRng::seed_from_u64(seed);
            let (moments, calls) = day(&mover, begin, &format!("sim-{seed:x}"), &mut random);
            stays += calls;
            let uploads = laid_over(moments, &past.faults, &mut random);
            send(&mut phone, uploads.punctual, &mut tally, bar).await?;
            late.extend(uploads.late);
        }
        send(&mut phone, late, &mut tally, bar).await?;
    }
    bar.finish_and_clear();
    let days = past.days;
    writeln!(
        std::io::stdout(),
        "{reps} reps, {days} days, {stays} stays at customers; {tally}"
    )?;
    Ok(ExitCode::SUCCESS)
}

/// What a faultless phone notes on a day, and at how many customers its owner stays.
fn day(
    mover: &Mover,
    midnight: DateTime<Utc>,
    name: &str,
    random: &mut impl Rng,
) -> (Vec<Moment>, usize) {
    let begin = midnight + TimeDelta::minutes(random.random_range(480..540));
    let until = begin + TimeDelta::hours(8);
    let walk = Walk::day(mover.start, begin, until, round(&mover.targets, random));
    let mut moments = Vec::new();
    let mut note = |at, kind, customer: Option<&String>, random: &mut _| {
        if let Some(reading) = walk.read(at, random) {
            moments.push(Moment {
                id: format!("{name}-{kind}-{}", at.timestamp_millis()),
                at,
                kind,
                customer: customer.cloned(),
                reading,
                datum: None,
            });
        }
    };
    for at in walk.instants(STEP, random) {
        note(at, "TRAIL", None, random);
    }
    for stay in &walk.stays {
        if random.random_bool(0.5) {
            note(
                stay.from + TimeDelta::seconds(40),
                "ARRIVE",
                Some(&stay.customer),
                random,
            );
        }
    }
    moments.sort_by_key(|moment| moment.at);
    (moments, walk.stays.len())
}

/// Some of the customers, each next one the nearest not yet called on.
fn round(targets: &[Target], random: &mut impl Rng) -> Vec<Stop<String>> {
    let mut left: Vec<&Target> = targets.iter().filter(|_| random.random_bool(0.6)).collect();
    let mut stops = Vec::new();
    let Some(mut here) = left.first().map(|target| target.place) else {
        return stops;
    };
    while !left.is_empty() {
        let near = |target: &&&Target| target.place.distance_m(here);
        left.sort_by(|a, b| near(&b).total_cmp(&near(&a)));
        if let Some(target) = left.pop() {
            here = target.place;
            stops.push(Stop {
                customer: target.customer.clone(),
                place: target.place,
                stay: TimeDelta::minutes(random.random_range(14..50)),
            });
        }
    }
    stops
}

async fn send(
    phone: &mut Phone,
    moments: Vec<Moment>,
    tally: &mut Tally,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    for some in moments.chunks(BATCH) {
        some.iter().for_each(|moment| phone.keep(point(moment)));
        persist(phone, tally, bar).await?;
    }
    Ok(())
}

fn point(moment: &Moment) -> Point {
    let reading = moment.reading;
    Point {
        id: moment.id.clone(),
        kind: moment.kind,
        recorded_at: moment.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        customer_id: moment.customer.clone(),
        reading: Some(WireReading {
            latitude: reading.place.latitude,
            longitude: reading.place.longitude,
            datum: moment.datum,
            accuracy_m: Some(reading.accuracy_m),
            altitude_m: None,
            speed_mps: Some(reading.speed_mps),
            heading_deg: Some(reading.heading_deg),
        }),
    }
}
