//! Fences: drawn, changed, retired, and refused with the ring and its fault.

use entity::field::{geofence_version, track, track_dirty};
use entity::viewer::Scope;
use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

const DRAW: &str = "mutation ($input: DrawGeofenceInput!) { drawGeofence(input: $input) {
    geofence { id name customer { name } current { version kind areaM2 geojson
        circle { radiusM } createdBy { name } } }
    userErrors { code field message } } }";
const EDIT: &str = "mutation ($input: EditGeofenceInput!) { editGeofence(input: $input) {
    geofence { versions(orderBy: {version: ASC}) { nodes { version kind validFrom validTo } } }
    userErrors { code field message } } }";
const RETIRE: &str = "mutation ($id: ID!) { retireGeofence(id: $id) {
    geofence { retiredAt current { version } } userErrors { code } } }";

fn circle(radius_m: f64) -> Value {
    json!({ "circle": { "latitude": DOOR.0, "longitude": DOOR.1, "radiusM": radius_m } })
}

fn square() -> Value {
    json!({ "polygon": { "type": "Polygon", "coordinates": [[
        [121.47, 31.23], [121.48, 31.23], [121.48, 31.24], [121.47, 31.24], [121.47, 31.23],
    ]] } })
}

impl Bed {
    async fn drawn(&self, name: &str, shape: Value) -> Value {
        let customer = self.customers["acme"].global();
        let input = json!({ "customerId": customer, "name": "door", "shape": shape });
        let reply = self.ask(name, DRAW, json!({ "input": input })).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"]["drawGeofence"].clone()
    }

    async fn tracked(&self, rep: &str) {
        self.insert(track::Model {
            rep_id: self.users[rep],
            revision: 1,
            claim_token: None,
            claimed_until: None,
            tries: 0,
            failed_at: None,
            set_aside_at: None,
            retry_at: None,
            last_error: None,
            due_at: None,
            told: None,
            live: None,
        })
        .await;
    }

    /// Whose tracks wait for the worker.
    pub(super) async fn dirty(&self) -> Vec<entity::id::UserId> {
        #[expect(
            clippy::disallowed_methods,
            reason = "nobody reads this table in the API"
        )]
        let rows = track_dirty::Entity::find()
            .all(&self.db.read)
            .await
            .unwrap();
        rows.into_iter().map(|row| row.rep_id).collect()
    }

    async fn fences_counter(&self) -> i64 {
        let text = "SELECT value FROM counter WHERE name = 'fences'";
        let statement = Statement::from_string(self.db.backend(), text);
        let row = self
            .db
            .read
            .query_one_raw(statement)
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn a_drawn_fence_counts_and_the_workers_are_told(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.tracked("ann").await;
    bed.tracked("cy").await;
    let drawn = bed.drawn("Nora", circle(80.0)).await;
    assert_eq!(drawn["userErrors"], json!([]));
    let fence = &drawn["geofence"];
    assert_eq!(
        (&fence["name"], &fence["customer"]["name"]),
        (&json!("door"), &json!("acme"))
    );
    assert_eq!(fence["current"]["circle"]["radiusM"], 80.0);
    assert_eq!(fence["current"]["createdBy"]["name"], "Nora");
    assert_eq!(bed.fences_counter().await, 1);
    assert_eq!(bed.dirty().await, [bed.users["ann"]], "acme is ann's");
    let polygon = bed.drawn("Nora", square()).await["geofence"]["current"].clone();
    assert_eq!(
        (&polygon["kind"], &polygon["circle"]),
        (&json!("POLYGON"), &Value::Null)
    );
    assert_eq!(polygon["geojson"]["type"], "Polygon");
    let rows = geofence_version::Entity::visible_to(&Scope::All);
    assert_eq!(rows.all(&bed.db.read).await.unwrap().len(), 2);
}

#[rstest]
#[case(json!({ "circle": { "latitude": 31.0, "longitude": 121.0, "radiusM": 0.0 } }),
    "RADIUS_OUT_OF_RANGE", "shape.circle.radiusM")]
