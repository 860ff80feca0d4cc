//! What is older than the retention is forgotten, and nothing else changes.

use chrono::{TimeDelta, Utc};
use ingest::{PhotoStore, Photos, Purge, Retention};
use rstest::rstest;
use testbed::Backend;

use super::bed::{Bed, day, insert_dirty};
use super::company::founded;

const STAYS: &str = "-120d 09:00 acme, -120d 09:05 acme, -120d 09:20 road, -120d 09:25 road, \
    -119d 09:00 bolt, -119d 09:05 bolt, \
    0d 09:00 acme, 0d 09:05 acme, 0d 09:20 road, 0d 09:25 road, 1d 10:00 bolt, 1d 10:05 bolt";
const VISITS: &str = "acme -120d 09:00-09:05 Exit, bolt -119d 09:00-09:05 Silence, \
    acme 09:00-09:05 Exit, bolt 1d 10:00-10:05 Silence";

async fn purged(bed: &Bed) -> ingest::Purged {
    let folder = tempfile::tempdir().unwrap();
    let store = PhotoStore::folder(folder.path()).unwrap();
    let photos = Photos::new(bed.database.db.clone(), store);
    let purge = Purge::new(
        bed.database.db.clone(),
        photos,
        bed.presence.clone(),
        Retention::default(),
    );
    purge.once(Utc::now()).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn old_check_ins_go_by_whole_months_and_their_visits_stay(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.execute("UPDATE assignment SET valid_from = '2000-01-01T00:00:00+00:00'")
        .await;
    bed.execute("UPDATE geofence_version SET valid_from = '2000-01-01T00:00:00+00:00'")
        .await;
    bed.execute("UPDATE counter SET value = value + 1 WHERE name = 'fences'")
        .await;
    bed.heard(STAYS).await;
    assert_eq!(bed.visits().await, VISITS);

    let done = purged(&bed).await;

    assert!(
        !done.months.is_empty() && done.waiting.is_empty(),
        "{done:?}"
    );
    assert_eq!(bed.number("SELECT count(*) FROM check_in").await, 6);
    assert!(bed.number("SELECT count(*) FROM segment_seal").await >= 1);
    assert_eq!(bed.visits().await, VISITS);
    assert_eq!(purged(&bed).await.months, []);

    // The rules changed long ago, and a check-in comes late: what was purged is not judged again.
    insert_dirty(
        &bed.database.db.write,
        bed.rep(),
        founded() - TimeDelta::days(1_000),
        None,
    )
    .await;
    bed.heard("1d 10:10 bolt").await;
    assert_eq!(bed.visits().await, VISITS.replace("10:05", "10:10"));
    assert_eq!(
        bed.number("SELECT count(*) FROM change WHERE kind = 'WITHDRAWN'")
            .await,
        0
    );
}

#[rstest]
#[tokio::test]
async fn a_rep_of_whom_nothing_is_left_begins_anew(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.execute("UPDATE assignment SET valid_from = '2000-01-01T00:00:00+00:00'")
        .await;
    bed.execute("UPDATE geofence_version SET valid_from = '2000-01-01T00:00:00+00:00'")
        .await;
    bed.execute("UPDATE counter SET value = value + 1 WHERE name = 'fences'")
        .await;
    bed.heard("-120d 09:00 acme, -120d 09:05 acme").await;
    purged(&bed).await;
    assert_eq!(bed.number("SELECT count(*) FROM check_in").await, 0);
    assert_eq!(
        bed.number("SELECT count(*) FROM track WHERE live IS NOT NULL")
            .await,
        0
    );
    assert_eq!(bed.number("SELECT count(*) FROM track_checkpoint").await, 0);

    bed.heard("09:00 bolt, 09:05 bolt").await;

    assert_eq!(
        bed.visits().await,
        "acme -120d 09:00-09:05 Silence, bolt 09:00-09:05 Silence"
    );
    assert_eq!(
        bed.number("SELECT count(*) FROM change WHERE kind = 'WITHDRAWN'")
            .await,
        0
    );
}

#[rstest]
#[tokio::test]
async fn a_month_waits_for_the_check_ins_that_are_not_derived_yet(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard("-120d 09:00 acme").await;
    insert_dirty(
        &bed.database.db.write,
        bed.rep(),
        day() - TimeDelta::days(120),
        None,
    )
    .await;

    let done = purged(&bed).await;

    assert_eq!((done.months.len(), done.waiting.len()), (0, 1));
    assert_eq!(bed.number("SELECT count(*) FROM check_in").await, 1);
}
