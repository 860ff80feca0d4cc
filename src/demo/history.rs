//! The last ten working days of every rep: synthetic tracks, as their phones would have sent them.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::zone;
use entity::{field::check_in::Kind, id::CustomerId};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use crate::demo::{
    city::TIME_ZONE,
    company::{Rep, Shop, working_day},
    motion::{Reading, Stop, Walk},
};

/// Working days that lie behind the demo.
const DAYS: usize = 10;
/// A phone in a pocket reads about this often.
const STEP: TimeDelta = TimeDelta::minutes(3);
/// Of a hundred readings so many are so poor that no rule takes them.
const POOR: u32 = 3;
const POOR_ACCURACY_M: f64 = 180.0;

/// One check-in of the past.
#[derive(Debug, Clone)]
pub(crate) struct PastPoint {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: Kind,
    pub(crate) reading: Option<Reading>,
    pub(crate) customer: Option<CustomerId>,
}

/// The days that have tracks, the earliest first: working days before today.
pub(crate) fn days(now: DateTime<Utc>) -> Vec<NaiveDate> {
    let today = zone::day_of(now, TIME_ZONE);
    let mut days: Vec<NaiveDate> = (1..)
        .map_while(|back| today.checked_sub_days(Days::new(back)))
        .filter(|day| working_day(*day) == *day)
        .take(DAYS)
        .collect();
    days.reverse();
    days
}

/// One rep's check-ins of one day, in time order.
pub(crate) fn day_of(rep: &Rep, number: u64, shops: &[&Shop], day: NaiveDate) -> Vec<PastPoint> {
    let seed = number * 1_000 + u64::from(day.format("%j").to_string().parse::<u16>().unwrap_or(0));
    let mut random = StdRng::seed_from_u64(seed);
    let midnight = zone::instant_of(day.and_time(NaiveTime::MIN), TIME_ZONE);
    let begin = midnight + TimeDelta::minutes(random.random_range(500..560));
    let until = midnight + TimeDelta::minutes(random.random_range(980..1_050));
    let walk = Walk::day(rep.home, begin, until, round(shops, &mut random));
    let mut points: Vec<PastPoint> = walk
        .instants(STEP, &mut random)
        .into_iter()
        .map(|at| trail(&walk, at, &mut random))
        .collect();
    for stay in &walk.stays {
        if random.random_bool(0.6) {
            let at = stay.from + TimeDelta::seconds(random.random_range(20..120));
            points.push(button(&walk, Kind::Arrive, at, stay.customer, &mut random));
        }
        if random.random_bool(0.4) {
            let at = stay.until - TimeDelta::seconds(random.random_range(5..60));
            points.push(button(&walk, Kind::Depart, at, stay.customer, &mut random));
        }
    }
    points.sort_by_key(|point| point.at);
    points
}

/// Half of the rep's customers, each next one the nearest not yet called on.
fn round(shops: &[&Shop], random: &mut impl Rng) -> Vec<Stop<CustomerId>> {
    let mut left: Vec<&Shop> = shops
        .iter()
        .copied()
        .filter(|_| random.random_bool(0.4))
        .collect();
    let mut stops = Vec::new();
    let Some(mut here) = left.first().map(|shop| shop.place) else {
        return stops;
    };
    while !left.is_empty() {
        left.sort_by(|a, b| {
            b.place
                .distance_m(here)
                .total_cmp(&a.place.distance_m(here))
        });
        if let Some(shop) = left.pop() {
            here = shop.place;
            let stay = TimeDelta::minutes(random.random_range(14..50));
            stops.push(Stop {
                customer: shop.id,
                place: shop.place,
                stay,
            });
        }
    }
    stops
}

fn trail(walk: &Walk<CustomerId>, at: DateTime<Utc>, random: &mut impl Rng) -> PastPoint {
    let is_poor = random.random_range(0..100) < POOR;
    let reading = walk.read(at, random).map(|mut reading| {
        if is_poor {
            reading.accuracy_m = POOR_ACCURACY_M;
            reading.place = reading.place.jittered(random, POOR_ACCURACY_M / 2.0);
        }
        reading
    });
    PastPoint {
        at,
        kind: Kind::Trail,
        reading,
        customer: None,
    }
}

fn button(
    walk: &Walk<CustomerId>,
    kind: Kind,
    at: DateTime<Utc>,
    customer: CustomerId,
    random: &mut impl Rng,
) -> PastPoint {
    PastPoint {
        at,
        kind,
        reading: walk.read(at, random),
        customer: Some(customer),
    }
}
