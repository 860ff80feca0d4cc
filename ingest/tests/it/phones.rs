//! OwnTracks and OsmAnd's protocol: literal requests of the apps, and what they become.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::position::Position;
use ingest::Rate;
use ingest::phones::Phones;
use ingest::phones::friends::{Friend, Friends};
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend::{self, Postgres, Sqlite};
use tower::ServiceExt;

use crate::bed::{Bed, bed, run};

/// The routes of the apps over a bed's intake.
struct Apps {
    owntracks: Router,
    osmand: Router,
}

impl Apps {
    fn of(bed: &Bed) -> Self {
        Self::with_friends(bed, Vec::new())
    }

    fn with_friends(bed: &Bed, friends: Vec<Friend>) -> Self {
        let friends: Friends = Arc::new(move |_viewer| {
            let friends = friends.clone();
            Box::pin(async move { friends })
        });
        let (db, intake) = (bed.db.clone(), bed.intake.clone());
        let Phones { owntracks, osmand } = Phones::new(db, intake, Rate::default(), friends);
        Self {
            owntracks: owntracks.into(),
            osmand: osmand.into(),
        }
    }

    /// What OwnTracks is answered as Ann's phone.
    async fn own(&self, bed: &Bed, agent: &str, body: impl Into<Body>) -> (u16, Value) {
        let request = Request::post("/owntracks?u=ann&d=phone")
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::USER_AGENT, agent)
            .body(body.into());
        let (status, body) = send(&self.owntracks, bed, request.unwrap()).await;
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// What a tracker is answered as Ann's phone.
    async fn osmand(&self, bed: &Bed, request: Request<Body>) -> (u16, Vec<u8>) {
        send(&self.osmand, bed, request).await
    }
}

async fn send(app: &Router, bed: &Bed, mut request: Request<Body>) -> (u16, Vec<u8>) {
    request.extensions_mut().insert(bed.ann.clone());
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, body.to_vec())
}

fn get(query: &str) -> Request<Body> {
    Request::get(format!("/osmand?{query}"))
        .body(Body::empty())
        .unwrap()
}

const ANDROID: &str = "Owntracks-Android/gms/420500003";
const IPHONE: &str = "OwnTracks/18.4 CFNetwork/1410.0.3 Darwin/22.6.0";

impl Bed {
    /// The check-ins in short, the oldest first.
    async fn fixes(&self) -> Vec<String> {
        self.column(
            "SELECT kind || ' ' || latitude_e6::text || ' ' || longitude_e6::text || ' ' || \
             COALESCE(CAST(ROUND(accuracy_m) AS int)::text, '-') || ' ' || \
             COALESCE(CAST(ROUND(speed_mps) AS int)::text, '-') || ' ' || \
             COALESCE(battery_pct::text, '-') || ' ' || COALESCE(note, '-') \
             FROM check_in ORDER BY recorded_at, kind",
        )
        .await
    }

    async fn receipts(&self) -> Vec<String> {
        self.column(
            "SELECT status || ' ' || COALESCE(reason, '-') FROM receipt ORDER BY status, reason",
        )
        .await
    }

    /// Unix seconds after the start.
    fn unix(&self, seconds: i64) -> i64 {
        self.start.timestamp() + seconds
    }
}

#[rstest]
#[tokio::test]
async fn a_location_of_owntracks_is_a_check_in_in_our_units(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let apps = Apps::of(&bed);
    let mut location = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": bed.unix(0),
        "acc": 14.0, "vel": 36, "cog": 90, "batt": 81, "tid": "an", "bs": 1, "conn": "m", "t": "u",
        "SSID": "Home", "_id": "a1b2c3d4", "created_at": bed.unix(3), "topic": "owntracks/ann/phone"});
    assert_eq!(
        apps.own(&bed, ANDROID, location.to_string()).await,
        (200, json!([]))
    );
    assert_eq!(bed.fixes().await, ["TRAIL 60170000 24940000 14 10 81 -"]);

    // The same fix with another time of making and another charge is one fix.
    location["created_at"] = json!(bed.unix(600));
    location["batt"] = json!(79);
    location["_id"] = json!("ffffffff");
    assert_eq!(apps.own(&bed, ANDROID, location.to_string()).await.0, 200);
    assert_eq!(bed.fixes().await.len(), 1);
    assert_eq!(bed.receipts().await, ["ACCEPTED -"]);

    // -1 and 0 are what a phone writes that does not know.
    let unsure = json!({"_type": "location", "lat": 60.18, "lon": 24.94, "tst": bed.unix(60) as f64,
        "acc": -1, "vel": -1, "cog": -1, "batt": -1, "tid": "an"});
    assert_eq!(apps.own(&bed, ANDROID, unsure.to_string()).await.0, 200);
    assert_eq!(bed.fixes().await[1], "TRAIL 60180000 24940000 - - - -");
}

