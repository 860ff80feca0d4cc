//! The feed: coalesced, and resumable from any cursor.

use presence::Cursor;
use rstest::rstest;

use crate::bed::{Bed, Kind, facts, told};

#[rstest]
#[tokio::test]
async fn since_tells_each_changed_rep_once_in_its_newest_state(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    bed.presence
        .put(&[facts(1, 1), facts(2, 1), facts(3, 1)])
        .await
        .unwrap();
    let cursor = bed.presence.snapshot().await.unwrap().cursor;

    bed.presence.put(&[facts(2, 2)]).await.unwrap();
    bed.presence.put(&[facts(1, 2)]).await.unwrap();
    bed.presence.put(&[facts(2, 3)]).await.unwrap();

    let changes = bed.presence.since(&cursor).await.unwrap();
    assert_eq!(told(&changes.facts), "1@2 2@3");
    assert!(!changes.is_reset);
    let later = bed.presence.since(&changes.cursor).await.unwrap();
    assert_eq!(told(&later.facts), "");
    assert_eq!(later.cursor, changes.cursor);
}

#[rstest]
#[tokio::test]
async fn a_cursor_survives_as_text_and_resumes_after_any_sequence(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    bed.presence
        .put(&[facts(1, 1), facts(2, 1), facts(3, 1)])
        .await
        .unwrap();
    let newest = bed.presence.snapshot().await.unwrap().cursor.to_string();
    let (epoch, _) = newest.split_once(':').unwrap();

    let read_from = async |sequence: u64| {
        let cursor: Cursor = format!("{epoch}:{sequence}").parse().unwrap();
        told(&bed.presence.since(&cursor).await.unwrap().facts)
    };

    assert_eq!(read_from(0).await, "1@1 2@1 3@1");
    assert_eq!(read_from(1).await, "2@1 3@1");
    assert_eq!(read_from(3).await, "");
}

#[rstest]
#[case::foreign("018f6a3e:2")]
#[case::from_the_future("EPOCH:99")]
#[tokio::test]
async fn a_cursor_that_tells_nothing_gives_everything(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
    #[case] cursor: &str,
) {
    let bed = Bed::new(kind).await;
    bed.presence.put(&[facts(1, 1), facts(2, 1)]).await.unwrap();
    let newest = bed.presence.snapshot().await.unwrap().cursor.to_string();
    let epoch = newest.split_once(':').unwrap().0;

    let cursor: Cursor = cursor.replace("EPOCH", epoch).parse().unwrap();
    let changes = bed.presence.since(&cursor).await.unwrap();

    assert!(changes.is_reset);
    assert_eq!(told(&changes.facts), "1@1 2@1");
    assert_eq!(changes.cursor.to_string(), newest);
}

#[rstest]
#[case("")]
#[case("7")]
#[case(":7")]
#[case("epoch:")]
#[case("epoch:-1")]
#[case("epoch:18446744073709551616")]
#[case("{epoch}:1")]
fn a_text_that_is_no_cursor_is_refused(#[case] text: &str) {
    assert!(text.parse::<Cursor>().is_err());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_reps_are_read_as_easily_as_ten(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    let everyone: Vec<_> = (0..10_000).map(|number| facts(number, 1)).collect();
    assert_eq!(bed.presence.put(&everyone).await.unwrap().len(), 10_000);

    let snapshot = bed.presence.snapshot().await.unwrap();
    assert_eq!(snapshot.facts.len(), 10_000);

    bed.presence.put(&[facts(77, 2)]).await.unwrap();
    let changes = bed.presence.since(&snapshot.cursor).await.unwrap();
    assert_eq!(told(&changes.facts), "77@2");
}

#[rstest]
#[tokio::test]
async fn a_store_wants_a_rebuild_until_it_is_marked(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    let epoch = bed.presence.needs_rebuild().await.unwrap().unwrap();
    bed.presence.put(&[facts(1, 1)]).await.unwrap();
    assert_eq!(
        bed.presence.needs_rebuild().await.unwrap(),
        Some(epoch.clone())
    );

    assert!(bed.presence.mark_rebuilt(&epoch).await.unwrap());

    assert_eq!(bed.presence.needs_rebuild().await.unwrap(), None);
}
