//! Bad input: each point gets the precise reason, its neighbours are unharmed, nothing is lost.

use chrono::{TimeDelta, Utc};
use entity::id::CustomerId;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{Bed, bed, in_short, run};

/// A good point with one field set, or taken away by `null`.
fn with(bed: &Bed, field: &str, value: Value) -> Value {
    let mut point = bed.trail("x", 0);
    point[field] = value;
    point
}

#[rstest]
#[case("id", json!(null), "CLIENT_ID_MISSING", "id is missing")]
#[case("id", json!(""), "CLIENT_ID_MISSING", "id is missing")]
#[case("id", json!(7), "MALFORMED", "id must be a string, not a number")]
#[case("id", json!("ä".repeat(65)), "CLIENT_ID_TOO_LONG", "id may have 64 characters")]
#[case("id", json!("a\u{0}"), "FIELD_OUT_OF_RANGE", "id has a control character")]
#[case("kind", json!(null), "UNKNOWN_KIND", "kind must be")]
#[case("kind", json!("trail"), "UNKNOWN_KIND", "kind must be")]
#[case("kind", json!(["TRAIL"]), "MALFORMED", "kind must be a string, not an array")]
#[case("recordedAt", json!(null), "TIME_MISSING", "recordedAt is missing")]
#[case("recordedAt", json!(1_700_000_000), "MALFORMED", "recordedAt must be a string, not a number")]
#[case("recordedAt", json!("2026-11-23T08:15:02"), "MALFORMED", "recordedAt must be an RFC 3339")]
#[case("recordedAt", json!("2026-02-30T08:15:02Z"), "MALFORMED", "recordedAt must be an RFC 3339")]
#[case("recordedAt", json!("1970-01-01T00:00:10Z"), "TIME_IMPOSSIBLE", "recordedAt is before")]
#[case("recordedAt", json!("2100-01-01T00:00:00Z"), "TIME_IN_FUTURE", "recordedAt is more than 10")]
#[case("latitude", json!(null), "NO_POSITION", "latitude is missing")]
#[case("longitude", json!(null), "NO_POSITION", "longitude is missing")]
#[case("latitude", json!("31.2"), "MALFORMED", "latitude must be a number, not a string")]
#[case("latitude", json!(90.000001), "POSITION_OUT_OF_RANGE", "latitude must be between -90 and 90")]
#[case("longitude", json!(-180.1), "POSITION_OUT_OF_RANGE", "longitude must be between")]
#[case("datum", json!("ED50"), "UNKNOWN_DATUM", "datum must be WGS84, GCJ02 or BD09")]
#[case("datum", json!(84), "MALFORMED", "datum must be a string, not a number")]
#[case("accuracyM", json!(-1), "FIELD_OUT_OF_RANGE", "accuracyM must be between 0 and")]
#[case("accuracyM", json!(true), "MALFORMED", "accuracyM must be a number, not true or false")]
#[case("altitudeM", json!(1e9), "FIELD_OUT_OF_RANGE", "altitudeM must be between")]
#[case("speedMps", json!(-2), "FIELD_OUT_OF_RANGE", "speedMps must be between 0 and 1000")]
#[case("headingDeg", json!(361), "FIELD_OUT_OF_RANGE", "headingDeg must be between 0 and 360")]
#[case("batteryPct", json!(101), "FIELD_OUT_OF_RANGE", "batteryPct must be between 0 and 100")]
#[case("batteryPct", json!({}), "MALFORMED", "batteryPct must be a number, not an object")]
#[case("mock", json!("yes"), "MALFORMED", "mock must be true or false, not a string")]
#[case("note", json!("x".repeat(2_001)), "FIELD_OUT_OF_RANGE", "note may have 2000 characters")]
#[case("note", json!("a\u{0}b"), "FIELD_OUT_OF_RANGE", "note has a character")]
#[case("note", json!(1), "MALFORMED", "note must be a string, not a number")]
#[tokio::test]
async fn a_bad_field_is_named(
    #[case] field: &str,
    #[case] value: Value,
    #[case] reason: &str,
    #[case] message: &str,
) {
    let bed = bed(Sqlite).await;
    let bad = with(&bed, field, value);
    let points = [
        bed.trail("before", 60),
        bad.clone(),
        bed.trail("after", 120),
    ];
    let receipts = bed.send_as(&bed.ann, &points).await;
    assert_eq!(in_short(&receipts[0]), "before: ACCEPTED");
    assert_eq!(in_short(&receipts[2]), "after: ACCEPTED");
    assert_eq!(receipts[1]["status"], "QUARANTINED");
    assert_eq!(receipts[1]["reason"], reason);
    let told = receipts[1]["message"].as_str().unwrap();
    assert!(told.starts_with(message), "{told}");
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 2);

    // It is kept as it came, under the id that the receipt tells.
    let kept = bed.column("SELECT CAST(raw AS text) FROM quarantine").await;
    assert_eq!(serde_json::from_str::<Value>(&kept[0]).unwrap(), bad);
    let id = receipts[1]["id"].as_str().unwrap();
    assert_eq!(bed.look_up(&bed.ann, id).await.1, receipts[1]);
}

