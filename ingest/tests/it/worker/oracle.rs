//! Whatever the order, the batches, the repeats and the number of workers: what is stored is what
//! the rules derive from the set of check-ins.

use chrono::{TimeDelta, Utc};
use domain::geofence::Shape;
use domain::position::Position;
use domain::visit::{Assignment, FenceRef, FenceVersion, Fix, Kind, Located, Near, World, derive};
use entity::field::check_in;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rstest::rstest;
use testbed::Backend;
use tokio_util::sync::CancellationToken;

use super::bed::{Bed, Point, customer_id, day, fence_id, place_of, points, told};
use super::company::founded;

const NAMES: [&str; 3] = ["acme", "bolt", "corner"];

/// The visits that the rules find in one thread.
fn oracle(points: &[Point]) -> String {
    let mut world = World::empty();
    let mut shapes = Vec::new();
    for name in NAMES {
        let (latitude, longitude) = place_of(name);
        let centre = Position::new(latitude, longitude).unwrap();
        let fence = FenceRef {
            fence: fence_id(name).uuid(),
            version: 1,
        };
        shapes.push((
            fence,
            customer_id(name).uuid(),
            Shape::circle(centre, 100.0).unwrap(),
        ));
        world.fences.push(FenceVersion {
            fence,
            customer: customer_id(name).uuid(),
            area_m2: std::f64::consts::PI * 10_000.0,
            valid_from: founded(),
            valid_to: None,
        });
        world.assignments.push(Assignment {
            customer: customer_id(name).uuid(),
            valid_from: founded(),
            valid_to: None,
        });
    }
    let located: Vec<Located<uuid::Uuid>> = points
        .iter()
        .map(|point| {
            let (latitude, longitude) = point.place.unwrap();
            let exact = Position::new(latitude, longitude).unwrap().to_e6();
            let position = Position::from_e6(exact.0, exact.1).unwrap();
            let near = shapes.iter().map(|(fence, _, shape)| Near {
                fence: *fence,
                distance_m: shape.signed_distance_m(position),
            });
            Located {
                near: near.collect(),
                fix: Fix {
                    recorded_at: point.at,
                    kind: match point.kind {
                        check_in::Kind::Arrive => Kind::Arrive,
                        check_in::Kind::Depart => Kind::Depart,
                        _ => Kind::Trail,
                    },
                    device: uuid::Uuid::nil(),
                    customer: point.customer.map(|customer| customer.uuid()),
                    position: Some(position),
                    accuracy_m: Some(10.0),
                    decision: None,
                },
            }
        })
        .collect();
    let visits = derive(&world, None, &located, Utc::now()).visits;
    let told = visits.iter().map(|visit| {
        let end = visit
            .end
            .map_or_else(|| "open".to_owned(), |end| format!("{end:?}"));
        told(visit.customer, visit.arrived_at, visit.left_at, &end)
    });
    told.collect::<Vec<_>>().join(", ")
}

/// A few days of a rep who goes from place to place.
fn wander(random: &mut StdRng) -> Vec<Point> {
    let mut points = Vec::new();
    for date in 0..3 {
        let mut at = day() + TimeDelta::days(date) + TimeDelta::hours(1);
        let mut place = "road";
        for _ in 0..random.random_range(20..60) {
            at += TimeDelta::seconds(*[20, 60, 180, 400, 4_000, 12_000].choose(random).unwrap());
            if random.random_range(0..4) == 0 {
                place = ["acme", "bolt", "corner", "road", "road"]
                    .choose(random)
                    .unwrap();
            }
            let (latitude, longitude) = place_of(place);
            let shift = f64::from(random.random_range(-120..=120)) * 1e-5;
            let button = random.random_range(0..12);
            let name = NAMES.choose(random).unwrap();
            points.push(Point {
                at,
                kind: match button {
                    0 => check_in::Kind::Arrive,
                    1 => check_in::Kind::Depart,
                    _ => check_in::Kind::Trail,
                },
                customer: (button < 2).then(|| customer_id(name)),
                place: Some((latitude + shift, longitude)),
            });
        }
    }
    points
}

/// Overlapping batches in any order, points repeated.
fn batches(points: &[Point], random: &mut StdRng) -> Vec<Vec<Point>> {
    let mut repeated: Vec<Point> = Vec::new();
    for point in points {
        repeated.extend(std::iter::repeat_n(*point, random.random_range(1..4)));
    }
    repeated.shuffle(random);
    repeated
        .chunks(random.random_range(3..25))
        .map(<[Point]>::to_vec)
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shuffled_repeated_batches_and_two_workers_find_what_the_rules_find(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[values(1, 2, 3)] seed: u64,
) {
    let mut random = StdRng::seed_from_u64(seed);
    let bed = Bed::with_reps(backend, 4).await;
    let tracks: Vec<Vec<Point>> = (0..4).map(|_| wander(&mut random)).collect();
    let mut uploads: Vec<(usize, Vec<Point>)> = Vec::new();
    for (rep, track) in tracks.iter().enumerate() {
        uploads.extend(
            batches(track, &mut random)
                .into_iter()
                .map(|batch| (rep, batch)),
        );
    }
    uploads.shuffle(&mut random);

    let stop = CancellationToken::new();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let (worker, stop) = (bed.worker.clone(), stop.clone());
        workers.spawn(async move { worker.run(stop).await });
    }
    for (rep, batch) in &uploads {
        bed.store(*rep, batch).await;
        bed.presence.wake(presence::Topic::Tracks).await;
    }
    bed.worker.drain().await.unwrap();
    stop.cancel();
    workers.join_all().await;

    for (rep, track) in tracks.iter().enumerate() {
        assert_eq!(
            bed.visits_of(rep).await,
            oracle(track),
            "seed {seed}, rep {rep}"
        );
    }
    let visits = bed
        .number("SELECT count(*) FROM visit WHERE withdrawn_at IS NULL")
        .await;
    let sums =
        "SELECT CAST(coalesce(sum(value), 0) AS bigint) FROM rep_day WHERE metric = 'VISITS'";
    assert_eq!(bed.number(sums).await, visits);
    let opened = bed
        .number("SELECT count(*) FROM change WHERE kind = 'OPENED'")
        .await;
    assert_eq!(
        opened,
        bed.number("SELECT count(*) FROM visit").await,
        "none opened twice"
    );
}

#[rstest]
#[tokio::test]
async fn a_track_too_long_to_be_read_at_once_is_derived_all_the_same(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut track = Vec::new();
    for second in 0..24_000 {
        let places = ["acme", "road", "bolt", "road"];
        let place = places[second / 900 % 4];
        let at = day() + TimeDelta::seconds(i64::try_from(second).unwrap() * 5);
        track.push(Point {
            at,
            ..points(&format!("09:00 {place}"))[0]
        });
    }
    let bed = Bed::new(backend).await;
    bed.store(0, &track).await;

    bed.worker.drain().await.unwrap();

    assert_eq!(bed.visits().await, oracle(&track));
    assert!(bed.visits().await.matches("acme").count() > 5);
}