#[case(json!({ "circle": { "latitude": 31.0, "longitude": 121.0, "radiusM": 100_000.0 } }),
    "RADIUS_OUT_OF_RANGE", "shape.circle.radiusM")]
#[case(json!({ "circle": { "latitude": 91.0, "longitude": 121.0, "radiusM": 5.0 } }),
    "COORDINATE_OUT_OF_RANGE", "shape.circle.latitude")]
#[case(json!({ "polygon": { "type": "Point", "coordinates": [1, 2] } }),
    "WRONG_GEOJSON_TYPE", "shape.polygon")]
#[case(json!({ "polygon": { "type": "Polygon", "coordinates": [] } }), "EMPTY", "shape.polygon")]
#[case(json!({ "polygon": "no" }), "MALFORMED_GEOJSON", "shape.polygon")]
#[case(json!({ "polygon": { "type": "Polygon", "coordinates": [[
    [0.0, 0.0], [0.01, 0.01], [0.01, 0.0], [0.0, 0.01], [0.0, 0.0]]] } }),
    "SELF_INTERSECTION", "shape.polygon")]
#[tokio::test]
async fn a_shape_that_is_none_is_refused_with_its_fault(
    #[case] shape: Value,
    #[case] code: &str,
    #[case] field: &str,
) {
    let bed = Bed::new(Backend::Sqlite).await;
    let drawn = bed.drawn("Ada", shape).await;
    assert_eq!(drawn["geofence"], Value::Null);
    let error = &drawn["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!(code), &json!(field)),
        "{error}"
    );
    assert_eq!(bed.fences_counter().await, 0);
}

#[rstest]
#[tokio::test]
async fn a_new_shape_counts_from_its_time_on(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let id = bed.fence("acme").await.global();
    let edit = async |shape: Value, from: Option<&str>| {
        let input = json!({ "id": id, "shape": shape, "validFrom": from });
        let reply = bed.ask("Nora", EDIT, json!({ "input": input })).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"]["editGeofence"].clone()
    };
    let edited = edit(square(), Some("2026-11-01T00:00:00Z")).await;
    let versions = &edited["geofence"]["versions"]["nodes"];
    assert_eq!(versions[0]["validTo"], "2026-11-01T00:00:00+00:00");
    assert_eq!(
        (&versions[1]["kind"], &versions[1]["validTo"]),
        (&json!("POLYGON"), &Value::Null)
    );
    let early = edit(circle(50.0), Some("2026-10-01T00:00:00Z")).await;
    assert_eq!(early["userErrors"][0]["code"], "OUT_OF_RANGE");
    for _ in 0..2 {
        let reply = bed.ask("Nora", RETIRE, json!({ "id": id })).await;
        let retired = &reply.body["data"]["retireGeofence"]["geofence"];
        assert_ne!(retired["retiredAt"], Value::Null);
        assert_eq!(retired["current"], Value::Null);
    }
    let late = edit(circle(50.0), None).await;
    assert_eq!(late["userErrors"][0]["code"], "RETIRED");
}

#[tokio::test]
async fn fences_are_drawn_by_managers_where_they_see_the_customer() {
    let bed = Bed::new(Backend::Sqlite).await;
    let fence = bed.fence("core").await.global();
    let input = json!({ "input": { "customerId": bed.customers["core"].global(),
        "shape": circle(50.0) } });
    assert_eq!(
        bed.ask("Nora", DRAW, input.clone()).await.code(),
        "NOT_FOUND"
    );
    assert_eq!(bed.ask("cy", DRAW, input).await.code(), "FORBIDDEN");
    let edit = json!({ "input": { "id": fence, "shape": circle(50.0) } });
    assert_eq!(bed.ask("Nora", EDIT, edit).await.code(), "NOT_FOUND");
    assert_eq!(
        bed.ask("Nora", RETIRE, json!({ "id": fence })).await.code(),
        "NOT_FOUND"
    );
}

