//! What a changed rule or fence would have done, asked before it is changed.

use rstest::rstest;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

const TRY: &str = "query ($input: SimulateRuleInput!) { simulateRule(input: $input) {
    repCount unchangedCount addedCount lostCount movedCount
    added { arrivedAt leftAt confidence rep { name } customer { name } }
    lost { arrivedAt rep { name } } moved { before { leftAt } after { leftAt } } } }";
const DRAW: &str = "mutation ($input: DrawGeofenceInput!) { drawGeofence(input: $input) {
    geofence { id } userErrors { message } } }";

impl Bed {
    /// Ann stays at the door of acme for ten minutes, and for a quarter of an hour two fields away.
    async fn ann_works(&self) -> String {
        let (door, field) = (Some(DOOR), Some((DOOR.0 + 0.01, DOOR.1)));
        for (time, place) in [
            ("11-03 09:00", door),
            ("11-03 09:05", door),
            ("11-03 09:10", door),
            ("11-03 09:20", field),
            ("11-03 09:28", field),
            ("11-03 09:35", field),
        ] {
            self.check_in("ann", at(time), place).await;
        }
        let input = json!({
            "customerId": self.customers["acme"].global(), "validFrom": "2026-11-01T00:00:00Z",
            "shape": {"circle": {"latitude": DOOR.0, "longitude": DOOR.1, "radiusM": 80}},
        });
        let drawn = self.ask("Nora", DRAW, json!({ "input": input })).await;
        let id = &drawn.body["data"]["drawGeofence"]["geofence"]["id"];
        id.as_str().unwrap().to_owned()
    }

    async fn tried(&self, name: &str, more: Value) -> crate::app::Reply {
        let mut input = json!({"from": "2026-11-02T00:00:00Z", "until": "2026-11-09T00:00:00Z"});
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        self.ask(name, TRY, json!({ "input": input })).await
    }

    async fn rows(&self) -> i64 {
        let text = "SELECT (SELECT count(*) FROM visit_rule) + (SELECT count(*) FROM visit)
            + (SELECT count(*) FROM geofence_version) + (SELECT count(*) FROM track_dirty)";
        let statement = Statement::from_string(self.db.backend(), text);
        let row = self.db.read.query_one_raw(statement).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn a_rule_and_fences_are_tried_on_the_reps_in_sight_and_nothing_is_written(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.ann_works().await;
    let rows = bed.rows().await;
    let told = async |name: &str, more: Value| {
        let reply = bed.tried(name, more).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"]["simulateRule"].clone()
    };
    let counts = |told: &Value| {
        ["unchangedCount", "addedCount", "lostCount", "movedCount"]
            .map(|name| told[name].as_i64().unwrap())
    };
    let same = told("Nora", json!({})).await;
    assert_eq!(counts(&same), [1, 0, 0, 0]);
    assert_eq!(same["repCount"], 3, "ann, bob and Nora");
    let strict = told("Nora", json!({"rule": {"minDwellS": 1_200}})).await;
    assert_eq!(counts(&strict), [0, 0, 1, 0]);
    assert_eq!(strict["lost"][0]["rep"]["name"], "ann");
    let later = json!({"rule": {"minDwellS": 1_200, "validFrom": "2026-11-04T00:00:00Z"}});
    assert_eq!(counts(&told("Nora", later).await), [1, 0, 0, 0]);

    let circle = json!({"circle": {"latitude": DOOR.0 + 0.01, "longitude": DOOR.1, "radiusM": 80}});
    let draw = json!([{"customerId": bed.customers["bolt"].global(), "shape": circle}]);
    let drawn = told("Nora", json!({ "draw": draw })).await;
    assert_eq!(counts(&drawn), [1, 1, 0, 0]);
    assert_eq!(drawn["added"][0]["customer"]["name"], "bolt");
    assert_eq!(drawn["added"][0]["arrivedAt"], "2026-11-03T09:20:00+00:00");
    let edited = told("Nora", json!({"edit": [{"id": fence, "shape": circle}]})).await;
    assert_eq!(counts(&edited), [0, 1, 1, 0]);
    let retired = told("Nora", json!({"retire": [fence]})).await;
    assert_eq!(counts(&retired), [0, 0, 1, 0]);
    let elsewhere = told("Ada", json!({"repIds": [bed.users["cy"].global()]})).await;
    assert_eq!(counts(&elsewhere), [0, 0, 0, 0]);
    assert_eq!(bed.rows().await, rows);
}

#[tokio::test]
async fn a_simulation_that_makes_no_sense_is_refused() {
    let bed = Bed::new(Backend::Sqlite).await;
    let fence = bed.ann_works().await;
    let many: Vec<String> = (0..51).map(|_| bed.users["ann"].global()).collect();
    let cases = [
        ("ann", json!({}), "FORBIDDEN"),
        (
            "Nora",
            json!({"until": "2026-11-02T00:00:00Z"}),
            "BAD_INPUT",
        ),
        (
            "Nora",
            json!({"until": "2026-12-09T00:00:00Z"}),
            "BAD_INPUT",
        ),
        ("Nora", json!({ "repIds": many }), "BAD_INPUT"),
        (
            "Nora",
            json!({"repIds": [bed.users["cy"].global()]}),
            "NOT_FOUND",
        ),
        ("Nora", json!({"rule": {"minDwellS": -1}}), "BAD_INPUT"),
        ("Nora", json!({"retire": ["nothing"]}), "NOT_FOUND"),
        (
            "Nora",
            json!({"edit": [{"id": fence, "shape": {"circle": {"latitude": 99, "longitude": 0, "radiusM": 5}}}]}),
            "BAD_INPUT",
        ),
    ];
    for (name, more, code) in cases {
        let reply = bed.tried(name, more.clone()).await;
        assert_eq!(
            reply.body["errors"][0]["extensions"]["code"], code,
            "{more}: {}",
            reply.body
        );
    }
}
