//! A photo through the built binary: sent by a phone, found on the visit, seen by who may see it,
//! there again after a crash; in a folder or in a bucket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::IntoResponse,
    routing,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{SubsecRound, TimeDelta, Utc};
use entity::Database;
use reqwest::{StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    faults::{
        deployment::{Deployment, Profile},
        phones::Phones,
        scene::{Scene, Sent},
    },
    harness::{Process, Settings, graphql::ask, run},
};

const PHOTOS: &str = "query($customer: ID!) { node(id: $customer) { ... on Customer { \
    visits(first: 5) { nodes { photos { id url width height rep { name } \
    checkIn { clientId photos { id } } } } } } } }";

/// A PNG of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk\
    +M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// As much of a bucket as photos need, over HTTP as S3 speaks it.
#[derive(Clone, Default)]
struct Bucket(Arc<Mutex<BTreeMap<String, Bytes>>>);

impl Bucket {
    /// Serves the bucket; gives its address.
    async fn serve(&self) -> String {
        let put = async |State(bucket): State<Bucket>, Path(key): Path<String>, body: Bytes| {
            bucket.0.lock().expect("the lock").insert(key, body);
            [(header::ETAG, "\"1\"")]
        };
        let get = async |State(bucket): State<Bucket>, Path(key): Path<String>| {
            let found = bucket.0.lock().expect("the lock").get(&key).cloned();
            let modified = (header::LAST_MODIFIED, "Sun, 29 Nov 2026 00:00:00 GMT");
            match found {
                Some(body) => ([(header::ETAG, "\"1\""), modified], body).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        };
        let router = Router::new()
            .route("/{*key}", routing::put(put).get(get))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn keys(&self) -> Vec<String> {
        self.0.lock().expect("the lock").keys().cloned().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_may_lie_in_a_bucket_and_wait_while_it_is_away() {
    let scene = Arc::new(Scene::new(2, 4, 1));
    let folder = tempfile::tempdir().expect("a folder");
    let bucket = Bucket::default();
    let settings = Settings::sqlite(folder.path())
        .with("FIELDHUB_PHOTOS", "s3://acme/photos")
        .with("AWS_ENDPOINT", &bucket.serve().await)
        .with("AWS_ALLOW_HTTP", "true")
        .with("AWS_REGION", "eu-north-1")
        .with("AWS_ACCESS_KEY_ID", "key")
        .with("AWS_SECRET_ACCESS_KEY", "secret");
    let db = Database::connect(&settings.database_url(), 1)
        .await
        .expect("a database");
    migration::up(&db.write).await.expect("a schema");
    scene.plant(&db).await.expect("a company");
    let hub = Process::serve(&settings).expect("the hub is up");
    let phone = Phone {
        hub: hub.url.clone(),
        scene: scene.clone(),
    };
    phone.arrive().await;

    let put = phone.put("shelf").await;
    assert_eq!(put.status(), StatusCode::CREATED);
    let told: Value = put.json().await.expect("JSON");
    let rep = scene.reps[0].id;
    let keys = bucket.keys();
    assert!(
        keys.len() == 1 && keys[0].starts_with(&format!("acme/photos/{rep}/")),
        "{keys:?}"
    );
    let picture = phone.get(&told["url"], &scene.reps[0].token).await;
    let bytes = picture.bytes().await.expect("a body");
    assert_eq!(told["bytes"], bytes.len());
    drop(hub);

    let away = settings.with("AWS_ENDPOINT", "http://127.0.0.1:9");
    let hub = Process::serve(&away).expect("it starts all the same");
    let phone = Phone {
        hub: hub.url.clone(),
        scene: scene.clone(),
    };
    let refused = phone.put("door").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "30");
    let missed = phone.get(&told["url"], &scene.reps[0].token).await;
    assert_eq!(missed.status(), StatusCode::SERVICE_UNAVAILABLE);
}

/// The first rep's phone.
struct Phone {
    hub: String,
    scene: Arc<Scene>,
}

impl Phone {
    /// Presses the button at the first shop.
    async fn arrive(&self) {
        let phones = Phones::new(self.scene.clone(), vec![self.hub.clone()]);
        let (latitude_e6, longitude_e6) = Scene::position_e6(self.scene.shops[0].at);
        let arrive = Sent {
            id: "arrive".to_owned(),
            kind: "ARRIVE",
            at: (Utc::now() - TimeDelta::seconds(30)).trunc_subsecs(3),
            latitude_e6,
            longitude_e6,
            accuracy_m: 8.0,
            shop: Some(0),
        };
        let is_sent = phones.send_once(0, &self.scene.reps[0], &[arrive]).await;
        assert!(is_sent.expect("an answer"));
    }

    /// Sends a photo of the arrival.
    async fn put(&self, name: &str) -> reqwest::Response {
        let place = format!("{}/v1/check-ins/arrive/photos/{name}", self.hub);
        let put = reqwest::Client::new()
            .put(place)
            .bearer_auth(&self.scene.reps[0].token)
            .body(STANDARD.decode(PIXEL).expect("base64"));
        put.send().await.expect("an answer")
    }

    /// Looks at a photo with somebody's credential.
    async fn get(&self, url: &Value, token: &str) -> reqwest::Response {
        let place = format!("{}{}", self.hub, url.as_str().expect("a place"));
        let get = reqwest::Client::new().get(place).bearer_auth(token);
        get.send().await.expect("an answer")
    }
}

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
    let phone = Phone {
        hub: url.clone(),
        scene: scene.clone(),
    };
    phone.arrive().await;
    deployment.settle().await.expect("it is derived");

    let put = phone.put("shelf").await;
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
    let picture = phone.get(&photos[0]["url"], &admin).await;
    assert_eq!(picture.headers()[header::CONTENT_TYPE], "image/jpeg");
    let bytes = picture.bytes().await.expect("a body");
    assert_eq!(told["bytes"], bytes.len());
    let hidden = phone.get(&photos[0]["url"], &other).await;
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
}
