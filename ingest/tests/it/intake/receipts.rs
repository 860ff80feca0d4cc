//! Receipts: verdicts, looking them up, whose they are.

use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{SHOP, bed, in_short};

#[rstest]
#[tokio::test]
async fn a_receipt_tells_how_the_fix_stands_to_the_fences(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let near = |id: &str, metres_east: f64| {
        json!({
            "id": id, "kind": "TRAIL", "recordedAt": bed.at(metres_east as i64),
            "latitude": SHOP.0, "longitude": SHOP.1 + metres_east / 55_470.0, "accuracyM": 10,
        })
    };
    let mut arrive = near("far", 500.0);
    arrive["kind"] = json!("ARRIVE");
    arrive["customerId"] = json!(bed.shop.global());
    let points = [
        near("in", 20.0),
        near("door", 60.0),
        near("off", 200.0),
        arrive,
    ];
    let receipts = bed.send_as(&bed.ann, &points).await;
    let state = |n: usize| receipts[n]["verdicts"][0]["state"].as_str();
    assert_eq!(state(0), Some("INSIDE"));
    assert_eq!(state(1), Some("UNDECIDED"));
    assert_eq!(receipts[2]["verdicts"], json!([]));
    assert_eq!(state(3), Some("OUTSIDE"));
    let verdict = &receipts[0]["verdicts"][0];
    assert_eq!(verdict["customerId"], bed.shop.global());
    assert_eq!(verdict["geofenceId"], bed.fence.global());
    assert!((verdict["distanceM"].as_f64().unwrap() + 30.0).abs() < 1.0);

    let (status, again) = bed.look_up(&bed.ann, "in").await;
    assert_eq!((status, &again), (StatusCode::OK, &receipts[0]));

    // Ben is not assigned to the shop: its fence is none of his business.
    let receipts = bed.send_as(&bed.ben, &[near("in", 20.0)]).await;
    assert_eq!(receipts[0]["verdicts"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_receipt_can_be_looked_up_by_its_owner_alone(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let mut bad = bed.trail("b", 0);
    bad["headingDeg"] = json!("north");
    let sent = bed.send_as(&bed.ann, &[bed.trail("a b/ä", 0), bad]).await;
    let (status, found) = bed.look_up(&bed.ann, "a%20b%2F%C3%A4").await;
    assert_eq!(
        (status, in_short(&found).as_str()),
        (StatusCode::OK, "a b/ä: ACCEPTED")
    );
    let (_, found) = bed.look_up(&bed.ann, "b").await;
    assert_eq!(found, sent[1]);
    assert_eq!(
        found["message"],
        "headingDeg must be a number, not a string"
    );

    let (status, problem) = bed.look_up(&bed.ben, "b").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["code"], "NOT_FOUND");
    let mut browser = bed.ann.clone();
    browser.device = None;
    assert_eq!(bed.look_up(&browser, "b").await.0, StatusCode::OK);
    for odd in ["nothing", "%00", "%FF"] {
        assert_eq!(
            bed.look_up(&bed.ann, odd).await.0,
            StatusCode::NOT_FOUND,
            "{odd}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn a_browser_is_a_device_of_its_own(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let mut browser = bed.ann.clone();
    browser.device = None;
    for id in ["a", "b"] {
        let receipts = bed.send_as(&browser, &[bed.trail(id, 0)]).await;
        assert_eq!(receipts.len(), 1);
    }
    let enrolled = "SELECT count(*) FROM device WHERE kind = 'BROWSER'";
    assert_eq!(bed.count(enrolled).await, 1);
    // The same place and time from her phone is another check-in.
    assert_eq!(bed.send(&[bed.trail("a", 0)]).await, ["a: ACCEPTED"]);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_commit_leaves_the_worker_one_note_a_rep(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    bed.send(&[bed.trail("b", 60), bed.trail("a", 0)]).await;
    assert_eq!(bed.count("SELECT count(*) FROM track").await, 1);
    let notes = "SELECT count(*) FROM track_dirty d JOIN check_in c \
                 ON c.rep_id = d.rep_id AND c.recorded_at = d.earliest";
    assert_eq!(bed.count(notes).await, 1);
    bed.send(&[bed.trail("b", 60), bed.trail("c", 0)]).await;
    assert_eq!(bed.count("SELECT count(*) FROM track_dirty").await, 1);
}
