//! F10: malformed points among good ones, and a track that cannot be derived.

use chrono::Utc;
use entity::field::{quarantine, track};
use rstest::rstest;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::faults::{
    Scenario,
    deployment::Profile,
    oracle::{self, digest},
    scaled,
    scene::Sent,
};

/// Points that no rule can read, and the code each is quarantined with.
fn malformed() -> Vec<(Value, &'static str)> {
    let at = "2026-11-20T10:00:00Z";
    vec![
        (
            json!({"id": "m0", "kind": "TRAIL", "recordedAt": at}),
            "NO_POSITION",
        ),
        (
            json!({"id": "m1", "kind": "TRAIL", "recordedAt": at, "latitude": 95, "longitude": 1}),
            "POSITION_OUT_OF_RANGE",
        ),
        (
            json!({"id": "m2", "kind": "TRAIL", "recordedAt": at, "latitude": 0, "longitude": 0}),
            "NULL_ISLAND",
        ),
        (
            json!({"id": "m3", "kind": "TRAIL", "latitude": 1, "longitude": 1}),
            "TIME_MISSING",
        ),
        (
            json!({"id": "m4", "kind": "TRAIL", "recordedAt": "1970-01-01T00:00:07Z", "latitude": 1, "longitude": 1}),
            "TIME_IMPOSSIBLE",
        ),
        (
            json!({"id": "m5", "kind": "TRAIL", "recordedAt": "2100-01-01T00:00:00Z", "latitude": 1, "longitude": 1}),
            "TIME_IN_FUTURE",
        ),
        (
            json!({"id": "m6", "kind": "JUMP", "recordedAt": at, "latitude": 1, "longitude": 1}),
            "UNKNOWN_KIND",
        ),
        (
            json!({"id": "m7", "kind": "ARRIVE", "recordedAt": at, "latitude": 1, "longitude": 1}),
            "CUSTOMER_MISSING",
        ),
        (
            json!({"id": "m8", "kind": "TRAIL", "recordedAt": at, "latitude": "north", "longitude": 1}),
            "MALFORMED",
        ),
        (
            json!({"id": "m9", "kind": "TRAIL", "recordedAt": at, "latitude": 1, "longitude": 1, "datum": "MARS"}),
            "UNKNOWN_DATUM",
        ),
    ]
}

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn f10_bad_points_and_a_bad_track_harm_nobody_else(#[case] profile: Profile) {
    let scenario = Scenario::start("F10", profile, scaled(15, 110), 110).await;
    break_visits_of_the_first_rep(&scenario).await;
    let malformed = malformed();
    for (place, (point, code)) in malformed.iter().enumerate() {
        let number = place % scenario.tracks.len();
        let good = &scenario.tracks[number][..5.min(scenario.tracks[number].len())];
        let mut body = scenario.phones.body(good);
        let points = body["checkIns"].as_array_mut().expect("points");
        points.insert(2, point.clone());
        let receipt = scenario.phones.send_raw(number, &body).await["receipts"][2].clone();
        assert_eq!(
            (&receipt["status"], &receipt["reason"]),
            (&json!("QUARANTINED"), &json!(code))
        );
        assert!(
            receipt["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
    }
    let uploads = scenario.uploads(100);
    scenario
        .phones
        .send_all(uploads, 4)
        .await
        .expect("each batch is receipted");
    scenario
        .deployment
        .settle()
        .await
        .expect("all but the bad track is derived");
    let db = &scenario.deployment.db;
    let held = quarantine::Entity::find()
        .count(&db.read)
        .await
        .expect("the quarantine");
    let stored = oracle::stored_fixes(db).await.expect("the fixes") as usize;
    let sent: usize = scenario.tracks.iter().map(Vec::len).sum();
    assert_eq!((held as usize, stored), (malformed.len(), sent));
    let aside = track::Entity::find().filter(track::Column::SetAsideAt.is_not_null());
    let aside = aside.all(&db.read).await.expect("the tracks");
    let [bad] = &aside[..] else {
        panic!("one track is set aside, not {}", aside.len())
    };
    assert_eq!((bad.rep_id, bad.tries), (scenario.scene.reps[0].id, 5));
    assert!(
        bad.last_error
            .as_ref()
            .is_some_and(|error| error.contains("broken")),
        "{bad:?}"
    );
    let others: Vec<(usize, &[Sent])> = scenario
        .tracks
        .iter()
        .map(Vec::as_slice)
        .enumerate()
        .skip(1)
        .collect();
    let expected = oracle::expected(&scenario.scene, &others, Utc::now());
    let found = oracle::found(&scenario.scene, db)
        .await
        .expect("the visits");
    println!(
        "F10 {profile:?}: seed {}, acknowledged {stored}, quarantined {held}, set aside 1, digest {} (oracle {})",
        scenario.seed,
        digest(&found),
        digest(&expected),
    );
    assert_eq!(
        found, expected,
        "the others' visits are those of the oracle"
    );
}

/// From now on no visit of the first rep can be written.
async fn break_visits_of_the_first_rep(scenario: &Scenario) {
    let rep = scenario.scene.reps[0].id.uuid();
    let db = &scenario.deployment.db.write;
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN \
             RAISE EXCEPTION 'broken' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql; \
             CREATE TRIGGER broken BEFORE INSERT ON visit FOR EACH ROW \
             WHEN (NEW.rep_id = '{rep}') EXECUTE FUNCTION broken()"
        ),
        _ => format!(
            "CREATE TRIGGER broken BEFORE INSERT ON visit WHEN NEW.rep_id = x'{}' \
             BEGIN SELECT RAISE(ABORT, 'broken'); END",
            rep.simple()
        ),
    };
    db.execute_unprepared(&sql).await.expect("a trigger");
}
