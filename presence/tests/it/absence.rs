//! Redis is a cache: it may be emptied, go back in time, be full, be silent or be away.

use std::time::Duration;

use presence::{Error, Presence};
use tokio::time::Instant;

use crate::bed::{Bed, Kind, Server, facts, rep, told};

/// A store that has been filled from the database, and a cursor at its end.
async fn filled() -> (Bed, presence::Cursor) {
    let bed = Bed::new(Kind::Redis).await;
    let epoch = bed.presence.needs_rebuild().await.unwrap().unwrap();
    bed.presence.put(&[facts(1, 1), facts(2, 1)]).await.unwrap();
    bed.presence.mark_rebuilt(&epoch).await.unwrap();
    let cursor = bed.presence.snapshot().await.unwrap().cursor;
    (bed, cursor)
}

#[tokio::test]
async fn an_emptied_server_wants_a_rebuild_and_its_readers_start_over() {
    let (bed, cursor) = filled().await;

    bed.server.as_ref().unwrap().run(&["FLUSHALL"]).await;

    let changes = bed.presence.since(&cursor).await.unwrap();
    assert!(changes.is_reset);
    assert_eq!(told(&changes.facts), "");
    let epoch = bed.presence.needs_rebuild().await.unwrap().unwrap();
    bed.presence.put(&[facts(1, 1), facts(2, 1)]).await.unwrap();
    assert!(bed.presence.mark_rebuilt(&epoch).await.unwrap());
    let later = bed.presence.since(&changes.cursor).await.unwrap();
    assert_eq!(
        (told(&later.facts).as_str(), later.is_reset),
        ("1@1 2@1", false)
    );
}

#[tokio::test]
async fn a_rebuild_that_was_overtaken_by_another_emptying_does_not_count() {
    let (bed, _) = filled().await;
    let server = bed.server.as_ref().unwrap();
    server.run(&["FLUSHALL"]).await;
    let epoch = bed.presence.needs_rebuild().await.unwrap().unwrap();
    server.run(&["FLUSHALL"]).await;

    assert!(!bed.presence.mark_rebuilt(&epoch).await.unwrap());
    assert!(bed.presence.needs_rebuild().await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_came_back_with_an_older_state_wants_a_rebuild() {
    let (mut bed, _) = filled().await;
    let server = bed.server.as_mut().unwrap();
    server.run(&["SAVE"]).await;
    bed.presence.put(&[facts(1, 2)]).await.unwrap();
    let cursor = bed.presence.snapshot().await.unwrap().cursor;

    server.kill();
    server.start_again();

    let changes = bed.presence.since(&cursor).await.unwrap();
    assert_eq!(
        (told(&changes.facts).as_str(), changes.is_reset),
        ("1@1 2@1", true)
    );
    assert!(bed.presence.needs_rebuild().await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable_at_once_and_comes_back() {
    let (mut bed, _) = filled().await;
    bed.server.as_mut().unwrap().kill();

    for _ in 0..3 {
        let began = Instant::now();
        let outcome = bed.presence.put(&[facts(1, 2)]).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        assert!(began.elapsed() < Duration::from_millis(700));
    }

    bed.server.as_mut().unwrap().start_again();
    assert_eq!(bed.presence.put(&[facts(1, 2)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_silent_server_keeps_nobody_waiting() {
    let (bed, _) = filled().await;
    bed.server
        .as_ref()
        .unwrap()
        .run(&["CLIENT", "PAUSE", "1500", "ALL"])
        .await;

    let began = Instant::now();
    assert!(matches!(
        bed.presence.snapshot().await,
        Err(Error::Unavailable(_))
    ));
    assert!(began.elapsed() < Duration::from_millis(800));

    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(
        told(&bed.presence.snapshot().await.unwrap().facts),
        "1@1 2@1"
    );
}

#[tokio::test]
async fn a_full_server_refuses_facts_and_goes_on_reading() {
    let (bed, _) = filled().await;
    let server = bed.server.as_ref().unwrap();
    server.run(&["CONFIG", "SET", "maxmemory", "1"]).await;

    assert!(matches!(
        bed.presence.put(&[facts(1, 2)]).await,
        Err(Error::Unavailable(_))
    ));
    assert_eq!(
        told(&bed.presence.snapshot().await.unwrap().facts),
        "1@1 2@1"
    );

    server.run(&["CONFIG", "SET", "maxmemory", "0"]).await;
    assert_eq!(bed.presence.put(&[facts(1, 2)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn facts_that_were_written_but_not_announced_are_announced_by_a_repeat() {
    let (bed, cursor) = filled().await;
    let server: &Server = bed.server.as_ref().unwrap();
    bed.presence.put(&[facts(1, 2)]).await.unwrap();
    // As if the writer had been killed between its two steps.
    server
        .run(&["ZADD", "fieldhub:1:{feed}:order", "1", &rep(1).to_string()])
        .await;
    server
        .run(&[
            "HSET",
            "fieldhub:1:{feed}:revisions",
            &rep(1).to_string(),
            "1",
        ])
        .await;
    assert_eq!(told(&bed.presence.since(&cursor).await.unwrap().facts), "");

    assert_eq!(bed.presence.put(&[facts(1, 2)]).await.unwrap().len(), 1);

    assert_eq!(
        told(&bed.presence.since(&cursor).await.unwrap().facts),
        "1@2"
    );
}

#[test]
fn only_a_wrong_address_is_refused_at_the_start() {
    assert!(Presence::redis("redis://127.0.0.1:1/").is_ok());
    assert!(matches!(
        Presence::redis("http://127.0.0.1/"),
        Err(Error::Address(_))
    ));
}
