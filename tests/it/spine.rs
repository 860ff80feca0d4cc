//! The spine: a phone's check-in becomes a visit that a manager sees, asks for and hears of, on
//! both deployments.

use std::time::{Duration, Instant};

use chrono::{DurationRound, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    faults::{
        deployment::{Deployment, Profile},
        phones::Phones,
        scene::{Scene, Sent},
    },
    harness::{
        graphql::{Subscription, ask},
        run,
    },
};

const VISITS: &str = "query($customer: ID!) { node(id: $customer) { ... on Customer { name \
    visits(first: 5) { totalCount nodes { id arrivedAt leftAt openedBy endReason revision \
    rep { name presence { state customer { name } } } explain { code sentence } } } } } }";
const VISIT_CHANGED: &str = "subscription($afterSeq: String) { visitChanged(afterSeq: $afterSeq) \
    { seq kind revision visit { id customer { name } } } }";
const PRESENCE_CHANGED: &str = "subscription { presenceChanged { seq isSnapshot \
    presences { state rep { name } customer { name } } } }";

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_becomes_a_visit_that_is_seen_asked_for_and_heard_of(#[case] profile: Profile) {
    let scene = std::sync::Arc::new(Scene::new(2, 4, 1));
    let deployment = Deployment::start(profile, &scene)
        .await
        .expect("the deployment is up");
    let url = deployment.api.url.clone();
    let token = run(
        &deployment.settings,
        &["token", "--user", "admin@scene.example"],
    );
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let phones = Phones::new(scene.clone(), vec![url.clone()]);
    let mut visits = Subscription::open(&url, &token, VISIT_CHANGED, json!({})).await;
    let mut presence = Subscription::open(&url, &token, PRESENCE_CHANGED, json!({})).await;
    let snapshot = presence.next().await;
    assert_eq!(snapshot["presenceChanged"]["isSnapshot"], true);

    let now = Utc::now()
        .duration_trunc(TimeDelta::milliseconds(1))
        .expect("a millisecond");
    let posted = Instant::now();
    let arrive = press("ARRIVE", now - TimeDelta::seconds(30), &scene);
    assert!(
        phones
            .send_once(0, &scene.reps[0], &[arrive])
            .await
            .expect("an answer")
    );

    let opened = visits.next().await;
    println!(
        "{profile:?}: the visit was heard of {:?} after the post",
        posted.elapsed()
    );
    assert_eq!(opened["visitChanged"]["kind"], "OPENED");
    assert_eq!(
        opened["visitChanged"]["visit"]["customer"]["name"],
        "Shop 0"
    );
    let at_customer = |event: &Value| {
        let presences = event["presenceChanged"]["presences"].as_array();
        presences.is_some_and(|all| all.iter().any(|one| one["state"] == "AT_CUSTOMER"))
    };
    presence.next_where(at_customer).await;
    assert!(posted.elapsed() < Duration::from_secs(5));

    let customer = scene.shops[0].id.global();
    let seen = ask(&url, &token, VISITS, json!({ "customer": customer })).await;
    let visit = &seen["node"]["visits"]["nodes"][0];
    assert_eq!(seen["node"]["visits"]["totalCount"], 1);
    assert_eq!(
        (&visit["openedBy"], &visit["leftAt"]),
        (&json!("ARRIVE"), &Value::Null)
    );
    assert_eq!(visit["rep"]["presence"]["state"], "AT_CUSTOMER");
    assert_eq!(visit["rep"]["presence"]["customer"]["name"], "Shop 0");
    assert!(
        visit["explain"]
            .as_array()
            .is_some_and(|lines| !lines.is_empty()),
        "{visit}"
    );

    let depart = press("DEPART", now - TimeDelta::seconds(5), &scene);
    assert!(
        phones
            .send_once(0, &scene.reps[0], &[depart])
            .await
            .expect("an answer")
    );
    let closed = visits.next().await;
    assert_eq!(closed["visitChanged"]["kind"], "CLOSED");
    drop(visits);

    // Whoever was away goes on where they were: nothing twice, nothing missed.
    let after = json!({ "afterSeq": opened["visitChanged"]["seq"] });
    let mut resumed = Subscription::open(&url, &token, VISIT_CHANGED, after).await;
    assert_eq!(resumed.next().await, closed);
}

fn press(kind: &'static str, at: chrono::DateTime<Utc>, scene: &Scene) -> Sent {
    let (latitude_e6, longitude_e6) = Scene::position_e6(scene.shops[0].at);
    Sent {
        id: kind.to_owned(),
        kind,
        at,
        latitude_e6,
        longitude_e6,
        accuracy_m: 8.0,
        shop: Some(0),
    }
}
