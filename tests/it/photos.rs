//! A photo through the built binary: sent by a phone, found on the visit, seen by who may see it,
//! and there again after a crash.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{SubsecRound, TimeDelta, Utc};
use reqwest::{StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    faults::{
        deployment::{Deployment, Profile},
        phones::Phones,
        scene::{Scene, Sent},
    },
    harness::{graphql::ask, run},
};

const PHOTOS: &str = "query($customer: ID!) { node(id: $customer) { ... on Customer { \
    visits(first: 5) { nodes { photos { id url width height rep { name } \
    checkIn { clientId photos { id } } } } } } } }";

/// A PNG of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk\
    +M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn a_photo_of_an_arrival_is_found_on_its_visit(#[case] profile: Profile) {
    let scene = Arc::new(Scene::new(2, 4, 1));
    let mut deployment = Deployment::start(profile, &scene)
        .await
        .expect("the deployment is up");
    let url = deployment.api.url.clone();
    let token = |user: &str| {
        let token = run(&deployment.settings, &["token", "--user", user]);
        String::from_utf8_lossy(&token.stdout).trim().to_owned()
    };
    let (admin, other) = (token("admin@scene.example"), token("rep1@scene.example"));
    let phones = Phones::new(scene.clone(), vec![url.clone()]);
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
    let is_sent = phones.send_once(0, &scene.reps[0], &[arrive]).await;
    assert!(is_sent.expect("an answer"));
    deployment.settle().await.expect("it is derived");

    let http = reqwest::Client::new();
    let put = http
        .put(format!("{url}/v1/check-ins/arrive/photos/shelf"))
        .bearer_auth(&scene.reps[0].token)
        .body(STANDARD.decode(PIXEL).expect("base64"));
    let put = put.send().await.expect("an answer");
    assert_eq!(put.status(), StatusCode::CREATED);
    let told: Value = put.json().await.expect("JSON");

    let customer = json!({ "customer": scene.shops[0].id.global() });
    let seen = ask(&url, &admin, PHOTOS, customer).await;
    let photos = &seen["node"]["visits"]["nodes"][0]["photos"];
    assert_eq!(photos.as_array().map(Vec::len), Some(1), "{seen}");
    assert_eq!(
        (&photos[0]["id"], &photos[0]["url"]),
        (&told["id"], &told["url"])
    );
    assert_eq!(photos[0]["rep"]["name"], "Rep 0");
    assert_eq!(photos[0]["checkIn"]["clientId"], "arrive");
    assert_eq!(photos[0]["checkIn"]["photos"][0]["id"], told["id"]);

    deployment.kill_the_api().expect("it is up again");
    let look = async |token: &str| {
        let place = format!("{url}{}", photos[0]["url"].as_str().expect("a place"));
        let get = http.get(place).bearer_auth(token);
        get.send().await.expect("an answer")
    };
    let picture = look(&admin).await;
    assert_eq!(picture.headers()[header::CONTENT_TYPE], "image/jpeg");
    let bytes = picture.bytes().await.expect("a body");
    assert_eq!(told["bytes"], bytes.len());
    assert_eq!(look(&other).await.status(), StatusCode::NOT_FOUND);
}
