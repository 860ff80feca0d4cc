//! Wake-up hints.

use std::time::Duration;

use presence::Topic;
use rstest::rstest;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::bed::{Bed, Kind, Server, facts};

const LONG: Duration = Duration::from_secs(20);

#[rstest]
#[tokio::test]
async fn a_hint_wakes_the_listeners_of_its_topic(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let mut tracks = bed.presence.listen(Topic::Tracks);
    let mut fences = bed.presence.listen(Topic::Fences);

    bed.presence.wake(Topic::Tracks).await;

    timeout(Duration::from_secs(5), tracks.wait(LONG))
        .await
        .unwrap();
    let began = Instant::now();
    fences.wait(Duration::from_millis(50)).await;
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[rstest]
#[tokio::test]
async fn new_facts_wake_and_refused_ones_do_not(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let mut listener = bed.presence.listen(Topic::Presence);
    bed.presence.put(&[facts(1, 2)]).await.unwrap();
    timeout(Duration::from_secs(5), listener.wait(LONG))
        .await
        .unwrap();

    bed.presence.put(&[facts(1, 1)]).await.unwrap();

    let began = Instant::now();
    listener.wait(Duration::from_millis(50)).await;
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_hint_reaches_another_process_and_again_after_the_server_was_lost() {
    let mut server = Server::start().await;
    let (one, other) = (server.presence(), server.presence());
    let stop = CancellationToken::new();
    let hearing = tokio::task::JoinSet::from_iter([{
        let (other, stop) = (other.clone(), stop.clone());
        async move { other.run(stop).await }
    }]);
    let mut listener = other.listen(Topic::Changes);
    // The subscription announces itself with a hint about everything.
    timeout(Duration::from_secs(5), listener.wait(LONG))
        .await
        .unwrap();

    one.wake(Topic::Changes).await;
    timeout(Duration::from_secs(5), listener.wait(LONG))
        .await
        .unwrap();

    server.kill();
    server.start_again();
    timeout(Duration::from_secs(5), listener.wait(LONG))
        .await
        .unwrap();
    one.wake(Topic::Changes).await;
    timeout(Duration::from_secs(5), listener.wait(LONG))
        .await
        .unwrap();

    stop.cancel();
    hearing.join_all().await;
}