#[tokio::test]
async fn every_message_is_answered_so_that_no_phone_is_stuck() {
    let bed = bed(Sqlite).await;
    let apps = Apps::of(&bed);
    let types = "status lwt card cmd steps beacon configuration request new";
    for kind in types.split(' ') {
        let message = json!({"_type": kind, "lat": 1.0, "lon": 2.0, "tst": bed.unix(0)});
        let answer = apps.own(&bed, ANDROID, message.to_string()).await;
        assert_eq!(answer, (200, json!([])), "{kind}");
    }
    assert_eq!(apps.own(&bed, ANDROID, "").await, (200, json!([])));
    assert!(bed.receipts().await.is_empty());

    let transition = json!({"_type": "transition", "event": "enter", "desc": "Warehouse", "t": "c",
        "lat": 60.17, "lon": 24.94, "acc": 20, "tst": bed.unix(0), "wtst": bed.unix(-9_000)});
    apps.own(&bed, ANDROID, transition.to_string()).await;
    assert_eq!(
        bed.fixes().await,
        ["TRAIL 60170000 24940000 20 - - enter Warehouse"]
    );

    let huge = format!(
        "{{\"_type\":\"location\",\"image\":\"{}\"}}",
        "x".repeat(1 << 20)
    );
    let broken = ["{\"_type\":", "[]", "{\"lat\":1}", "\u{feff}"].map(str::to_owned);
    let encrypted = json!({"_type": "encrypted", "data": "abcd"}).to_string();
    let nowhere = json!({"_type": "location", "tst": bed.unix(5)}).to_string();
    let broken = broken.into_iter().chain([huge, encrypted, nowhere]);
    for message in broken {
        let answer = apps.own(&bed, ANDROID, message).await;
        assert_eq!(answer, (200, json!([])));
    }
    let receipts = bed.receipts().await;
    let aside = receipts
        .iter()
        .filter(|receipt| receipt.starts_with("QUARANTINED"));
    assert_eq!(aside.count(), 7);
    for reason in ["ENCRYPTED", "MALFORMED", "NO_POSITION"] {
        assert!(
            receipts.contains(&format!("QUARANTINED {reason}")),
            "{receipts:?}"
        );
    }
}

#[tokio::test]
async fn an_iphones_datum_depends_on_what_sent_the_position() {
    let bed = bed(Sqlite).await;
    let apps = Apps::of(&bed);
    let here = |seconds: i64, trigger: &str| {
        json!({"_type": "location", "lat": 31.2304, "lon": 121.4737, "acc": 5,
            "tst": bed.unix(seconds), "t": trigger})
        .to_string()
    };
    apps.own(&bed, IPHONE, here(0, "t")).await;
    apps.own(&bed, IPHONE, here(60, "u")).await;
    apps.own(&bed, ANDROID, here(120, "u")).await;
    let abroad =
        json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": bed.unix(180), "t": "u"});
    apps.own(&bed, IPHONE, abroad.to_string()).await;
    let fixes = bed.fixes().await;
    assert_eq!(fixes[0], "TRAIL 31230400 121473700 5 - - -");
    assert_ne!(fixes[1], fixes[0], "by hand it was GCJ-02");
    assert_eq!(fixes[2], fixes[0]);
    assert_eq!(fixes[3], "TRAIL 60170000 24940000 - - - -");
}

#[tokio::test]
async fn who_has_no_credential_is_asked_for_it() {
    let bed = bed(Sqlite).await;
    let apps = Apps::of(&bed);
    let request = Request::post("/owntracks").body(Body::from("{}")).unwrap();
    let answer = apps.owntracks.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let asks = &answer.headers()[header::WWW_AUTHENTICATE];
    assert!(asks.to_str().unwrap().starts_with("Basic "));
}

