//! F5 and F7: Redis, and PostgreSQL, go away and come back.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use entity::{field::track, id::UserId};
use sea_orm::EntityTrait;

use crate::faults::{Scenario, deployment::Profile, scaled};

/// The live state equals the database's this long after Redis is back, and all is derived.
const REBUILT: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn f5_redis_killed_and_back_empty_costs_a_rebuild_and_no_data() {
    let mut scenario = Scenario::start("F5", Profile::Parted, scaled(8, 30), 105).await;
    let phones = scenario.phones.clone();
    let uploads = scenario.uploads(5);
    let sending = tokio::spawn(async move { phones.send_all(uploads, 4).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut redis = scenario.deployment.redis.take().expect("Redis runs");
    redis.kill().expect("Redis is killed");
    await_readiness(&scenario, 200, "degraded").await;
    tokio::time::sleep(Duration::from_secs(scaled(3, 10) as u64)).await;
    redis.restart().expect("Redis is back");
    scenario.deployment.redis = Some(redis);
    sending
        .await
        .expect("the phones end")
        .expect("each batch is receipted");
    let unexpected = scenario.phones.heard.unexpected(&[202]);
    assert!(
        unexpected.is_empty(),
        "every upload is 202, not {unexpected:?}"
    );
    scenario.check().await;
    let begun = Instant::now();
    loop {
        let (live, truth) = (live(&scenario).await, truth(&scenario).await);
        if live == truth && !truth.is_empty() {
            break;
        }
        assert!(
            begun.elapsed() < REBUILT,
            "live {live:?}, but the database has {truth:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!(
        "F5: live state equals the database's {:?} after the last visit",
        begun.elapsed()
    );
}

/// Waits until `/readyz` says so.
async fn await_readiness(scenario: &Scenario, status: u16, word: &str) {
    let begun = Instant::now();
    loop {
        let answer = reqwest::get(format!("{}/readyz", scenario.deployment.api.url)).await;
        let answer = answer.expect("an answer");
        let found = answer.status().as_u16();
        let said: serde_json::Value = answer.json().await.expect("JSON");
        if found == status && said["status"] == word {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{found}: {said}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The revision of each rep's facts in Redis.
async fn live(scenario: &Scenario) -> BTreeMap<UserId, i64> {
    let redis = scenario.deployment.redis.as_ref().expect("Redis runs");
    let presence = presence::Presence::redis(&redis.url()).expect("an address");
    match presence.snapshot().await {
        Ok(snapshot) => snapshot
            .facts
            .into_iter()
            .map(|facts| (facts.rep.into(), facts.revision))
            .collect(),
        Err(_) => BTreeMap::new(),
    }
}

/// The revision of each rep's track that has facts.
async fn truth(scenario: &Scenario) -> BTreeMap<UserId, i64> {
    let tracks = track::Entity::find()
        .all(&scenario.deployment.db.read)
        .await
        .expect("the tracks");
    let live = tracks.into_iter().filter(|track| track.live.is_some());
    live.map(|track| (track.rep_id, track.revision)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn f7_postgres_stopped_and_started_under_load_gives_503_alone() {
    let mut scenario = Scenario::start("F7", Profile::Parted, scaled(10, 40), 107).await;
    let phones = scenario.phones.clone();
    let uploads = scenario.uploads(5);
    let sending = tokio::spawn(async move { phones.send_all(uploads, 8).await });
    tokio::time::sleep(Duration::from_millis(250)).await;
    let mut postgres = scenario
        .deployment
        .postgres
        .take()
        .expect("PostgreSQL runs");
    postgres.stop().expect("PostgreSQL stops at once");
    await_readiness(&scenario, 503, "unavailable").await;
    tokio::time::sleep(Duration::from_secs(scaled(2, 8) as u64)).await;
    postgres.restart().expect("PostgreSQL is back");
    let back = Instant::now();
    scenario.deployment.postgres = Some(postgres);
    let first = first_taken(&scenario).await;
    println!(
        "F7: first 202 {:?} after PostgreSQL answers",
        first.duration_since(back)
    );
    assert!(first.duration_since(back) < Duration::from_secs(5));
    sending
        .await
        .expect("the phones end")
        .expect("each batch is receipted");
    let unexpected = scenario.phones.heard.unexpected(&[202, 503]);
    assert!(
        unexpected.is_empty(),
        "only 202 and 503, not {unexpected:?}"
    );
    scenario.check().await;
}

/// When the hub takes a batch again.
async fn first_taken(scenario: &Scenario) -> Instant {
    let rep = &scenario.scene.reps[0];
    let batch = &scenario.tracks[0][..1];
    let begun = Instant::now();
    loop {
        if matches!(scenario.phones.send_once(0, rep, batch).await, Ok(true)) {
            return Instant::now();
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{}",
            scenario.deployment.logs()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
