//! From check-ins to visits, changes, sums and presence.

use chrono::{TimeDelta, Utc};
use entity::viewer::Scope;
use rstest::rstest;
use testbed::Backend;
use tokio_util::sync::CancellationToken;

use super::bed::{Bed, Point, customer_id, day, insert_dirty, place_of, points};
use super::company::{founded, insert_version};

const STAY: &str = "09:00 acme, 09:05 acme, 09:10 acme, 09:20 road, 09:25 road";

#[rstest]
#[tokio::test]
async fn a_stay_becomes_a_visit(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let bed = Bed::new(backend).await;

    bed.heard(STAY).await;

    assert_eq!(bed.visits().await, "acme 09:00-09:10 Exit");
    assert_eq!(bed.news().await, "Opened 1, Closed 2");
}

#[rstest]
#[tokio::test]
async fn the_same_check_ins_again_change_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard(STAY).await;

    bed.heard(STAY).await;

    assert_eq!(bed.visits().await, "acme 09:00-09:10 Exit");
    assert_eq!(bed.news().await, "Opened 1, Closed 2");
    assert_eq!(bed.number("SELECT count(*) FROM visit").await, 1);
}

#[rstest]
#[tokio::test]
async fn late_data_amend_a_visit_and_never_repeat_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard(STAY).await;

    bed.heard("08:50 acme, 08:55 acme").await;
    bed.heard("09:14 acme").await;

    assert_eq!(bed.visits().await, "acme 08:50-09:14 Exit");
    assert_eq!(
        bed.news().await,
        "Opened 1, Closed 2, Amended 3 LATE_DATA, Amended 4 LATE_DATA"
    );
    assert_eq!(bed.number("SELECT count(*) FROM visit").await, 1);
}

#[rstest]
#[tokio::test]
async fn an_edited_fence_is_judged_anew_from_when_it_stands(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard(&format!("{STAY}, 1d 09:00 acme, 1d 09:05 acme"))
        .await;
    assert_eq!(
        bed.visits().await,
        "acme 09:00-09:10 Exit, acme 1d 09:00-09:05 Silence"
    );

    let since = day() + TimeDelta::hours(20);
    let transaction = bed.database.db.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(
        &transaction,
        &format!(
            "UPDATE geofence_version SET valid_to = '{}' WHERE area_m2 > 0
            AND geofence_id = (SELECT id FROM geofence WHERE customer_id =
                (SELECT id FROM customer WHERE code = 'acme'))",
            since.to_rfc3339()
        ),
    )
    .await
    .unwrap();
    insert_version(&transaction, "acme", 2, place_of("road"), since).await;
    insert_dirty(&transaction, bed.rep(), since, None).await;
    transaction.commit().await.unwrap();
    bed.worker.drain().await.unwrap();

    assert_eq!(bed.visits().await, "acme 09:00-09:10 Exit");
    assert!(
        bed.news().await.ends_with("Withdrawn 3 FENCE_CHANGED"),
        "{}",
        bed.news().await
    );
}

#[rstest]
#[tokio::test]
async fn the_buttons_have_outcomes(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let bed = Bed::new(backend).await;

    bed.heard("09:00 +acme, 09:30 +bolt@road, 10:00 -acme")
        .await;

    assert_eq!(bed.visits().await, "acme 09:00-10:00 Departed");
    for (outcome, count) in [("IN_RANGE", 1), ("OUT_OF_RANGE", 1), ("NO_FENCE", 0)] {
        let found = bed
            .number(&format!(
                "SELECT count(*) FROM check_in WHERE outcome = '{outcome}'"
            ))
            .await;
        assert_eq!(found, count, "{outcome}");
    }
}

#[rstest]
#[tokio::test]
async fn the_sums_by_day_follow_the_visits(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    // 16:00 UTC is midnight in Shanghai.
    bed.heard("15:50 acme, 15:59 acme, 16:10 bolt, 16:20 bolt, 16:30 road, 16:40 road")
        .await;
    assert_eq!(
        sums(&bed).await,
        "0d VISITS 1, 1d VISITS 1, 0d acme 1, 1d bolt 1"
    );

    // The first visit began a day earlier, and the second is one at acme's after all.
    bed.heard("15:45 road, 16:05 acme, 16:09 acme").await;

    assert_eq!(
        bed.visits().await,
        "acme 15:50-16:09 Exit, bolt 16:10-16:20 Exit"
    );
    assert_eq!(
        sums(&bed).await,
        "0d VISITS 1, 1d VISITS 1, 0d acme 1, 1d bolt 1"
    );
    bed.execute("DELETE FROM check_in WHERE recorded_at > '2000-01-01'")
        .await;
    bed.store(0, &points("10:00 road")).await;
    bed.worker.drain().await.unwrap();
    assert_eq!(bed.visits().await, "");
    assert_eq!(sums(&bed).await, "");
}

