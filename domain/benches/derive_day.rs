//! Derivation of a rep's working day, in fixes a second and core, beside a plain in-or-out pass
//! over the same fixes in the same run.
//!
//! A day: 9 hours, 12 customers 30 min each with jitter, the way between them; fences are already
//! located, as the worker hands them over. `cargo bench -p domain --bench derive_day`

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and ends at the first surprise"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::distance::metres;
use domain::position::Position;
use domain::visit::{Assignment, FenceRef, FenceVersion, Fix, Kind, Located, Near, World, derive};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A key of the size the hub uses.
type Key = u128;

const DAYS: u64 = 50;
const CUSTOMERS: u128 = 12;
const RADIUS_M: f64 = 60.0;

struct Day {
    world: World<Key>,
    fixes: Vec<Located<Key>>,
}

fn place(x: f64, y: f64) -> Position {
    Position::new(31.2 + y / 111_000.0, 121.4 + x / 95_000.0).expect("a position")
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant")
}

/// A day with a fix every `pace` seconds.
fn day(seed: u64, pace: i64) -> Day {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::empty();
    let mut centres = Vec::new();
    for customer in 0..CUSTOMERS {
        let centre = place(rng.random_range(-8e3..8e3), rng.random_range(-8e3..8e3));
        centres.push(centre);
        world.fences.push(FenceVersion {
            fence: FenceRef {
                fence: customer + 1000,
                version: 1,
            },
            customer,
            area_m2: std::f64::consts::PI * RADIUS_M * RADIUS_M,
            valid_from: DateTime::<Utc>::MIN_UTC,
            valid_to: None,
        });
        world.assignments.push(Assignment {
            customer,
            valid_from: DateTime::<Utc>::MIN_UTC,
            valid_to: None,
        });
    }
    let fixes = (0..9 * 3600 / pace).map(|step| fix(&mut rng, &world, &centres, step * pace));
    let fixes = fixes.collect();
    Day { world, fixes }
}

/// 30 min at each customer, 15 min on the way to the next one.
fn fix(rng: &mut StdRng, world: &World<Key>, centres: &[Position], second: i64) -> Located<Key> {
    let leg = (second / 2700) as usize;
    let (here, next) = (
        centres[leg % centres.len()],
        centres[(leg + 1) % centres.len()],
    );
    let way = ((second % 2700 - 1800).max(0) as f64) / 900.0;
    let jitter = |rng: &mut StdRng| rng.random_range(-3e-4..3e-4);
    let between = |from: f64, to: f64| from + (to - from) * way;
    let latitude = between(here.latitude(), next.latitude()) + jitter(rng);
    let longitude = between(here.longitude(), next.longitude()) + jitter(rng);
    let fix = Fix {
        recorded_at: start() + TimeDelta::seconds(second),
        kind: Kind::Trail,
        device: 1,
        customer: None,
        position: Position::new(latitude, longitude).ok(),
        accuracy_m: Some(rng.random_range(4.0..30.0)),
        decision: None,
    };
    let reach_m = world.reach_m(&fix);
    let distances = centres
        .iter()
        .zip(&world.fences)
        .map(|(centre, version)| Near {
            fence: version.fence,
            distance_m: fix
                .position
                .map_or(f64::MAX, |position| metres(*centre, position))
                - RADIUS_M,
        });
    Located {
        fix,
        near: distances
            .filter(|near| near.distance_m <= reach_m)
            .collect(),
    }
}

/// The floor: who is inside, and how often that changes.
fn naive(day: &Day) -> usize {
    let mut current = None;
    let mut changes = 0;
    for located in &day.fixes {
        let inside = located.near.iter().find(|near| near.distance_m <= 0.0);
        let inside = inside.map(|near| near.fence.fence);
        changes += usize::from(inside != current);
        current = inside;
    }
    changes
}

/// The best of five runs over all days, and what they counted.
fn fastest(days: &[Day], mut run: impl FnMut(&Day) -> usize) -> (Duration, usize) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..5 {
        let begun = Instant::now();
        let found = days.iter().map(|day| black_box(run(black_box(day)))).sum();
        best = best.min((begun.elapsed(), found));
    }
    best
}

fn main() {
    for pace in [1, 10, 60] {
        let days: Vec<Day> = (0..DAYS).map(|seed| day(seed, pace)).collect();
        let fixes: usize = days.iter().map(|day| day.fixes.len()).sum();
        let as_of = start() + TimeDelta::days(2);
        let derived = fastest(&days, |day| {
            derive(&day.world, None, &day.fixes, as_of).visits.len()
        });
        let naive = fastest(&days, naive);
        let rate = |time: Duration| fixes as f64 / time.as_secs_f64();
        println!(
            "a fix every {pace:>2} s, {} a day: {:>6.2} M fixes/s derived ({} visits), \
             {:>7.2} M fixes/s in or out ({} changes), ratio {:.1}",
            fixes / DAYS as usize,
            rate(derived.0) / 1e6,
            derived.1,
            rate(naive.0) / 1e6,
            naive.1,
            derived.0.as_secs_f64() / naive.0.as_secs_f64(),
        );
    }
}
