//! Health, readiness, metrics, logs, and the stop, from outside.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Process, Settings};

fn hub(folder: &tempfile::TempDir) -> Process {
    Process::serve(&Settings::sqlite(folder.path())).expect("the hub is up")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

async fn get(url: String) -> (StatusCode, Value) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_started_hub_is_alive_and_ready() {
    let folder = folder();
    let hub = hub(&folder);
    let (status, alive) = get(format!("{}/healthz", hub.url)).await;
    assert_eq!(
        (status, &alive["status"]),
        (StatusCode::OK, &"alive".into())
    );
    let (status, ready) = get(format!("{}/readyz", hub.url)).await;
    assert_eq!(
        (status, &ready["status"]),
        (StatusCode::OK, &"ready".into()),
        "{ready}"
    );
    assert_eq!(ready["parts"]["database"]["status"], "ready");
}

#[tokio::test]
async fn a_path_where_nothing_is_answers_with_a_problem() {
    let folder = folder();
    let hub = hub(&folder);
    let answer = reqwest::get(format!("{}/nowhere", hub.url))
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_request_keeps_its_plain_id_and_gets_one_otherwise() {
    let folder = folder();
    let hub = hub(&folder);
    let url = format!("{}/healthz", hub.url);
    let client = reqwest::Client::new();
    let kept = client
        .get(&url)
        .header("x-request-id", "abc-1")
        .send()
        .await
        .expect("an answer");
    assert_eq!(kept.headers()["x-request-id"], "abc-1");
    let odd = client
        .get(&url)
        .header("x-request-id", "a b\"")
        .send()
        .await
        .expect("an answer");
    assert_ne!(odd.headers()["x-request-id"], "a b\"");
}

#[tokio::test]
async fn metrics_are_read_from_allowed_addresses_or_with_the_token() {
    let folder = folder();
    let token = "a token of the tests, long enough for anyone";
    let settings = Settings::sqlite(folder.path())
        .with("FIELDHUB_METRICS_ALLOW", "192.0.2.0/24")
        .with("FIELDHUB_METRICS_TOKEN", token);
    let hub = Process::serve(&settings).expect("the hub is up");
    let url = format!("{}/metrics", hub.url);
    let client = reqwest::Client::new();
    let status = |answer: reqwest::Response| answer.status();
    assert_eq!(
        status(client.get(&url).send().await.expect("an answer")),
        StatusCode::FORBIDDEN
    );
    let wrong = client.get(&url).bearer_auth("another token").send().await;
    assert_eq!(status(wrong.expect("an answer")), StatusCode::FORBIDDEN);
    let right = client
        .get(&url)
        .bearer_auth(token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(right.status(), StatusCode::OK);
    let text = right.text().await.expect("text");
    assert!(text.contains("fieldhub_http_request_seconds"), "{text}");
}

#[tokio::test]
async fn a_stop_ends_with_zero() {
    let folder = folder();
    let mut hub = hub(&folder);
    hub.terminate();
    let status = hub.wait(Duration::from_secs(15)).expect("it ends");
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn the_home_page_links_to_what_there_is() {
    let folder = folder();
    let hub = hub(&folder);
    let page = reqwest::get(&hub.url)
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text");
    for link in page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        let answer = reqwest::get(format!("{}{link}", hub.url))
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{link}");
    }
}
