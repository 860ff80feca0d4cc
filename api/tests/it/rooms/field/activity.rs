//! The map of activity.

use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

fn map(resolution: i32, period: &str) -> String {
    format!(
        "query Map {{ activityMap(bbox: {{south: 31, west: 121, north: 32, east: 122}},
            resolution: {resolution}, period: {period}) {{
            cell checkIns visits customers reps centre {{ latitude }} boundary {{ latitude }} }} }}"
    )
}

const NOVEMBER: &str = r#"{kind: MONTH, of: "2026-11-01"}"#;

#[rstest]
#[tokio::test]
async fn activity_is_counted_by_hexagon_within_sight(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    for (rep, time, place) in [
        ("ann", "11-03 10:00", DOOR),
        ("ann", "11-03 10:03", DOOR),
        ("bob", "11-03 10:03", DOOR),
        ("ann", "11-03 11:00", (31.5, 121.5)),
        ("ann", "10-03 10:00", DOOR),
        ("ann", "11-03 12:00", (40.0, 100.0)),
        ("cy", "11-03 10:00", DOOR),
    ] {
        bed.check_in(rep, at(time), Some(place)).await;
    }
    bed.check_in("ann", at("11-03 13:00"), None).await;
    bed.visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    bed.visit(bed.users["cy"], "acme", fence, at("11-03 10:00"))
        .await;
    let cells = async |name: &str| {
        let cells = bed.data(name, &map(8, NOVEMBER)).await["activityMap"].clone();
        let mut cells: Vec<Value> = cells.as_array().unwrap().clone();
        cells.sort_by_key(|cell| -cell["checkIns"].as_i64().unwrap());
        let counts = cells.iter().map(|cell| {
            ["checkIns", "visits", "customers", "reps"].map(|count| cell[count].as_i64().unwrap())
        });
        counts.collect::<Vec<_>>()
    };
    assert_eq!(cells("Nora").await, [[3, 1, 2, 2], [1, 0, 0, 1]]);
    assert_eq!(cells("Ada").await, [[4, 2, 3, 3], [1, 0, 0, 1]]);
    for (query, message) in [
        (map(16, NOVEMBER), "resolution must be from 0 to 15"),
        (map(-1, NOVEMBER), "resolution must be from 0 to 15"),
        (
            map(8, NOVEMBER).replace("south: 31", "south: 95"),
            "bbox: south is north of north",
        ),
    ] {
        let reply = bed.ask("Ada", &query, json!({})).await;
        assert_eq!(reply.body["errors"][0]["message"], message);
    }
    assert_eq!(
        bed.ask("ann", &map(8, NOVEMBER), json!({})).await.code(),
        "FORBIDDEN"
    );
}