#[rstest]
#[tokio::test]
async fn a_query_of_osmand_is_read_as_traccar_reads_it(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let apps = Apps::of(&bed);
    // Knots; an accuracy of 0 is none.
    let query = format!(
        "id=secret&timestamp={}&lat=60.17&lon=24.94&speed=10.0&bearing=90&altitude=12&accuracy=0&batt=55.4&cell=1,2&new=x",
        bed.unix(0)
    );
    assert_eq!(apps.osmand(&bed, get(&query)).await, (200, Vec::new()));
    // Milliseconds, the position in one parameter, an alarm.
    let query = format!(
        "deviceid=secret&timestamp={}&location=60.18,24.94&accuracy=9&alarm=sos&mock=true&heading=1",
        bed.unix(60) * 1_000
    );
    assert_eq!(apps.osmand(&bed, get(&query)).await.0, 200);
    // A form, once the query is empty.
    let time = (bed.start + chrono::TimeDelta::seconds(120)).format("%Y-%m-%d+%H:%M:%S");
    let form = format!("id=secret&lat=60.19&lon=24.94&timestamp={time}&accuracy=5");
    let request = Request::post("/osmand")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into());
    assert_eq!(apps.osmand(&bed, request.unwrap()).await.0, 200);
    // Without a position, or with one that is said to be none, it is a sign of life.
    for (seconds, more) in [(180, ""), (240, "&lat=1&lon=2&valid=false")] {
        let query = format!("id=secret&timestamp={}{more}", bed.unix(seconds));
        assert_eq!(apps.osmand(&bed, get(&query)).await.0, 200);
    }
    assert_eq!(
        bed.fixes().await,
        [
            "TRAIL 60170000 24940000 - 5 55 -",
            "TRAIL 60180000 24940000 9 - - alarm: sos",
            "TRAIL 60190000 24940000 5 - - -",
            "HEARTBEAT -2147483648 -2147483648 - - - -",
            "HEARTBEAT -2147483648 -2147483648 - - - -",
        ]
    );
    assert_eq!(
        bed.count("SELECT count(*) FROM check_in WHERE is_mock")
            .await,
        1
    );

    // Sent again, nothing is new; without a time, the hub's own is taken.
    assert_eq!(apps.osmand(&bed, get(&query)).await.0, 200);
    assert_eq!(bed.fixes().await.len(), 5);
    apps.osmand(&bed, get("id=secret&lat=60.2&lon=24.94")).await;
    assert_eq!(bed.fixes().await.len(), 6);
}

#[tokio::test]
async fn json_of_traccar_client_has_units_of_its_own() {
    let bed = bed(Sqlite).await;
    let apps = Apps::of(&bed);
    let post = |body: Value| {
        let request = Request::post("/osmand").header(header::CONTENT_TYPE, "application/json");
        request.body(body.to_string().into()).unwrap()
    };
    let literal = json!({"location": {"timestamp": bed.at(0),
        "coords": {"latitude": 60.17, "longitude": 24.94, "accuracy": 5, "speed": 3, "heading": -1, "altitude": 5},
        "is_moving": false, "odometer": 0, "event": "motionchange",
        "battery": {"level": 0.5, "is_charging": false}, "activity": {"type": "still"},
        "extras": {}, "uuid": "c0ffee", "_": "&id=48241179&lat=60.17&lon=24.94&"},
        "device_id": "48241179"});
    assert_eq!(
        apps.osmand(&bed, post(literal.clone())).await,
        (200, Vec::new())
    );
    assert_eq!(apps.osmand(&bed, post(literal)).await.0, 200);
    let lost = json!({"location": {"timestamp": bed.at(60), "heartbeat": true,
        "battery": {"level": -1}, "uuid": "f00"}, "device_id": 48_241_179});
    assert_eq!(apps.osmand(&bed, post(lost)).await.0, 200);
    assert_eq!(
        apps.osmand(&bed, post(json!({"device_id": "1"}))).await.0,
        200
    );
    assert_eq!(
        bed.fixes().await,
        [
            "TRAIL 60170000 24940000 5 3 50 -",
            "HEARTBEAT -2147483648 -2147483648 - - - -",
        ]
    );
    assert_eq!(
        bed.column("SELECT client_id FROM receipt WHERE status = 'ACCEPTED' ORDER BY client_id")
            .await,
        ["c0ffee", "f00"]
    );
    assert_eq!(
        bed.column("SELECT reason FROM receipt WHERE status = 'QUARANTINED'")
            .await,
        ["MALFORMED"]
    );
}

