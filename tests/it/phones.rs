//! Apps with formats of their own, through the built binary: each says in its own way who it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use reqwest::{RequestBuilder, Response, header};
use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, QoS};
use serde_json::json;
use testbed::MosquittoServer;

use crate::{
    faults::{
        deployment::{Deployment, Profile},
        scene::Scene,
    },
    harness::{Process, graphql::ask, run},
};

const SEEN: &str = "{ checkIns(first: 10, orderBy: {receivedAt: ASC}) { totalCount \
    nodes { status kind rep { name } device { name } } } }";

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn owntracks_and_trackers_say_who_they_are_in_their_own_ways() {
    let scene = Arc::new(Scene::new(2, 4, 1));
    let deployment = Deployment::start(Profile::Embedded, &scene)
        .await
        .expect("the deployment is up");
    let url = deployment.api.url.clone();
    let (ann, bob) = (&scene.reps[0].token, &scene.reps[1].token);
    let http = reqwest::Client::new();
    let at = (Utc::now() - TimeDelta::minutes(5)).timestamp();
    let location = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": at, "tid": "an"});

    let own = |password: &str| {
        let post = http.post(format!("{url}/owntracks?u=ann&d=phone"));
        post.basic_auth("ann", Some(password)).json(&location)
    };
    let taken = sent(own(ann)).await;
    assert_eq!(taken.status(), 200);
    assert_eq!(taken.text().await.expect("a body"), "[]");
    let refused = sent(own("wrong")).await;
    assert_eq!(refused.status(), 401);
    let asks = refused.headers()[header::WWW_AUTHENTICATE].to_str();
    assert!(asks.expect("text").starts_with("Basic "));

    let track = |key: &str| {
        http.get(format!(
            "{url}/osmand?id={key}&lat=60.17&lon=24.94&timestamp={at}"
        ))
    };
    assert_eq!(sent(track(bob)).await.status(), 200);
    assert_eq!(sent(track("48241179")).await.status(), 400);
    let form = http
        .post(format!("{url}/osmand"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("id={bob}&timestamp={}", at + 60));
    assert_eq!(sent(form).await.status(), 200);
    let document = |key: &str| {
        let location =
            json!({"timestamp": at + 120, "coords": {"latitude": 60.17, "longitude": 24.95}});
        let document = json!({"device_id": key, "location": location});
        http.post(format!("{url}/osmand")).json(&document)
    };
    assert_eq!(sent(document(bob)).await.status(), 200);
    assert_eq!(sent(document("48241179")).await.status(), 404);

    let token = run(
        &deployment.settings,
        &["token", "--user", "admin@scene.example"],
    );
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let seen = ask(&url, &token, SEEN, json!({})).await;
    let points = seen["checkIns"]["nodes"].as_array().expect("a list");
    let told: Vec<String> = points
        .iter()
        .map(|point| {
            format!(
                "{} {} {}",
                point["rep"]["name"], point["kind"], point["status"]
            )
        })
        .map(|told| told.replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "Rep 0 TRAIL ACCEPTED",
            "Rep 1 TRAIL ACCEPTED",
            "Rep 1 HEARTBEAT ACCEPTED",
            "Rep 1 TRAIL ACCEPTED",
        ]
    );
    let log = deployment.logs();
    assert!(
        !log.contains(ann.as_str()) && !log.contains(bob.as_str()),
        "a credential is logged"
    );
}

/// Publishes a position as the app of the first rep does.
async fn publish(broker: &MosquittoServer, at: i64) {
    let options = MqttOptions::new("rep0-phone", "127.0.0.1", broker.port());
    let (client, mut events) = AsyncClient::new(options, 10);
    let location = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": at, "tid": "an"});
    let topic = "owntracks/rep0@scene.example/Phone";
    let queued = client.try_publish(topic, QoS::AtLeastOnce, true, location.to_string());
    queued.expect("room");
    loop {
        if let Event::Incoming(Incoming::PubAck(_)) = events.poll().await.expect("the broker") {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_to_a_broker_is_taken_although_the_worker_is_killed() {
    let scene = Arc::new(Scene::new(2, 4, 1));
    let deployment = Deployment::start(Profile::Parted, &scene)
        .await
        .expect("the deployment is up");
    let broker = testbed::mosquitto().await.expect("a broker");
    let url = format!("mqtt://127.0.0.1:{}", broker.port());
    let arguments = ["ingest", "--mqtt", &url, "--ingest-listen", "127.0.0.1:0"];
    let start = || Process::start(&deployment.settings, &arguments);
    let mut worker = start().expect("it is up");
    let token = run(
        &deployment.settings,
        &["token", "--user", "admin@scene.example"],
    );
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let count = async || {
        let seen = ask(&deployment.api.url, &token, SEEN, json!({})).await;
        seen["checkIns"]["totalCount"].as_i64().expect("a number")
    };
    let holds = async |expected: i64| {
        let begun = Instant::now();
        while count().await != expected {
            assert!(begun.elapsed() < Duration::from_secs(60), "in vain");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let at = (Utc::now() - TimeDelta::minutes(5)).timestamp();
    // Whatever comes first, the message or the subscription: the app retains its last position.
    publish(&broker, at).await;
    holds(1).await;
    worker.kill();
    publish(&broker, at + 60).await;
    publish(&broker, at + 120).await;
    let worker = start().expect("it is up again");
    holds(3).await;
    let log = worker.log();
    assert!(!log.contains("60.17") && !log.contains("24.94"), "{log}");

    // A second hub by the same name: the broker lets only one of them be.
    let other = start().expect("it is up too");
    let told = "give each hub a client_id of its own";
    let begun = Instant::now();
    while !(worker.log().contains(told) || other.log().contains(told)) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", other.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
