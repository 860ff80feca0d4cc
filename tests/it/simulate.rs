//! Synthetic days of the past, through the public endpoint of the built hub.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use entity::Database;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{Process, Settings, graphql::ask, run, write};

const SEEN: &str = "{ checkIns(first: 1) { totalCount } visits(first: 1) { totalCount }
    quarantined: checkIns(first: 1, filter: {status: [QUARANTINED]}) { totalCount } }";

const DRAW: &str = "mutation($input: DrawGeofenceInput!) { drawGeofence(input: $input) \
    { userErrors { message } } }";

/// A hub with a rep who has six customers in Shanghai, each with a fence.
struct Scene {
    settings: Settings,
    hub: Process,
    admin: String,
    tokens: String,
    _folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::sqlite(folder.path());
        let said = |arguments: &[&str]| {
            let output = run(&settings, arguments);
            assert!(output.status.success(), "{output:?}");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let admin = said(&["token", "--create-admin", "ada@x.example"]);
        let users = "email,name,team\nann@x.example,Ann,North\n";
        let users = format!("users={}", write(folder.path(), "u.csv", users));
        let customers: String = (0..6)
            .map(|n| format!("C{n},Shop {n},Ann,{},121.47\n", 31.2 + f64::from(n) * 0.01))
            .collect();
        let customers = format!("code,name,owner,latitude,longitude\n{customers}");
        let customers = format!("customers={}", write(folder.path(), "c.csv", &customers));
        said(&["import", &users, &customers]);
        let phone = said(&["token", "--device", "ann@x.example"]);
        let tokens = write(folder.path(), "tokens", &phone);
        Self {
            hub: Process::serve(&settings).expect("a hub"),
            settings,
            admin,
            tokens,
            _folder: folder,
        }
    }

    /// Draws the fences; they, and Ann's care for the customers, have been there for a while.
    async fn fenced(self) -> Self {
        let database = Database::connect(&self.settings.database_url(), 1).await;
        let moved = "UPDATE assignment SET valid_from = '2020-01-01T00:00:00+00:00'";
        let database = database.expect("the database");
        database
            .write
            .execute_unprepared(moved)
            .await
            .expect("it is moved");
        let customers = "{ customers(first: 10) { nodes { id position { latitude longitude } } } }";
        let known = ask(&self.hub.url, &self.admin, customers, json!({})).await;
        for customer in known["customers"]["nodes"].as_array().expect("customers") {
            let position = &customer["position"];
            let circle = json!({"latitude": position["latitude"],
                "longitude": position["longitude"], "radiusM": 80});
            let input = json!({"customerId": customer["id"], "shape": {"circle": circle},
                "validFrom": Utc::now() - TimeDelta::days(90)});
            ask(&self.hub.url, &self.admin, DRAW, json!({ "input": input })).await;
        }
        self
    }

    fn simulate(&self, more: &[&str]) -> String {
        let fixed = [
            "simulate",
            "--url",
            &self.hub.url,
            "--token-file",
            &self.tokens,
        ];
        let output = run(&self.settings, &[&fixed, more].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// How many check-ins and visits there are once nothing changes any more.
    async fn seen(&self) -> Value {
        let (begun, mut before) = (Instant::now(), Value::Null);
        loop {
            let now = ask(&self.hub.url, &self.admin, SEEN, json!({})).await;
            if now == before || begun.elapsed() > Duration::from_secs(30) {
                return now;
            }
            before = now;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_without_faults_hold_the_stays_that_were_made_and_come_once() {
    let scene = Scene::new().fenced().await;
    let days = ["--days", "10", "--faults", "none", "--seed", "11"];
    let told = scene.simulate(&days);
    let stays = told
        .split(", ")
        .nth(2)
        .and_then(|part| part.split(' ').next());
    let stays: i64 = stays
        .and_then(|stays| stays.parse().ok())
        .expect("a number");
    assert!(stays > 3, "{told}");
    let seen = scene.seen().await;
    assert_eq!(seen["visits"]["totalCount"], stays, "{told}");
    scene.simulate(&days);
    assert_eq!(scene.seen().await, seen, "the same days again add nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_with_every_fault_are_taken_and_the_visits_are_mostly_found() {
    let scene = Scene::new().fenced().await;
    let told = scene.simulate(&["--days", "10", "--seed", "11"]);
    assert!(
        told.contains("ACCEPTED") && told.contains("DUPLICATE"),
        "{told}"
    );
    let stays = told
        .split(", ")
        .nth(2)
        .and_then(|part| part.split(' ').next());
    let stays: i64 = stays
        .and_then(|stays| stays.parse().ok())
        .expect("a number");
    let visits = scene.seen().await["visits"]["totalCount"]
        .as_i64()
        .expect("a number");
    assert!(
        (stays / 2..=stays * 3 / 2).contains(&visits),
        "{visits} of {stays}: {told}"
    );
}
