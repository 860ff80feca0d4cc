//! The two keys: the client id, and the fix itself.

use entity::field::quarantine;
use futures_util::future::join_all;
use rstest::rstest;
use sea_orm::QueryOrder;
use serde_json::json;
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{bed, run};

#[rstest]
#[tokio::test]
async fn a_retry_gets_the_stored_receipt_again(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let points = [bed.trail("a", 0), bed.trail("b", 60)];
    assert_eq!(bed.send(&points).await, ["a: ACCEPTED", "b: ACCEPTED"]);
    assert_eq!(bed.send(&points).await, ["a: ACCEPTED", "b: ACCEPTED"]);
    let more = [bed.trail("b", 60), bed.trail("c", 120)];
    assert_eq!(bed.send(&more).await, ["b: ACCEPTED", "c: ACCEPTED"]);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 3);
    assert_eq!(bed.count("SELECT count(*) FROM receipt").await, 3);
}

#[rstest]
#[tokio::test]
async fn the_same_fix_under_another_id_is_a_duplicate(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    assert_eq!(bed.send(&[bed.trail("a", 0)]).await, ["a: ACCEPTED"]);
    let mut again = bed.trail("b", 0);
    again["accuracyM"] = json!(99);
    assert_eq!(
        bed.send(std::slice::from_ref(&again)).await,
        ["b: DUPLICATE"]
    );
    assert_eq!(bed.send(&[again]).await, ["b: DUPLICATE"]);
    let both = [bed.trail("c", 60), bed.trail("d", 60)];
    assert_eq!(bed.send(&both).await, ["c: ACCEPTED", "d: DUPLICATE"]);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 2);
    let pointed = "SELECT count(*) FROM receipt r JOIN check_in c ON c.id = r.check_in_id \
                   WHERE r.recorded_at = c.recorded_at";
    assert_eq!(bed.count(pointed).await, 4);
}

#[rstest]
#[tokio::test]
async fn an_id_used_for_another_fix_is_kept_aside(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    assert_eq!(bed.send(&[bed.trail("a", 0)]).await, ["a: ACCEPTED"]);
    let reused = "a: QUARANTINED CLIENT_ID_REUSED";
    assert_eq!(bed.send(&[bed.trail("a", 60)]).await, [reused]);
    assert_eq!(bed.send(&[bed.trail("a", 60)]).await, [reused]);
    assert_eq!(bed.send(&[bed.trail("a", 0)]).await, ["a: ACCEPTED"]);
    let broken = json!({"id": "a", "kind": "TRAIL"});
    assert_eq!(bed.send(&[broken]).await, [reused]);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 1);
    assert_eq!(bed.count("SELECT count(*) FROM quarantine").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_button_at_a_cached_trail_fix_is_not_its_duplicate(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let trail = bed.trail("a", 0);
    let mut arrive = trail.clone();
    arrive["id"] = json!("b");
    arrive["kind"] = json!("ARRIVE");
    arrive["customerId"] = json!(bed.shop.global());
    let receipts = bed.send(&[trail, arrive]).await;
    assert_eq!(receipts, ["a: ACCEPTED", "b: ACCEPTED"]);
}

#[rstest]
#[tokio::test]
async fn a_quarantined_point_is_judged_anew(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let mut arrive = bed.trail("a", 0);
    arrive["kind"] = json!("ARRIVE");
    arrive["customerId"] = json!(bed.foreign.global());
    let unknown = "a: QUARANTINED UNKNOWN_CUSTOMER";
    assert_eq!(bed.send(std::slice::from_ref(&arrive)).await, [unknown]);
    assert_eq!(bed.send(std::slice::from_ref(&arrive)).await, [unknown]);
    assert_eq!(bed.count("SELECT count(*) FROM quarantine").await, 1);

    let assign = "UPDATE assignment SET customer_id = $1";
    run(&bed.db, assign, [bed.foreign.into()]).await;
    assert_eq!(
        bed.send(std::slice::from_ref(&arrive)).await,
        ["a: ACCEPTED"]
    );
    assert_eq!(bed.send(&[arrive]).await, ["a: ACCEPTED"]);
    let released = "SELECT resolution FROM quarantine";
    assert_eq!(bed.column(released).await, ["RELEASED"]);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_point_kept_aside_can_be_released(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let mut arrive = bed.trail("a", 0);
    arrive["kind"] = json!("ARRIVE");
    arrive["customerId"] = json!(bed.foreign.global());
    let bad = json!({"id": "b", "kind": "TRAIL"});
    bed.send(&[arrive.clone(), bad]).await;
    let scope = entity::viewer::Scope::All;
    let kept = quarantine::Entity::visible_to(&scope).order_by_asc(quarantine::Column::ClientId);
    let kept = kept.all(&bed.db.read).await.unwrap();
    let released = bed.intake.release(&kept[0], bed.ben.user).await.unwrap();
    assert_eq!(released.status, ingest::Status::Accepted);
    let still = bed.intake.release(&kept[1], bed.ben.user).await.unwrap();
    assert_eq!(still.reason.as_deref(), Some("TIME_MISSING"));
    let by = quarantine::Entity::visible_to(&scope).order_by_asc(quarantine::Column::ClientId);
    let by = by.all(&bed.db.read).await.unwrap();
    assert_eq!(by[0].resolved_by, Some(bed.ben.user));
    assert_eq!(by[1].resolution, quarantine::Resolution::Held);
    assert_eq!(bed.send(&[arrive]).await, ["a: ACCEPTED"]);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_decision_to_discard_outlives_a_repeat(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let mut point = bed.trail("a", 0);
    point["latitude"] = json!(91);
    bed.send(std::slice::from_ref(&point)).await;
    let discard = "UPDATE quarantine SET resolution = 'DISCARDED', resolved_at = received_at";
    run(&bed.db, discard, []).await;
    let again = bed.send(&[point]).await;
    assert_eq!(again, ["a: QUARANTINED POSITION_OUT_OF_RANGE"]);
    let resolution = bed.column("SELECT resolution FROM quarantine").await;
    assert_eq!(resolution, ["DISCARDED"]);
}

#[rstest]
#[tokio::test]
async fn duplicates_at_the_same_time_store_one(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let other = ingest::Intake::new(
        bed.db.clone(),
        presence::Presence::local(),
        ingest::Surroundings::new(|_, _, _, _| Vec::new()),
    );
    let stop = tokio_util::sync::CancellationToken::new();
    let (intake, committer) = other;
    let (second, _description) = ingest::routes(intake, ingest::Rate::default()).split_for_parts();
    let points: Vec<_> = (0..50).map(|n| bed.trail(&format!("p{n}"), n)).collect();
    let sends = async {
        let sends = (0..16).map(|n| {
            let (bed, points) = (&bed, &points);
            let second = &second;
            async move {
                let app = if n % 2 == 0 { &bed.app } else { second };
                bed.send_through(app, points).await
            }
        });
        let receipts = join_all(sends).await;
        stop.cancel();
        receipts
    };
    let (receipts, ()) = tokio::join!(sends, committer.run(stop.clone()));
    for receipt in receipts.into_iter().flatten() {
        assert!(receipt.ends_with(": ACCEPTED"), "{receipt}");
    }
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 50);
    assert_eq!(bed.count("SELECT count(*) FROM receipt").await, 50);
}
