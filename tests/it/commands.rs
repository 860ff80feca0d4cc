//! The commands, one by one.

use std::process::Output;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Process, Settings, run};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn failed(output: &Output) -> String {
    assert!(!output.status.success(), "it should fail: {}", said(output));
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

#[test]
fn every_command_explains_itself() {
    let settings = Settings::over("sqlite://unused.db");
    let help = said(&run(&settings, &["--help"]));
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(
        commands,
        [
            "demo", "serve", "ingest", "maintain", "migrate", "import", "export", "token",
            "simulate", "replay", "schema", "openapi"
        ]
    );
    for command in commands {
        let output = run(&settings, &[command, "--help"]);
        assert!(
            output.status.success() && said(&output).contains("Usage:"),
            "{command}"
        );
    }
}

#[test]
fn migrate_says_what_it_did_and_does_nothing_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path()).without("FIELDHUB_JWT_SECRET");
    let first = said(&run(&settings, &["migrate"]));
    assert!(first.starts_with("applied m0001_people"), "{first}");
    let second = said(&run(&settings, &["migrate"]));
    assert!(second.starts_with("the schema is at version"), "{second}");
}

#[tokio::test]
async fn the_settings_are_a_new_companys_and_an_administrators_word_outlives_a_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path()).with("FIELDHUB_TIMEZONE", "Europe/Helsinki");
    let token = said(&run(
        &settings,
        &["token", "--create-admin", "a@example.com"],
    ));
    let company = "company { name timeZone }";
    let hub = Process::serve(&settings).expect("the hub is up");
    let update = format!(
        "mutation {{ updateCompany(input: {{ name: \"Try\", timeZone: \"Asia/Shanghai\" }}) {{
            {company} }} }}"
    );
    let expected = json!({"name": "Try", "timeZone": "Asia/Shanghai"});
    let answer = ask(&hub, &token, &update).await;
    assert_eq!(answer["data"]["updateCompany"]["company"], expected);
    drop(hub);
    let warned = run(&settings, &["migrate"]);
    assert!(warned.status.success());
    let why = String::from_utf8_lossy(&warned.stderr).into_owned();
    assert!(
        why.contains("FIELDHUB_TIMEZONE") && why.contains("updateCompany"),
        "{why}"
    );
    let hub = Process::serve(&settings).expect("the hub is up again");
    let answer = ask(&hub, &token, &format!("{{ {company} }}")).await;
    assert_eq!(answer["data"]["company"], expected);
}

#[test]
fn maintain_does_the_nights_work_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let done = said(&run(&settings, &["maintain"]));
    assert!(done.contains("results of closed periods frozen"), "{done}");
}

#[tokio::test]
async fn the_first_admin_is_made_on_an_empty_database_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    let token = said(&run(
        &settings,
        &["token", "--create-admin", "Ann@Example.com"],
    ));
    let hub = Process::serve(&settings).expect("the hub is up");
    let answer = ask(&hub, &token, "{ viewer { name role } }").await;
    assert_eq!(
        answer["data"]["viewer"],
        json!({"name": "Ann", "role": "ADMIN"}),
        "{answer}"
    );
    let again = failed(&run(
        &settings,
        &["token", "--create-admin", "bob@example.com"],
    ));
    assert!(again.contains("there are users already"), "{again}");
    let other = said(&run(&settings, &["token", "--user", "ann@example.com"]));
    let answer = ask(&hub, &other, "{ viewer { name } }").await;
    assert_eq!(answer["data"]["viewer"]["name"], "Ann");
    let unknown = failed(&run(&settings, &["token", "--user", "eve@example.com"]));
    assert!(
        unknown.contains("nobody has the address \"eve@example.com\""),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_device_that_was_enrolled_posts_check_ins() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    assert!(
        run(&settings, &["token", "--create-admin", "ann@example.com"])
            .status
            .success()
    );
    let credential = said(&run(&settings, &["token", "--device", "ann@example.com"]));
    assert!(credential.starts_with("fhd_"), "{credential}");
    let hub = Process::serve(&settings).expect("the hub is up");
    let post = |token: String| {
        reqwest::Client::new()
            .post(format!("{}/v1/check-ins", hub.url))
            .bearer_auth(token)
            .json(&json!({"checkIns": [{"id": "1", "kind": "HEARTBEAT",
                "recordedAt": chrono::Utc::now().to_rfc3339()}]}))
            .send()
    };
    let answer = post(credential).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let receipts: Value = answer.json().await.expect("receipts");
    assert_eq!(receipts["receipts"][0]["status"], "ACCEPTED");
    let stranger = post("fhd_nobody".to_owned()).await.expect("an answer");
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        stranger.headers()["content-type"],
        "application/problem+json"
    );
}

#[tokio::test]
async fn simulate_moves_reps_through_the_public_endpoint() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path());
    assert!(
        run(&settings, &["token", "--create-admin", "ann@example.com"])
            .status
            .success()
    );
    let credential = said(&run(&settings, &["token", "--device", "ann@example.com"]));
    let tokens = folder.path().join("tokens");
    std::fs::write(&tokens, credential).expect("a file");
    let hub = Process::serve(&settings).expect("the hub is up");
    let tokens = tokens.display().to_string();
    let arguments = [
        "simulate",
        "--url",
        &hub.url,
        "--token-file",
        &tokens,
        "--every",
        "0.05",
        "--seconds",
        "6",
    ];
    let output = run(&settings, &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said(&output).contains("\"ACCEPTED\""), "{}", said(&output));
}

async fn ask(hub: &Process, token: &str, query: &str) -> Value {
    reqwest::Client::new()
        .post(format!("{}/graphql", hub.url))
        .bearer_auth(token)
        .json(&json!({ "query": query }))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON")
}