#[rstest]
#[tokio::test]
async fn a_check_in_is_judged_by_the_fences_of_its_time(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.fence("acme").await;
    bed.fence("core").await;
    bed.fences.fresh().await.unwrap();
    bed.drawn("Ada", circle(30.0)).await;
    bed.fences.fresh().await.unwrap();
    bed.check_in("ann", at("11-03 10:00"), Some(DOOR)).await;
    let query = "{ checkIns { nodes { verdicts { verdict distanceM exitMarginM sentence
        geofenceVersion customer { name } geofence { name } } } } }";
    let judged = bed.data("ann", query).await["checkIns"]["nodes"][0]["verdicts"].clone();
    assert_eq!(
        judged.as_array().unwrap().len(),
        1,
        "core is not ann's, the door came later"
    );
    assert_eq!(judged[0]["verdict"], "INSIDE");
    assert_eq!(judged[0]["sentence"], "Inside: 100 m within the boundary.");
    assert_eq!(judged[0]["customer"]["name"], "acme");
}

#[tokio::test]
async fn a_fault_that_has_a_place_is_shown_where_it_is() {
    let bed = Bed::new(Backend::Sqlite).await;
    let id = bed.fence("acme").await.global();
    let shape = polygon(&[&[(0.0, 0.0), (0.01, 0.01), (0.01, 0.0), (0.0, 0.01)]]);
    let edit = "mutation($input: EditGeofenceInput!) { editGeofence(input: $input) {
        userErrors { position { latitude longitude } } } }";
    let input = json!({ "input": { "id": id, "shape": shape } });
    let reply = bed.ask("Nora", edit, input).await.body;
    let place = &reply["data"]["editGeofence"]["userErrors"][0]["position"];
    for axis in ["latitude", "longitude"] {
        let degrees = place[axis].as_f64().unwrap();
        assert!((degrees - 0.005).abs() < 1e-6, "{reply}");
    }
}

#[rstest]
#[case::no_radius(json!({ "circle": { "latitude": 31.0, "longitude": 121.0, "radiusM": 0 } }),
    "RADIUS_OUT_OF_RANGE",
    "the radius 0 m is out of range: it must be above 0 and at most 50000 m")]
#[case::too_far(json!({ "circle": { "latitude": 31.0, "longitude": 121.0, "radiusM": 100_000 } }),
    "RADIUS_OUT_OF_RANGE",
    "the radius 100000 m is out of range: it must be above 0 and at most 50000 m")]
#[case::inside_out(json!({ "circle": { "latitude": 31.0, "longitude": 121.0, "radiusM": -5 } }),
    "RADIUS_OUT_OF_RANGE",
    "the radius -5 m is out of range: it must be above 0 and at most 50000 m")]
#[case::crosses_itself(polygon(&[&[(0.0, 0.0), (0.01, 0.01), (0.01, 0.0), (0.0, 0.01)]]),
    "SELF_INTERSECTION", "polygon 1, exterior crosses itself: edges 1 and 3 meet at longitude \
     0.0050000, latitude 0.0050000")]
#[case::a_hole_crosses_itself(polygon(&[
    &[(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1)],
    &[(0.02, 0.02), (0.04, 0.04), (0.04, 0.02), (0.02, 0.04)]]),
    "SELF_INTERSECTION", "polygon 1, hole 1 crosses itself: edges 1 and 3 meet at longitude \
     0.0300000, latitude 0.0300000")]
#[case::a_hole_outside(polygon(&[
    &[(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1)],
    &[(0.5, 0.5), (0.6, 0.5), (0.6, 0.6)]]),
    "HOLE_OUTSIDE", "polygon 1, hole 1 lies outside its exterior")]
#[case::no_ring(json!({ "polygon": { "type": "Polygon", "coordinates": [] } }),
    "EMPTY", "polygon 1 is empty")]
