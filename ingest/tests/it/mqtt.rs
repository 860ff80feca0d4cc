//! OwnTracks through a real broker: Mosquitto.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entity::viewer::Viewer;
use ingest::phones::mqtt::{Broker, Lookup, Subscriber, Unknown};
use ingest::{Fences, Intake};
use presence::Presence;
use rstest::rstest;
use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, QoS};
use serde_json::{Value, json};
use testbed::Backend::{self, Postgres, Sqlite};
use testbed::MosquittoServer;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::bed::{Bed, bed, eventually, run, spawn};

/// The hub's client of a broker.
struct Running {
    subscriber: Subscriber,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn start(broker: &MosquittoServer, bed: &Bed, intake: &Intake, lookup: Lookup) -> Running {
        let broker = Broker {
            host: "127.0.0.1".to_owned(),
            port: broker.port(),
            credentials: None,
            client_id: "fieldhub".to_owned(),
            prefix: "owntracks".to_owned(),
        };
        let subscriber = Subscriber::new(bed.db.clone(), intake.clone(), lookup, broker);
        let stop = CancellationToken::new();
        let task = spawn(subscriber.clone().run(stop.clone()));
        Running {
            subscriber,
            stop,
            task,
        }
    }

    /// Waits until it listens.
    async fn listens(self) -> Self {
        eventually("the connection", async || self.subscriber.is_connected()).await;
        // The subscription follows the connection.
        tokio::time::sleep(Duration::from_millis(200)).await;
        self
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Knows Ann's phone and no other.
fn anns(bed: &Bed) -> Lookup {
    let ann: Viewer = bed.ann.clone();
    Arc::new(move |user, device| {
        let found = (user == "ann@x.example" && device == "phone").then(|| ann.clone());
        Box::pin(async move { Ok(found) })
    })
}

/// Publishes as the app does, and waits until the broker has it.
async fn publish(broker: &MosquittoServer, topic: &str, messages: &[Value]) {
    let options = MqttOptions::new("ann-phone", "127.0.0.1", broker.port());
    let (client, mut events) = AsyncClient::new(options, 1_000);
    for message in messages {
        let text = message.to_string();
        client
            .try_publish(topic, QoS::AtLeastOnce, false, text)
            .unwrap();
    }
    let mut acknowledged = 0;
    while acknowledged < messages.len() {
        if let Event::Incoming(Incoming::PubAck(_)) = events.poll().await.unwrap() {
            acknowledged += 1;
        }
    }
}

const TOPIC: &str = "owntracks/ann@x.example/phone";

fn location(bed: &Bed, seconds: i64) -> Value {
    let tst = bed.start.timestamp() + seconds;
    json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": tst, "acc": 10, "_id": "x"})
}

async fn holds(bed: &Bed, count: i64) {
    eventually("check-ins", async || {
        bed.count("SELECT count(*) FROM check_in").await >= count
    })
    .await;
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, count);
}

#[rstest]
#[tokio::test]
async fn what_a_phone_publishes_becomes_check_ins(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let broker = testbed::mosquitto().await.unwrap();
    let running = Running::start(&broker, &bed, &bed.intake, anns(&bed))
        .listens()
        .await;
    let points: Vec<Value> = (0..300).map(|n| location(&bed, n * 10)).collect();
    publish(&broker, TOPIC, &points).await;
    holds(&bed, 300).await;
    // Of nobody known, and of what nothing is kept: neither holds up what comes after.
    publish(&broker, "owntracks/eve@x.example/phone", &points[..2]).await;
    publish(&broker, TOPIC, &[json!({"_type": "lwt", "tst": 1})]).await;
    let crossed = json!({
        "_type": "transition", "event": "enter", "desc": "Shop", "lat": 60.17, "lon": 24.94,
        "tst": bed.start.timestamp() + 5, "wtst": 1, "t": "c", "acc": 12,
    });
    publish(&broker, &format!("{TOPIC}/event"), &[crossed]).await;
    holds(&bed, 301).await;
    let notes = bed
        .column("SELECT note FROM check_in WHERE note IS NOT NULL")
        .await;
    assert_eq!(notes, ["enter Shop"]);
    // Once more the same: a retained message at the next connection.
    publish(&broker, TOPIC, &points[..5]).await;
    running.stop().await;
    holds(&bed, 301).await;
}

#[rstest]
#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_committed(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let broker = testbed::mosquitto().await.unwrap();
    // An intake for which nobody commits.
    let around = Fences::load(&bed.db).await.unwrap().surroundings();
    let (idle, _committer) = Intake::new(bed.db.clone(), Presence::local(), around);
    let seen = Arc::new(AtomicUsize::new(0));
    let (counted, known) = (seen.clone(), anns(&bed));
    let counting: Lookup = Arc::new(move |user, device| {
        counted.fetch_add(1, Ordering::SeqCst);
        known(user, device)
    });
    let running = Running::start(&broker, &bed, &idle, counting)
        .listens()
        .await;
    publish(&broker, TOPIC, &[location(&bed, 1), location(&bed, 2)]).await;
    eventually("the messages", async || seen.load(Ordering::SeqCst) == 2).await;
    // It dies with the messages in its hands.
    running.task.abort();
    running.task.await.unwrap_err();
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 0);
    let running = Running::start(&broker, &bed, &bed.intake, anns(&bed));
    holds(&bed, 2).await;
    running.stop().await;
    // What was committed was acknowledged: the broker has nothing left.
    let again = Arc::new(AtomicUsize::new(0));
    let (counted, known) = (again.clone(), anns(&bed));
    let counting: Lookup = Arc::new(move |user, device| {
        counted.fetch_add(1, Ordering::SeqCst);
        known(user, device)
    });
    let running = Running::start(&broker, &bed, &bed.intake, counting)
        .listens()
        .await;
    assert_eq!(again.load(Ordering::SeqCst), 0);
    running.stop().await;
}

