//! The demo as a newcomer sees it: started, pasted from, started again.

use std::{
    collections::HashMap,
    process::Command,
    time::{Duration, Instant},
};

use entity::id::UserId;
use reqwest::Url;
use serde_json::{Value, json};

use crate::harness::{Process, Settings, graphql::ask};

fn start(folder: &tempfile::TempDir, more: &[&str]) -> Process {
    let dir = folder.path().join("demo").display().to_string();
    let mut arguments = vec!["demo", "--port", "0", "--dir", &dir];
    arguments.extend(more);
    let settings = Settings::over("sqlite://unused.db").with("FIELDHUB_LOG", "warn");
    Process::start(&settings, &arguments).expect("the demo is up")
}

#[test]
fn what_the_demo_prints_works_when_pasted_and_a_second_start_reuses_the_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = start(&folder, &[]);
    let printed = demo.wait_for_output("Ctrl-C stops");
    for role in ["MANAGER", "ADMIN", "REP"] {
        assert!(
            links(&printed).any(|link| signed_in(&link) == role),
            "{role}"
        );
    }
    let pasted = commands(&printed);
    let [check_in, query] = &pasted[..] else {
        panic!("two commands, not {}", pasted.len())
    };
    let receipts = paste(check_in);
    assert_eq!(receipts["receipts"][0]["status"], "ACCEPTED", "{receipts}");
    assert_eq!(
        receipts["receipts"][0]["verdicts"][0]["state"], "INSIDE",
        "{receipts}"
    );
    let begun = Instant::now();
    loop {
        let answer = paste(query);
        assert!(answer.get("errors").is_none(), "{answer}");
        let newest = &answer["data"]["node"]["visits"]["nodes"][0];
        if newest["leftAt"].is_null() && newest["arrivedAt"].is_string() {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "no open visit: {answer}"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(demo);
    let begun = Instant::now();
    let again = start(&folder, &[]);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "it took {:?}",
        begun.elapsed()
    );
    let pasted_again = commands(&again.wait_for_output("Ctrl-C stops"));
    let customer = |command: &str| {
        command
            .split_once("customerId")
            .map(|(_, rest)| rest[..30].to_owned())
    };
    assert_eq!(
        customer(&pasted_again[0]),
        customer(check_in),
        "the same company"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_track_is_played_live() {
    let folder = tempfile::tempdir().expect("a folder");
    let track = folder.path().join("drive.json");
    // Ten seconds of the drive through Munich, a fix a second.
    let fixes: Vec<Value> = (0..10)
        .map(|second| {
            json!({
                "point": format!("POINT({} 48.1635)", 11.5643 + f64::from(second) * 0.0001),
                "time": format!("2014-09-10 06:54:{second:02}+0200"),
            })
        })
        .collect();
    std::fs::write(&track, Value::from(fixes).to_string()).expect("a file");
    let demo = start(&folder, &["--track", &track.display().to_string()]);
    let said = demo.wait_for_output("Ctrl-C stops");
    let admin = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("admin"))
        .expect("a token");
    let state = std::fs::read_to_string(folder.path().join("demo/demo.json")).expect("the state");
    let state: Value = serde_json::from_str(&state).expect("JSON");
    let player = state["company"]["reps"]
        .as_array()
        .and_then(|reps| reps.last())
        .expect("reps");
    let player: UserId = serde_json::from_value(player["id"].clone()).expect("an id");
    let query = "query($id: ID!) { node(id: $id) { ... on User { presence { state \
        position { latitude longitude } } } } }";
    let begun = Instant::now();
    loop {
        let seen = ask(
            &demo.url,
            admin.trim(),
            query,
            json!({ "id": player.global() }),
        )
        .await;
        let position = &seen["node"]["presence"]["position"];
        if position["longitude"]
            .as_f64()
            .is_some_and(|longitude| longitude > 11.5647)
        {
            assert!((position["latitude"].as_f64().expect("a number") - 48.1635).abs() < 0.001);
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{seen}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The commands of the text: each begins with `curl` and ends before an empty line.
fn commands(text: &str) -> Vec<String> {
    text.split("\n\n")
        .filter(|part| part.starts_with("curl "))
        .map(str::to_owned)
        .collect()
}

/// The links that sign in by themselves.
fn links(text: &str) -> impl Iterator<Item = Url> {
    text.lines()
        .map(str::trim)
        .filter(|line| line.starts_with("http://"))
        .map(|line| line.parse().expect("a link"))
}

/// The role of whoever a link signs in, by what stands behind its `#`.
fn signed_in(link: &Url) -> String {
    let fields = link.fragment().expect("a fragment").split('&');
    let fields: HashMap<_, _> = fields.filter_map(|field| field.split_once('=')).collect();
    let query =
        "mutation($input: SignInInput!) { signIn(input: $input) { session { user { role } } } }";
    let input = json!({ "email": fields["email"], "password": fields["password"] });
    let body = json!({ "query": query, "variables": { "input": input } });
    let url = link.origin().ascii_serialization();
    let answer = paste(&format!(
        "curl -sS {url}/graphql -H 'Content-Type: application/json' -d '{body}'"
    ));
    let role = &answer["data"]["signIn"]["session"]["user"]["role"];
    role.as_str().unwrap_or_default().to_owned()
}

/// What a shell says when the command is pasted into it.
fn paste(command: &str) -> Value {
    let output = Command::new("bash")
        .arg("-c")
        .arg(command)
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
