//! Health, readiness, metrics, logs, and the stop, from outside.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Process, Settings, run};

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
async fn a_second_signal_ends_the_process_at_once() {
    use tokio::io::AsyncWriteExt;

    let folder = folder();
    let mut hub = hub(&folder);
    let address = hub.address().expect("an address");
    let mut slow = tokio::net::TcpStream::connect(&address)
        .await
        .expect("a connection");
    let head = format!("POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Length: 9\r\n\r\n");
    slow.write_all(head.as_bytes())
        .await
        .expect("a request that never ends");
    hub.terminate();
    tokio::time::sleep(Duration::from_millis(900)).await;
    hub.terminate();
    let status = hub.wait(Duration::from_secs(2)).expect("it ends at once");
    assert_eq!(status.code(), Some(1));
}

#[tokio::test]
async fn only_named_pages_may_call_from_a_browser() {
    let folder = folder();
    let settings =
        Settings::sqlite(folder.path()).with("FIELDHUB_ALLOWED_ORIGINS", "https://map.example");
    let hub = Process::serve(&settings).expect("the hub is up");
    let preflight = async |origin: &str| {
        let url = format!("{}/graphql", hub.url);
        let request = reqwest::Client::new()
            .request(reqwest::Method::OPTIONS, url)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            );
        let answer = request.send().await.expect("an answer");
        answer.headers().clone()
    };
    let allowed = preflight("https://map.example").await;
    assert_eq!(
        allowed["access-control-allow-origin"],
        "https://map.example"
    );
    let methods = allowed["access-control-allow-methods"].to_str();
    let methods = methods.expect("text");
    for method in ["GET", "POST", "PUT"] {
        assert!(methods.contains(method), "{method}: a photo is put");
    }
    let refused = preflight("https://evil.example").await;
    assert!(!refused.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_wrong_credential_is_a_problem_and_none_is_nobody() {
    let folder = folder();
    let hub = hub(&folder);
    let client = reqwest::Client::new();
    let ask = |credential: Option<&str>| {
        let request = client
            .post(format!("{}/graphql", hub.url))
            .json(&serde_json::json!({ "query": "{ customers { nodes { id } } }" }));
        match credential {
            Some(value) => request.header("authorization", value),
            None => request,
        }
        .send()
    };
    for wrong in [
        "Bearer abc",
        "Bearer a.b.c",
        "Bearer fhd_abc",
        "Basic abc",
        "Bearer",
    ] {
        let answer = ask(Some(wrong)).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "UNAUTHENTICATED");
    }
    let nobody: Value = ask(None)
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{nobody}"
    );
}

#[tokio::test]
async fn logs_carry_no_positions_no_tokens_and_no_variables() {
    let folder = folder();
    let settings = Settings::sqlite(folder.path()).with("FIELDHUB_LOG", "trace");
    let made = run(&settings, &["token", "--create-admin", "ann@example.com"]);
    assert!(made.status.success());
    let token = run(&settings, &["token", "--device", "ann@example.com"]);
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let hub = Process::serve(&settings).expect("the hub is up");
    let client = reqwest::Client::new();
    let now = chrono::Utc::now().to_rfc3339();
    let point = serde_json::json!({"id": "p-1", "kind": "TRAIL", "recordedAt": now,
        "latitude": 52.123457, "longitude": 13.765432, "note": "a secret note"});
    let bad = serde_json::json!({"id": "p-2", "kind": "TRAIL", "recordedAt": now,
        "latitude": 95.123457, "longitude": 13.765432});
    let sent = client
        .post(format!("{}/v1/check-ins", hub.url))
        .bearer_auth(&token)
        .json(&serde_json::json!({ "checkIns": [point, bad] }))
        .send()
        .await
        .expect("an answer");
    assert_eq!(sent.status(), StatusCode::ACCEPTED);
    client
        .post(format!("{}/graphql", hub.url))
        .bearer_auth(&token)
        .json(&serde_json::json!({
            "query": "query($name: String) { customers(filter: {name: {eq: $name}}) { nodes { id } } }",
            "variables": { "name": "a secret variable" },
        }))
        .send()
        .await
        .expect("an answer");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let log = hub.log();
    assert!(
        log.contains("/v1/check-ins"),
        "requests are logged at this level"
    );
    for secret in [
        "52.123457",
        "52123457",
        "95.123457",
        "13.765432",
        "13765432",
        "a secret",
        &token,
    ] {
        assert!(!log.contains(secret), "the log carries {secret}");
    }
}