#[case::an_empty_ring(json!({ "polygon": { "type": "Polygon", "coordinates": [[]] } }),
    "EMPTY", "polygon 1, exterior is empty")]
#[case::no_polygon(json!({ "polygon": { "type": "MultiPolygon", "coordinates": [] } }),
    "EMPTY", "coordinates is empty")]
#[case::a_line(polygon(&[&[(0.0, 0.0), (0.01, 0.0), (0.02, 0.0)]]),
    "ZERO_AREA", "polygon 1, exterior has no area: its points lie on a line")]
#[case::swapped(polygon(&[&[(31.0, 121.0), (31.1, 121.0), (31.1, 121.1)]]),
    "COORDINATE_OUT_OF_RANGE", "polygon 1, exterior, point 1: latitude 121 is out of range: it \
     must be between -90 and 90 degrees (GeoJSON order is longitude, latitude)")]
#[tokio::test]
async fn a_faulty_shape_is_told_with_its_ring_and_leaves_the_fence_as_it_was(
    #[case] shape: Value,
    #[case] code: &str,
    #[case] message: &str,
) {
    let bed = Bed::new(Backend::Sqlite).await;
    let drawn = bed.drawn("Nora", shape.clone()).await;
    assert_eq!(drawn["userErrors"][0]["message"], message);
    assert_eq!(drawn["userErrors"][0]["code"], code);
    let id = bed.fence("acme").await.global();
    let input = json!({ "input": { "id": id, "shape": shape } });
    let reply = bed.ask("Nora", EDIT, input).await.body;
    let edited = &reply["data"]["editGeofence"];
    assert_eq!(edited["userErrors"][0]["message"], message, "{reply}");
    let query = "{ geofences { nodes { current { version circle { radiusM } } } } }";
    let kept = bed.data("Nora", query).await["geofences"]["nodes"].clone();
    let current = json!({ "version": 1, "circle": { "radiusM": 100.0 } });
    assert_eq!(kept, json!([{ "current": current }]));
    assert_eq!(bed.fences_counter().await, 0, "no worker is told");
}

#[tokio::test]
async fn a_fence_has_one_shape_a_customer_and_a_short_name() {
    let bed = Bed::new(Backend::Sqlite).await;
    let acme = bed.customers["acme"].global();
    let good = json!({ "customerId": acme, "shape": circle(50.0) });
    let both = json!({ "circle": circle(50.0)["circle"], "polygon": square()["polygon"] });
    for (field, value, expected) in [
        ("shape", both, "GRAPHQL_VALIDATION_FAILED"),
        ("shape", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("shape", json!({ "square": 1 }), "GRAPHQL_VALIDATION_FAILED"),
        (
            "shape",
            json!({ "circle": { "latitude": 31.0, "longitude": 121.0 } }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("customerId", json!("x"), "NOT_FOUND"),
        ("customerId", json!(bed.users["ann"].global()), "NOT_FOUND"),
        ("validFrom", json!("soon"), "BAD_INPUT"),
    ] {
        let mut input = good.clone();
        input[field] = value;
        let reply = bed.ask("Nora", DRAW, json!({ "input": input })).await;
        assert_eq!(reply.code(), expected, "{input}");
    }
    let mut long = good;
    long["name"] = json!("n".repeat(201));
    let reply = bed.ask("Nora", DRAW, json!({ "input": long })).await.body;
    let error = &reply["data"]["drawGeofence"]["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("TOO_LONG"), &json!("name"))
    );
    assert_eq!(bed.fences_counter().await, 0);
}

/// A polygon by its rings of longitude and latitude, each closed here.
fn polygon(rings: &[&[(f64, f64)]]) -> Value {
    let rings = rings.iter().map(|ring| {
        let closed = ring.iter().chain(ring.first());
        json!(
            closed
                .map(|(east, north)| [east, north])
                .collect::<Vec<_>>()
        )
    });
    json!({ "polygon": { "type": "Polygon", "coordinates": rings.collect::<Vec<_>>() } })
}
