//! What is told: visits, quarantine and presence, in the transaction that makes it true.

use chrono::{SubsecRound, TimeDelta, Utc};
use entity::field::check_in::Kind;
use entity::webhooks::webhook::Event;
use ingest::{PhotoStore, Photos, Purge, Retention};
use rstest::rstest;
use serde_json::json;
use testbed::Backend::{self, Postgres, Sqlite};

use super::bed::{QUICK, Running, listen, messages, tell};
use super::receiver::Receiver;
use crate::bed::{bed, eventually, run};
use crate::worker::bed::{Bed, Point, customer_id, place_of, points};

const VISITS: &[Event] = &[
    Event::VisitOpened,
    Event::VisitAmended,
    Event::VisitClosed,
    Event::VisitWithdrawn,
];

#[rstest]
#[tokio::test]
async fn a_visit_is_told_as_it_opens_closes_and_is_amended(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let db = &bed.database.db;
    let receiver = Receiver::good().await;
    listen(db, bed.rep(), &receiver, VISITS).await;
    let running = Running::start(db, QUICK);
    bed.heard("09:00 acme, 09:05 acme, 09:10 acme, 09:20 road, 09:25 road")
        .await;
    bed.heard("09:15 acme").await;
    let received = receiver.wait_for(3).await;
    running.stop().await;
    let events: Vec<String> = received.iter().map(|received| received.event()).collect();
    assert_eq!(events, ["visit.opened", "visit.closed", "visit.amended"]);
    let visit = received[2].json()["data"]["visit"].clone();
    assert_eq!(visit["rep"]["id"], bed.rep().global());
    assert_eq!(visit["customer"]["id"], customer_id("acme").global());
    assert_eq!(visit["revision"], 3);
    assert_eq!(visit["reason"], "LATE_DATA");
    assert_eq!(received[0].json()["data"]["visit"]["id"], visit["id"]);
    let body = String::from_utf8(received[2].body.clone()).unwrap();
    assert!(
        !body.contains("31.23") && !body.contains("latitude"),
        "{body}"
    );
}

#[rstest]
#[tokio::test]
async fn what_is_not_saved_is_not_told(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = Bed::new(backend).await;
    let receiver = Receiver::good().await;
    listen(&bed.database.db, bed.rep(), &receiver, VISITS).await;
    bed.execute("ALTER TABLE change RENAME TO change_away")
        .await;
    bed.store(
        0,
        &points("09:00 acme, 09:05 acme, 09:10 acme, 09:20 road, 09:25 road"),
    )
    .await;
    bed.worker.drain().await.ok();
    assert!(messages(&bed.database.db).await.is_empty());
    bed.execute("ALTER TABLE change_away RENAME TO change")
        .await;
    bed.worker.drain().await.unwrap();
    assert_eq!(messages(&bed.database.db).await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_point_kept_aside_is_told_once_and_without_its_place(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let receiver = Receiver::good().await;
    listen(
        &bed.db,
        bed.ann.user,
        &receiver,
        &[Event::CheckInQuarantined],
    )
    .await;
    let mut point = bed.trail("nowhere", 10);
    point["latitude"] = json!(0.0);
    point["longitude"] = json!(0.0);
    for _ in 0..3 {
        bed.send(&[point.clone(), bed.trail("good", 20)]).await;
    }
    let messages = messages(&bed.db).await;
    assert_eq!(messages.len(), 1);
    let told = &messages[0].data["checkIn"];
    assert_eq!(told["clientId"], "nowhere");
    assert_eq!(told["reason"], "NULL_ISLAND");
    assert_eq!(told["rep"]["id"], bed.ann.user.global());
    assert!(told.get("latitude").is_none() && told.get("raw").is_none());
}

#[rstest]
#[tokio::test]
async fn presence_is_told_when_it_changes_silence_included(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let db = &bed.database.db;
    let receiver = Receiver::good().await;
    listen(db, bed.rep(), &receiver, &[Event::PresenceChanged]).await;
    // Silence begins a second from now, without anything being heard.
    let at = (Utc::now() - TimeDelta::minutes(15) + TimeDelta::seconds(1)).trunc_subsecs(3);
    let point = |at| Point {
        at,
        kind: Kind::Trail,
        customer: None,
        place: Some(place_of("road")),
    };
    bed.store(0, &[point(at)]).await;
    bed.worker.drain().await.unwrap();
    // The same again is no news.
    bed.store(0, &[point(at - TimeDelta::minutes(1))]).await;
    bed.worker.drain().await.unwrap();
    eventually("silence", async || {
        bed.worker.drain().await.unwrap();
        messages(db).await.len() > 1
    })
    .await;
    let messages = messages(db).await;
    let states: Vec<&str> = messages
        .iter()
        .map(|message| message.data["presence"]["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["STATIONARY", "STALE"]);
    assert_eq!(
        messages[1].data["presence"]["rep"]["id"],
        bed.rep().global()
    );
}

#[rstest]
#[tokio::test]
async fn messages_go_with_the_receipts(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let receiver = Receiver::good().await;
    listen(&bed.db, bed.ann.user, &receiver, VISITS).await;
    tell(&bed.db, &[(bed.ann.user, 1), (bed.ann.user, 2)]).await;
    let sql = "UPDATE webhook_delivery SET occurred_at = $1 WHERE seq = (SELECT min(seq) FROM webhook_delivery)";
    let long_ago = Utc::now() - TimeDelta::days(61);
    run(&bed.db, sql, [long_ago.into()]).await;
    let folder = tempfile::tempdir().unwrap();
    let store = PhotoStore::folder(folder.path()).unwrap();
    let photos = Photos::new(bed.db.clone(), store);
    let purge = Purge::new(
        bed.db.clone(),
        photos,
        presence::Presence::local(),
        Retention::default(),
    );
    purge.once(Utc::now()).await.unwrap();
    let left = messages(&bed.db).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].data["number"], 2);
}
