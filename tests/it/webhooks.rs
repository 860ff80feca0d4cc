//! A webhook through the built binary: another system is down when a visit happens and the hub is
//! killed meanwhile; it hears of the visit all the same, signed.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};
use std::time::{Duration, Instant};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing};
use chrono::{SubsecRound, TimeDelta, Utc};
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::{
    faults::{
        deployment::{Deployment, Profile},
        phones::Phones,
        scene::{Scene, Sent},
    },
    harness::{graphql::ask, run},
};

const CREATE: &str = "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) \
    { webhook { id } secret userErrors { message } } }";
const STATES: &str = "{ webhookDeliveries { nodes { event state tries rep { name } } } }";

/// Another system.
#[derive(Clone, Default)]
struct Receiver {
    is_up: Arc<AtomicBool>,
    taken: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    refused: Arc<Mutex<usize>>,
}

impl Receiver {
    /// Serves it; gives its address.
    async fn serve(&self) -> String {
        let take = async |State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes| {
            if !receiver.is_up.load(Ordering::SeqCst) {
                *receiver.refused.lock().unwrap() += 1;
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            receiver.taken.lock().unwrap().push((headers, body));
            StatusCode::NO_CONTENT
        };
        let router = Router::new()
            .route("/hook", routing::post(take))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook")
    }
}

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn another_system_hears_of_a_visit_although_it_was_down_and_the_hub_was_killed(
    #[case] profile: Profile,
) {
    let scene = Arc::new(Scene::new(2, 4, 1));
    let mut deployment = Deployment::start(profile, &scene).await.unwrap();
    let token = run(
        &deployment.settings,
        &["token", "--user", "admin@scene.example"],
    );
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let receiver = Receiver::default();
    let input = json!({
        "name": "CRM", "url": receiver.serve().await,
        "events": ["VISIT_OPENED", "PRESENCE_CHANGED"],
    });
    let made = ask(&deployment.api.url, &token, CREATE, json!({"input": input})).await;
    let secret = made["createWebhook"]["secret"].as_str().unwrap().to_owned();

    let phones = Phones::new(scene.clone(), vec![deployment.api.url.clone()]);
    let (latitude_e6, longitude_e6) = Scene::position_e6(scene.shops[0].at);
    let arrive = Sent {
        id: "arrive".to_owned(),
        kind: "ARRIVE",
        at: (Utc::now() - TimeDelta::seconds(30)).trunc_subsecs(3),
        latitude_e6,
        longitude_e6,
        accuracy_m: 8.0,
        shop: Some(0),
    };
    assert!(
        phones
            .send_once(0, &scene.reps[0], &[arrive])
            .await
            .unwrap()
    );
    wait(|| *receiver.refused.lock().unwrap() > 0).await;
    deployment.kill_the_api().unwrap();
    receiver.is_up.store(true, Ordering::SeqCst);
    wait(|| receiver.taken.lock().unwrap().len() >= 2).await;

    let taken = receiver.taken.lock().unwrap().clone();
    let judge = Webhook::new(&secret).unwrap();
    let mut told = Vec::new();
    for (headers, body) in &taken {
        judge.verify(body, headers).unwrap();
        let body: Value = serde_json::from_slice(body).unwrap();
        let rep = &body["data"].as_object().unwrap().values().next().unwrap()["rep"]["id"];
        assert_eq!(*rep, scene.reps[0].id.global());
        told.push(body["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(told[..2], ["visit.opened", "presence.changed"]);
    let states = ask(&deployment.api.url, &token, STATES, json!({})).await;
    let nodes = states["webhookDeliveries"]["nodes"].as_array().unwrap();
    assert!(
        nodes.iter().all(|node| node["rep"]["name"] == "Rep 0"),
        "{states}"
    );
}

async fn wait(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "in vain");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