#[tokio::test]
async fn a_point_kept_aside_is_in_our_form_without_the_credential() {
    let bed = bed(Sqlite).await;
    let apps = Apps::of(&bed);
    let query = format!(
        "id=fhd_secret&lat=60.17&lon=24.94&timestamp={}",
        chrono::Utc::now().timestamp() + 3_600
    );
    apps.osmand(&bed, get(&query)).await;
    let kept = bed.column("SELECT CAST(raw AS text) FROM quarantine").await;
    let kept: Value = serde_json::from_str(&kept[0]).unwrap();
    assert_eq!(
        (&kept["kind"], &kept["received"]["lat"]),
        (&json!("TRAIL"), &json!("60.17"))
    );
    assert!(!kept.to_string().contains("secret"), "{kept}");
}

/// Made by libsodium: see the test of `phones::secretbox`.
const LWT_BY_S3CR3T: &str = include_str!("../../src/phones/secretbox.txt");

#[tokio::test]
async fn the_regions_of_an_app_are_kept_by_name_and_without_their_places() {
    let bed = bed(Sqlite).await;
    let apps = Apps::of(&bed);
    let one = json!({"_type": "waypoint", "desc": "Home", "lat": 60.2, "lon": 24.9, "rad": 100,
        "tst": 1_385_906_127});
    let both =
        json!({"_type": "waypoints", "_creator": "test", "waypoints": [one, {"desc": "Shop"}]});
    for message in [&one, &both] {
        let answer = apps.own(&bed, ANDROID, message.to_string()).await;
        assert_eq!(answer, (200, json!([])));
    }
    let kept = bed
        .column("SELECT kind || ' ' || note FROM check_in ORDER BY note")
        .await;
    assert_eq!(
        kept,
        [
            "HEARTBEAT regions: Home (100 m)",
            "HEARTBEAT regions: Home (100 m), Shop"
        ]
    );
}

#[tokio::test]
async fn friends_are_told_by_a_card_and_a_location_each() {
    let bed = bed(Sqlite).await;
    let ben = Friend {
        id: bed.ben.user,
        name: "Ben Berg".to_owned(),
        at: bed.start,
        position: Position::new(60.17, 24.94).unwrap(),
        accuracy_m: Some(12.4),
    };
    let apps = Apps::with_friends(&bed, vec![ben]);
    let location = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": bed.unix(0)});
    let (status, reply) = apps.own(&bed, ANDROID, location.to_string()).await;
    let expected = json!([
        {"_type": "card", "tid": "BB", "name": "Ben Berg"},
        {"_type": "location", "tid": "BB", "lat": 60.17, "lon": 24.94, "acc": 12,
            "tst": bed.unix(0), "topic": format!("owntracks/{}/phone", bed.ben.user)},
    ]);
    assert_eq!((status, reply), (200, expected));
}

#[rstest]
#[tokio::test]
async fn an_encrypted_message_is_opened_by_the_devices_key(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let apps = Apps::of(&bed);
    let sealed = json!({"_type": "encrypted", "data": LWT_BY_S3CR3T.trim()}).to_string();
    // Without a key it is kept aside; with another one too.
    assert_eq!(
        apps.own(&bed, ANDROID, sealed.clone()).await,
        (200, json!([]))
    );
    let insert = "INSERT INTO device_key (device_id, user_id, passphrase, set_at) \
        VALUES ($1, $2, $3, $4)";
    let (device, user) = (bed.ann.device.unwrap(), bed.ann.user);
    let values = [
        device.into(),
        user.into(),
        "another".into(),
        bed.start.into(),
    ];
    run(&bed.db, insert, values).await;
    apps.own(&bed, ANDROID, sealed.replace("}", " }")).await;
    assert_eq!(bed.receipts().await, ["QUARANTINED ENCRYPTED"; 2]);

    run(
        &bed.db,
        "UPDATE device_key SET passphrase = $1",
        ["s3cr3t".into()],
    )
    .await;
    let (status, reply) = apps.own(&bed, ANDROID, sealed).await;
    assert_eq!((status, &reply["_type"]), (200, &json!("encrypted")));
    assert_eq!(bed.receipts().await.len(), 2, "a last will is no position");
    // What is not encrypted is taken all the same.
    let plain = json!({"_type": "location", "lat": 60.17, "lon": 24.94, "tst": bed.unix(0)});
    assert_eq!(
        apps.own(&bed, ANDROID, plain.to_string()).await,
        (200, json!([]))
    );
    assert_eq!(bed.fixes().await.len(), 1);
}