#[rstest]
#[case("speedMps", json!(-1))]
#[case("headingDeg", json!(-1))]
#[case("batteryPct", json!(-1))]
#[case("batteryPct", json!(80.6))]
#[case("headingDeg", json!(360))]
#[case("accuracyM", json!(0))]
#[case("accuracyM", json!(null))]
#[case("longitude", json!(-180))]
#[case("note", json!("\u{1f6d2} 好"))]
#[case("mock", json!(true))]
#[case("vendorExtra", json!({"deep": [1, {"er": null}]}))]
#[case("customerId", json!("only buttons name a customer"))]
#[tokio::test]
async fn what_phones_send_is_taken(
    #[case] field: &str,
    #[case] value: Value,
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    assert_eq!(bed.send(&[with(&bed, field, value)]).await, ["x: ACCEPTED"]);
    let odd = "SELECT count(*) FROM check_in WHERE speed_mps < 0 OR heading_deg >= 360 \
               OR battery_pct = 80 OR longitude_e6 = -180000000";
    assert_eq!(bed.count(odd).await, 0);
}

#[rstest]
#[tokio::test]
async fn odd_points_spoil_nothing_but_themselves(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let (good, at) = (bed.trail("good", 60), bed.at(0));
    let odd = [
        r#"{"id":"a","id":"b"}"#.to_owned(),
        format!(r#"{{"id":"c","kind":"TRAIL","recordedAt":"{at}","latitude":1,"latitude":2}}"#),
        format!(r#"{{"id":"c2","x":1,"x":2,"kind":"TRAIL","recordedAt":"{at}"}}"#),
        format!(
            r#"{{"id":"d","kind":"TRAIL","recordedAt":"{at}","latitude":1e400,"longitude":2}}"#
        ),
        format!(r#"{{"id":"e","kind":"TRAIL","recordedAt":"{at}","latitude":0,"longitude":-0.0}}"#),
        r#"{"id":"\ud800"}"#.to_owned(),
        "[1,2]".to_owned(),
        "null".to_owned(),
        "17".to_owned(),
        "{}".to_owned(),
    ];
    let body = format!(r#"{{"more":1,"checkIns":[{},{good}]}}"#, odd.join(","));
    let json = [("content-type", "application/json")];
    let (_, _, answer) = bed.post(&json, body).await;
    let reasons: Vec<&str> = answer["receipts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|receipt| receipt["reason"].as_str().unwrap_or("none"))
        .collect();
    assert_eq!(
        reasons,
        [
            "DUPLICATE_KEY",
            "DUPLICATE_KEY",
            "DUPLICATE_KEY",
            "POSITION_OUT_OF_RANGE",
            "NULL_ISLAND",
            "MALFORMED",
            "MALFORMED",
            "MALFORMED",
            "MALFORMED",
            "CLIENT_ID_MISSING",
            "none",
        ]
    );
    assert_eq!(answer["receipts"][1]["id"], "c");
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 1);
    assert_eq!(bed.count("SELECT count(*) FROM quarantine").await, 10);
}

#[rstest]
#[case("ARRIVE", None, "CUSTOMER_MISSING")]
#[case("DEPART", Some("nonsense"), "UNKNOWN_CUSTOMER")]
#[case("ARRIVE", Some("nobody"), "UNKNOWN_CUSTOMER")]
#[case("ARRIVE", Some("foreign"), "UNKNOWN_CUSTOMER")]
#[tokio::test]
async fn a_button_names_a_customer_of_ones_own(
    #[case] kind: &str,
    #[case] customer: Option<&str>,
    #[case] reason: &str,
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let mut point = with(&bed, "kind", json!(kind));
    point["customerId"] = match customer {
        Some("nobody") => json!(CustomerId::new().global()),
        Some("foreign") => json!(bed.foreign.global()),
        other => json!(other),
    };
    let receipts = bed.send(&[point]).await;
    assert_eq!(receipts, [format!("x: QUARANTINED {reason}")]);
    assert_eq!(bed.count("SELECT count(*) FROM duty_event").await, 0);
}

#[rstest]
#[tokio::test]
async fn the_datum_is_converted_at_the_door(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let mut point = bed.trail("a", 0);
    (point["latitude"], point["longitude"]) = (json!(31.2304), json!(121.4737));
    point["datum"] = json!("GCJ02");
    assert_eq!(bed.send(&[point]).await, ["a: ACCEPTED"]);
    let shifted = "SELECT count(*) FROM check_in WHERE latitude_e6 BETWEEN 31231000 AND 31234000 \
                   AND longitude_e6 BETWEEN 121468000 AND 121470000";
    assert_eq!(bed.count(shifted).await, 1);
}

#[rstest]
#[tokio::test]
async fn a_revoked_device_delivers_what_it_recorded_before(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let revoked_at = bed.start + TimeDelta::seconds(60);
    run(
        &bed.db,
        "UPDATE device SET revoked_at = $1",
        [revoked_at.into()],
    )
    .await;
    let points = [bed.trail("a", 59), bed.trail("b", 60), bed.trail("c", 61)];
    let revoked = "QUARANTINED DEVICE_REVOKED";
    let expected = [
        "a: ACCEPTED".to_owned(),
        format!("b: {revoked}"),
        format!("c: {revoked}"),
    ];
    assert_eq!(bed.send(&points).await, expected);
}

#[rstest]
#[tokio::test]
async fn a_purged_month_takes_nothing_more(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let old = chrono::NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();
    let seal = "INSERT INTO segment_seal (month, sealed_at) VALUES ($1, $2)";
    run(&bed.db, seal, [old.into(), Utc::now().into()]).await;
    let in_march = with(&bed, "recordedAt", json!("2024-03-31T23:59:59Z"));
    let mut in_april = with(&bed, "recordedAt", json!("2024-04-01T00:00:00Z"));
    in_april["id"] = json!("y");
    let receipts = bed.send(&[in_march, in_april]).await;
    assert_eq!(receipts, ["x: QUARANTINED TOO_OLD", "y: ACCEPTED"]);
}

#[rstest]
#[case(0)]
#[case(-86_400)]
#[case(595)]
#[tokio::test]
async fn a_clock_within_ten_minutes_is_believed(#[case] ahead_s: i64) {
    let bed = bed(Sqlite).await;
    let time = Utc::now() + TimeDelta::seconds(ahead_s);
    let point = with(&bed, "recordedAt", json!(time.to_rfc3339()));
    assert_eq!(bed.send(&[point]).await, ["x: ACCEPTED"]);
}
