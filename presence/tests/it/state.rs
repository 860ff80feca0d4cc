//! The newest facts of each rep.

use std::time::Duration;

use presence::Presence;
use rstest::rstest;

use crate::bed::{Bed, Kind, facts, rep, told};

#[rstest]
#[tokio::test]
async fn what_is_put_is_got(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;

    let (one, two) = (facts(1, 1), facts(2, 1));
    let accepted = bed.presence.put(&[one.clone(), two]).await.unwrap();

    assert_eq!(accepted, [rep(1), rep(2)]);
    let got = bed.presence.get(&[rep(1), rep(3)]).await.unwrap();
    assert_eq!(got.len(), 1);
    assert_eq!(got[&rep(1)], one);
}

#[rstest]
#[tokio::test]
async fn a_revision_that_is_not_newer_is_refused(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
    #[values(4, 5)] revision: i64,
) {
    let bed = Bed::new(kind).await;
    bed.presence.put(&[facts(1, 5)]).await.unwrap();

    let accepted = bed
        .presence
        .put(&[facts(1, revision), facts(2, 1)])
        .await
        .unwrap();

    assert_eq!(accepted, [rep(2)]);
    assert_eq!(
        told(&bed.presence.snapshot().await.unwrap().facts),
        "1@5 2@1"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_race_the_highest_revision_wins(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let presence: Presence = bed.presence.clone();
        writers.spawn(async move {
            let mut accepted = 0;
            for step in 0..100 {
                let revision = step * 8 + (writer * 5 + step) % 8 + 1;
                accepted += presence.put(&[facts(1, revision)]).await.unwrap().len();
            }
            accepted
        });
    }
    let accepted: usize = writers.join_all().await.into_iter().sum();

    let snapshot = bed.presence.snapshot().await.unwrap();
    assert_eq!(told(&snapshot.facts), "1@800");
    let sequence: usize = snapshot
        .cursor
        .to_string()
        .split_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    assert_eq!(sequence, accepted);
}

#[rstest]
#[tokio::test]
async fn facts_expire(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let short = bed
        .presence
        .clone()
        .expiring_after(Duration::from_millis(40));
    short.put(&[facts(1, 1)]).await.unwrap();

    tokio::time::sleep(Duration::from_millis(80)).await;

    assert!(short.get(&[rep(1)]).await.unwrap().is_empty());
    assert!(short.snapshot().await.unwrap().facts.is_empty());
    assert_eq!(short.put(&[facts(1, 1)]).await.unwrap(), [rep(1)]);
}

#[rstest]
#[tokio::test]
async fn a_forgotten_rep_is_gone_and_every_reader_starts_over(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    bed.presence.put(&[facts(1, 1), facts(2, 1)]).await.unwrap();
    let cursor = bed.presence.snapshot().await.unwrap().cursor;

    bed.presence.forget(rep(1)).await.unwrap();

    let changes = bed.presence.since(&cursor).await.unwrap();
    assert!(changes.is_reset);
    assert_eq!(told(&changes.facts), "2@1");
    assert!(bed.presence.get(&[rep(1)]).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_another_release_wrote_is_as_good_as_absent() {
    let bed = Bed::new(Kind::Redis).await;
    let key = format!("fieldhub:1:{{{}}}:live", rep(1));
    bed.presence.put(&[facts(1, 3)]).await.unwrap();
    bed.server
        .as_ref()
        .unwrap()
        .run(&["SET", &key, "3\n{\"unheard\":true}"])
        .await;

    assert!(bed.presence.get(&[rep(1)]).await.unwrap().is_empty());
}
