//! Where a rep was off duty or paused is not kept.

use chrono::{Datelike, TimeDelta};
use rstest::rstest;
use serde_json::json;
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{Bed, SHOP, bed, run};

/// Hours that never hold: one minute a week, on the day before yesterday's weekday.
async fn never_at_work(bed: &Bed) {
    let day = (bed.start - TimeDelta::days(3))
        .weekday()
        .number_from_monday();
    let weekly = json!([{"day": day, "from": "00:00", "to": "00:01"}]);
    let sql = "INSERT INTO working_hours (id, team_id, valid_from, weekly) VALUES ($1, $2, $3, $4)";
    let values = [
        entity::id::WorkingHoursId::new().into(),
        bed.team.into(),
        (bed.start - TimeDelta::days(30)).into(),
        weekly.into(),
    ];
    run(&bed.db, sql, values).await;
}

#[rstest]
#[tokio::test]
async fn nothing_is_kept_of_a_point_off_duty(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    never_at_work(&bed).await;
    let mut broken = bed.trail("b", 60);
    broken["batteryPct"] = json!(101);
    let points = [bed.trail("a", 0), broken, bed.bare("c", "HEARTBEAT", 70)];
    let ignored = [
        "a: IGNORED OFF_DUTY",
        "b: IGNORED OFF_DUTY",
        "c: IGNORED OFF_DUTY",
    ];
    assert_eq!(bed.send(&points).await, ignored);
    assert_eq!(bed.send(&points).await, ignored);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 0);
    assert_eq!(bed.count("SELECT count(*) FROM quarantine").await, 0);
    assert_eq!(bed.count("SELECT count(*) FROM track_dirty").await, 0);
    let kept = "SELECT count(*) FROM receipt WHERE recorded_at IS NOT NULL \
                OR fix_digest IS NOT NULL OR check_in_id IS NOT NULL";
    assert_eq!(bed.count(kept).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_batch_obeys_its_own_buttons(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    never_at_work(&bed).await;
    // The buttons come last in the batch; their own times count.
    let points = [
        bed.trail("early", 0),
        bed.trail("worked", 120),
        bed.trail("paused", 240),
        bed.trail("again", 360),
        bed.trail("late", 480),
        bed.bare("start", "SHIFT_START", 60),
        bed.bare("pause", "PAUSE", 180),
        bed.bare("resume", "RESUME", 300),
        bed.bare("end", "SHIFT_END", 420),
    ];
    let receipts = bed.send(&points).await;
    assert_eq!(
        receipts,
        [
            "early: IGNORED OFF_DUTY",
            "worked: ACCEPTED",
            "paused: IGNORED PAUSED",
            "again: ACCEPTED",
            "late: IGNORED OFF_DUTY",
            "start: ACCEPTED",
            "pause: ACCEPTED",
            "resume: ACCEPTED",
            "end: ACCEPTED",
        ]
    );
    let without_place = "SELECT count(*) FROM check_in WHERE latitude_e6 = -2147483648";
    assert_eq!(bed.count(without_place).await, 4);
    assert_eq!(bed.count("SELECT count(*) FROM duty_event").await, 4);

    // A later batch is judged by the buttons that are stored.
    let later = [bed.trail("worked2", 130), bed.trail("paused2", 250)];
    let receipts = bed.send(&later).await;
    assert_eq!(receipts, ["worked2: ACCEPTED", "paused2: IGNORED PAUSED"]);
}

#[rstest]
#[tokio::test]
async fn a_visit_out_of_hours_counts_as_a_shift(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    never_at_work(&bed).await;
    let arrive = json!({
        "id": "arrive", "kind": "ARRIVE", "recordedAt": bed.at(0),
        "latitude": SHOP.0, "longitude": SHOP.1, "customerId": bed.shop.global(),
    });
    assert_eq!(bed.send(&[arrive]).await, ["arrive: ACCEPTED"]);
    assert_eq!(bed.send(&[bed.trail("a", 60)]).await, ["a: ACCEPTED"]);
}

#[rstest]
#[tokio::test]
async fn a_button_while_paused_is_not_kept(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let mut arrive = bed.trail("b", 60);
    arrive["kind"] = json!("ARRIVE");
    arrive["customerId"] = json!(bed.shop.global());
    let receipts = bed.send(&[bed.bare("a", "PAUSE", 0), arrive]).await;
    assert_eq!(receipts, ["a: ACCEPTED", "b: IGNORED PAUSED"]);
}
