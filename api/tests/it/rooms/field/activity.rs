//! The map of activity.

use chrono::TimeDelta;
use domain::position::Position;
use entity::field::check_in;
use entity::id::CheckInId;
use rstest::rstest;
use sea_orm::{EntityTrait, IntoActiveModel};
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

#[rstest]
#[case::too_fine(map(15, NOVEMBER), "about 11774893609 cells", "resolution up to 8")]
#[case::too_large(
    map(9, NOVEMBER).replace("north: 32, east: 122", "north: 36, east: 128"),
    "about 3424880 cells", "resolution up to 7"
)]
#[case::the_world(
    map(5, NOVEMBER).replace("south: 31, west: 121, north: 32, east: 122",
        "south: -90, west: -180, north: 90, east: 180"),
    "about 2016842 cells", "resolution up to 3"
)]
#[tokio::test]
async fn a_map_beyond_measure_is_refused_before_anything_is_read(
    #[case] query: String,
    #[case] cells: &str,
    #[case] remedy: &str,
) {
    let bed = Bed::new(Backend::Sqlite).await;
    let (reply, statements) = bed.counted(bed.ask("Ada", &query, json!({}))).await;
    let message = reply.body["errors"][0]["message"].as_str().unwrap();
    assert_eq!(reply.code(), "BAD_INPUT");
    assert!(
        message.contains(cells) && message.ends_with(remedy),
        "{message}"
    );
    assert_eq!(statements, 0);
}

#[tokio::test]
async fn a_map_of_too_many_cells_with_something_in_them_is_refused() {
    let bed = Bed::new(Backend::Sqlite).await;
    let first = bed
        .check_in("ann", at("11-03 09:00"), Some((31.0, 121.0)))
        .await;
    let more = (1..=1_999).map(|number| {
        let (north, east) = (f64::from(number / 50), f64::from(number % 50));
        let place = Position::new(31.0 + north * 0.02, 121.0 + east * 0.02).unwrap();
        let (latitude_e6, longitude_e6) = place.to_e6();
        let row = check_in::Model {
            id: CheckInId::new(),
            recorded_at: first.recorded_at + TimeDelta::seconds(number.into()),
            latitude_e6,
            longitude_e6,
            ..first.clone()
        };
        row.into_active_model()
    });
    let more: Vec<check_in::ActiveModel> = more.collect();
    for some in more.chunks(500) {
        let insert = check_in::Entity::insert_many(some.to_vec());
        insert.exec_without_returning(&bed.db.write).await.unwrap();
    }
    // The customers are all in one more.
    let reply = bed.ask("Ada", &map(8, NOVEMBER), json!({})).await;
    assert_eq!(reply.code(), "BAD_INPUT");
    let message = reply.body["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("the map has 2001 cells, at most 2000 are given"),
        "{message}"
    );
}