#[rstest]
#[tokio::test]
async fn what_comes_while_the_hub_or_its_database_is_away_waits(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let broker = testbed::mosquitto().await.unwrap();
    let running = Running::start(&broker, &bed, &bed.intake, anns(&bed))
        .listens()
        .await;
    running.stop().await;
    publish(&broker, TOPIC, &[location(&bed, 1), location(&bed, 2)]).await;
    // At first nobody can tell whose the device is.
    let tries = Arc::new(AtomicUsize::new(0));
    let (counted, known) = (tries.clone(), anns(&bed));
    let failing: Lookup =
        Arc::new(
            move |user, device| match counted.fetch_add(1, Ordering::SeqCst) {
                0..3 => Box::pin(async { Err(Unknown) }),
                _ => known(user, device),
            },
        );
    let running = Running::start(&broker, &bed, &bed.intake, failing);
    holds(&bed, 2).await;
    running.stop().await;
}

#[tokio::test]
async fn a_broker_that_comes_back_is_heard_again() {
    let bed = bed(Sqlite).await;
    let mut broker = testbed::mosquitto().await.unwrap();
    broker.kill().unwrap();
    let running = Running::start(&broker, &bed, &bed.intake, anns(&bed));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!running.subscriber.is_connected());
    broker.restart().unwrap();
    let running = running.listens().await;
    publish(&broker, TOPIC, &[location(&bed, 1)]).await;
    holds(&bed, 1).await;
    broker.kill().unwrap();
    eventually("the loss", async || !running.subscriber.is_connected()).await;
    broker.restart().unwrap();
    let running = running.listens().await;
    publish(&broker, TOPIC, &[location(&bed, 2)]).await;
    holds(&bed, 2).await;
    running.stop().await;
}

#[tokio::test]
async fn an_iphone_is_known_by_its_enrolment_and_its_points_by_hand_are_shifted() {
    let bed = bed(Sqlite).await;
    let broker = testbed::mosquitto().await.unwrap();
    run(
        &bed.db,
        "UPDATE device SET platform = $1",
        ["iOS 18.4".into()],
    )
    .await;
    let running = Running::start(&broker, &bed, &bed.intake, anns(&bed))
        .listens()
        .await;
    let tst = bed.start.timestamp();
    let point =
        |tst, t| json!({"_type": "location", "lat": 31.2304, "lon": 121.4737, "tst": tst, "t": t});
    publish(&broker, TOPIC, &[point(tst, "t"), point(tst + 60, "u")]).await;
    holds(&bed, 2).await;
    let places = bed
        .column("SELECT CAST(longitude_e6 AS text) FROM check_in ORDER BY recorded_at")
        .await;
    assert_eq!(places[0], "121473700");
    assert_ne!(places[1], "121473700", "GCJ-02 to WGS-84");
    running.stop().await;
}
