//! Claims, tries, and tracks that cannot be derived.

use std::time::Duration;

use entity::field::track;
use entity::viewer::Scope;
use ingest::worker::Pace;
use rstest::rstest;
use sea_orm::{ColumnTrait, QueryFilter};
use testbed::Backend;

use super::bed::{Bed, points};

const STAY: &str = "09:00 acme, 09:05 acme, 09:10 acme, 09:20 road, 09:25 road";

async fn track_of(bed: &Bed, rep: usize) -> track::Model {
    track::Entity::visible_to(&Scope::All)
        .filter(track::Column::RepId.eq(bed.reps[rep].0))
        .one(&bed.database.db.write)
        .await
        .unwrap()
        .unwrap()
}

/// From now on no visit of this rep can be written.
async fn break_visits_of(bed: &Bed, rep: usize) {
    let rep = bed.reps[rep].0.uuid();
    match bed.database.db.backend() {
        sea_orm::DbBackend::Postgres => {
            bed.execute(&format!(
                "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN
                    RAISE EXCEPTION 'broken' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
                CREATE TRIGGER broken BEFORE INSERT ON visit FOR EACH ROW
                    WHEN (NEW.rep_id = '{rep}') EXECUTE FUNCTION broken()"
            ))
            .await;
        }
        _ => {
            bed.execute(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON visit WHEN NEW.rep_id = x'{}'
                BEGIN SELECT RAISE(ABORT, 'broken'); END",
                rep.simple()
            ))
            .await;
        }
    }
}

async fn mend_visits(bed: &Bed) {
    match bed.database.db.backend() {
        sea_orm::DbBackend::Postgres => bed.execute("DROP TRIGGER broken ON visit").await,
        _ => bed.execute("DROP TRIGGER broken").await,
    }
}

#[rstest]
#[tokio::test]
async fn a_track_that_fails_five_times_is_set_aside_and_the_others_go_on(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::with_reps(backend, 3).await;
    break_visits_of(&bed, 1).await;
    for rep in 0..3 {
        bed.store(rep, &points(STAY)).await;
    }

    bed.worker.drain().await.unwrap();

    assert_eq!(bed.visits_of(0).await, "acme 09:00-09:10 Exit");
    assert_eq!(bed.visits_of(2).await, "acme 09:00-09:10 Exit");
    assert_eq!(bed.visits_of(1).await, "");
    let track = track_of(&bed, 1).await;
    assert_eq!(track.tries, 5);
    assert!(track.set_aside_at.is_some());
    assert!(track.retry_at.unwrap() > chrono::Utc::now() + chrono::TimeDelta::minutes(59));
    assert!(track.last_error.unwrap().contains("broken"));
    assert_eq!(track_of(&bed, 0).await.tries, 0);
}

#[rstest]
#[tokio::test]
async fn a_track_that_was_set_aside_is_tried_again_and_mends(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    break_visits_of(&bed, 0).await;
    bed.heard(STAY).await;
    mend_visits(&bed).await;

    bed.worker.drain().await.unwrap();
    assert_eq!(bed.visits().await, "", "it waits for its hour");
    assert_eq!(stalled(&bed).await, 1);
    let (db, rep) = (&bed.database.db, bed.rep());
    assert!(
        ingest::verbs::retry_track(db, &bed.presence, rep)
            .await
            .unwrap()
    );
    assert!(
        !ingest::verbs::retry_track(db, &bed.presence, rep)
            .await
            .unwrap()
    );
    bed.worker.drain().await.unwrap();
    assert_eq!(stalled(&bed).await, 0);
    bed.heard("08:55 acme").await;

    assert_eq!(bed.visits().await, "acme 08:55-09:10 Exit");
    let track = track_of(&bed, 0).await;
    assert_eq!(
        (track.tries, track.set_aside_at, track.last_error),
        (0, None, None)
    );
}

async fn stalled(bed: &Bed) -> usize {
    let stalled = ingest::verbs::stalled_tracks(&Scope::All);
    stalled.all(&bed.database.db.write).await.unwrap().len()
}

#[rstest]
#[tokio::test]
async fn a_claim_of_a_worker_that_died_is_taken_over_when_it_expires(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard("08:00 road").await;
    bed.store(0, &points(STAY)).await;
    let token = bed.rep().uuid();
    let claimed = |until: &str| match bed.database.db.backend() {
        sea_orm::DbBackend::Postgres => {
            format!(
                "UPDATE track SET claim_token = '{token}', claimed_until = '{until}', tries = 1"
            )
        }
        _ => format!(
            "UPDATE track SET claim_token = x'{}', claimed_until = '{until}', tries = 1",
            token.simple()
        ),
    };
    bed.execute(&claimed("2999-01-01T00:00:00+00:00")).await;
    let waiting = tokio::time::timeout(Duration::from_millis(300), bed.worker.drain()).await;
    assert!(waiting.is_err());
    assert_eq!(bed.visits().await, "");

    bed.execute(&claimed("2000-01-01T00:00:00+00:00")).await;
    bed.worker.drain().await.unwrap();

    assert_eq!(bed.visits().await, "acme 09:00-09:10 Exit");
}

#[rstest]
#[tokio::test]
async fn a_track_that_takes_its_worker_down_is_set_aside_without_another_try(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard("08:00 road").await;
    bed.store(0, &points(STAY)).await;
    bed.execute("UPDATE track SET tries = 5").await;

    bed.worker.drain().await.unwrap();

    assert_eq!(bed.visits().await, "");
    let track = track_of(&bed, 0).await;
    assert!(track.set_aside_at.is_some());
    assert!(track.last_error.unwrap().contains("the worker ended"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_take_each_others_claims_write_nothing_twice(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::with_reps(backend, 4).await;
    for rep in 0..4 {
        bed.store(rep, &points(STAY)).await;
    }
    let pace = Pace {
        lease: Duration::ZERO,
        backoff: Duration::ZERO,
        ..Pace::default()
    };
    let hasty = [bed.worker.clone().at(pace), bed.worker.clone().at(pace)];
    let mut hands = tokio::task::JoinSet::new();
    for worker in hasty {
        hands.spawn(async move { worker.drain().await.unwrap() });
    }
    hands.join_all().await;
    bed.worker.drain().await.unwrap();

    for rep in 0..4 {
        assert_eq!(bed.visits_of(rep).await, "acme 09:00-09:10 Exit");
    }
    assert_eq!(bed.number("SELECT count(*) FROM visit").await, 4);
    assert_eq!(bed.number("SELECT count(*) FROM change").await, 8);
}