async fn sums(bed: &Bed) -> String {
    use entity::performance::{rep_customer_day, rep_day};
    let first = day().date_naive();
    let mut days = rep_day::Entity::visible_to(&Scope::All)
        .all(&bed.database.db.read)
        .await
        .unwrap();
    days.sort_by_key(|row| row.day);
    let mut told: Vec<String> = days
        .iter()
        .map(|row| format!("{}d VISITS {}", (row.day - first).num_days(), row.value))
        .collect();
    let mut customers = rep_customer_day::Entity::visible_to(&Scope::All)
        .all(&bed.database.db.read)
        .await
        .unwrap();
    customers.sort_by_key(|row| row.day);
    told.extend(customers.iter().map(|row| {
        let name = if row.customer_id == customer_id("acme") {
            "acme"
        } else {
            "bolt"
        };
        format!("{}d {name} {}", (row.day - first).num_days(), row.visits)
    }));
    told.join(", ")
}

#[rstest]
#[tokio::test]
async fn a_late_check_in_is_replayed_from_its_checkpoint_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard(&format!(
        "{STAY}, 1d 09:00 bolt, 1d 09:10 bolt, 2d 09:00 acme, 2d 09:10 acme"
    ))
    .await;
    assert!(bed.number("SELECT count(*) FROM track_checkpoint").await >= 2);
    // Were they read again, the first visit would be withdrawn.
    bed.execute(&format!(
        "DELETE FROM check_in WHERE recorded_at < '{}'",
        (day() + TimeDelta::hours(23)).to_rfc3339()
    ))
    .await;

    bed.heard("1d 09:15 bolt").await;

    assert_eq!(
        bed.visits().await,
        "acme 09:00-09:10 Exit, bolt 1d 09:00-09:15 Silence, acme 2d 09:00-09:10 Silence"
    );
}

#[rstest]
#[tokio::test]
async fn an_open_visit_is_closed_when_its_silence_is_over(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.execute(&format!(
        "INSERT INTO visit_rule (id, valid_from, min_dwell_s, max_accuracy_m, exit_margin_m,
            silence_s, max_sample_gap_s, max_speed_mps, created_at)
        SELECT id, '{0}', 0, 100, 25, 1, 900, 70, '{0}' FROM customer WHERE code = 'acme'",
        founded().to_rfc3339()
    ))
    .await;
    let arrival = Point {
        at: Utc::now(),
        ..points("09:00 +acme")[0]
    };
    bed.store(0, &[arrival]).await;
    bed.worker.drain().await.unwrap();
    assert!(
        bed.visits().await.ends_with("open"),
        "{}",
        bed.visits().await
    );

    let stop = CancellationToken::new();
    let working = {
        let (worker, stop) = (bed.worker.clone(), stop.clone());
        tokio::task::JoinSet::from_iter([async move { worker.run(stop).await }])
    };
    for _ in 0..100 {
        if bed.visits().await.ends_with("Silence") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    stop.cancel();
    working.join_all().await;

    assert!(
        bed.visits().await.ends_with("Silence"),
        "{}",
        bed.visits().await
    );
}

#[rstest]
#[tokio::test]
async fn presence_is_published_and_can_be_rebuilt_from_the_database(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.rebuild.ensure().await.unwrap();
    bed.heard(STAY).await;
    let published = bed.presence.get(&[bed.rep()]).await.unwrap()[&bed.rep()].clone();
    assert_eq!(published.spots.len(), 5);

    bed.presence.forget(bed.rep()).await.unwrap();
    let empty = presence::Presence::local();
    ingest::Rebuild::new(bed.database.db.clone(), empty.clone())
        .ensure()
        .await
        .unwrap();

    assert_eq!(
        empty.get(&[bed.rep()]).await.unwrap()[&bed.rep()],
        published
    );
    assert_eq!(empty.needs_rebuild().await.unwrap(), None);
}

#[tokio::test]
async fn an_emptied_redis_is_filled_again_without_a_restart() {
    let bed = Bed::new(Backend::Sqlite).await;
    bed.heard(STAY).await;
    let server = testbed::redis().await.unwrap();
    let presence = presence::Presence::redis(&server.url()).unwrap();
    let rebuild = ingest::Rebuild::new(bed.database.db.clone(), presence.clone());
    rebuild.ensure().await.unwrap();
    let facts = presence.get(&[bed.rep()]).await.unwrap();
    assert_eq!(facts.len(), 1);

    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHALL")
        .exec_async(&mut connection)
        .await
        .unwrap();
    assert!(presence.get(&[bed.rep()]).await.unwrap().is_empty());
    rebuild.ensure().await.unwrap();

    assert_eq!(presence.get(&[bed.rep()]).await.unwrap(), facts);
}

#[rstest]
#[tokio::test]
async fn visits_are_counted_on_the_day_of_the_zone_that_holds_when_they_are_written(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    // 04:00 in Shanghai of the day after.
    bed.store(0, &points("20:00 acme, 20:05 acme, 20:20 road, 20:25 road"))
        .await;
    let database = &bed.database.db;
    let changing = database.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(
        &changing,
        "UPDATE company SET time_zone = 'Europe/Berlin'",
    )
    .await
    .unwrap();
    let (work, ()) = tokio::join!(bed.worker.drain(), async {
        // By then the worker has read the old zone and waits to write.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        changing.commit().await.unwrap();
    });
    work.unwrap();
    assert_eq!(bed.visits().await, "acme 20:00-20:05 Exit");
    let days = "SELECT count(*) FROM rep_day WHERE metric = 'VISITS' AND value = 1 AND day = ";
    let day = day().date_naive();
    assert_eq!(bed.number(&format!("{days}'{day}'")).await, 1);
}
