//! Places in the datum a client asks for or draws in; what is kept is WGS-84.

use chrono::SubsecRound;
use domain::datum::Datum;
use domain::position::Position;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

const DRAW: &str = "mutation ($input: DrawGeofenceInput!) { drawGeofence(input: $input) {
    geofence { current { circle { centre { latitude longitude }
        bent: centre(datum: BD09) { latitude longitude } }
        geojson bent: geojson(datum: GCJ02) } }
    userErrors { code position { latitude longitude } } } }";

fn shifted(datum: Datum) -> Position {
    datum.from_wgs84(Position::new(DOOR.0, DOOR.1).unwrap())
}

/// To a tenth of a metre.
fn is_at(place: &Value, (latitude, longitude): (f64, f64)) -> bool {
    let near = |name: &str, wanted: f64| (place[name].as_f64().unwrap() - wanted).abs() < 1e-6;
    near("latitude", latitude) && near("longitude", longitude)
}

#[rstest]
#[tokio::test]
async fn a_check_in_is_given_in_every_datum(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.check_in("ann", at("11-03 10:00"), Some(DOOR)).await;
    let query = "{ checkIns { nodes { position { latitude longitude }
        gcj: position(datum: GCJ02) { latitude longitude }
        bd: position(datum: BD09) { latitude longitude } } } }";
    let seen = bed.data("ann", query).await["checkIns"]["nodes"][0].clone();
    assert!(is_at(&seen["position"], DOOR), "{seen}");
    for (name, datum) in [("gcj", Datum::Gcj02), ("bd", Datum::Bd09)] {
        let there = shifted(datum);
        assert!(
            is_at(&seen[name], (there.latitude(), there.longitude())),
            "{seen}"
        );
    }
}

#[tokio::test]
async fn a_fence_drawn_on_a_shifted_map_stands_where_its_shop_is() {
    let bed = Bed::new(Backend::Sqlite).await;
    let there = shifted(Datum::Gcj02);
    let customer = bed.customers["acme"].global();
    let circle =
        json!({ "latitude": there.latitude(), "longitude": there.longitude(), "radiusM": 80 });
    let input = json!({ "customerId": customer, "datum": "GCJ02", "shape": { "circle": circle } });
    let reply = bed.ask("Ada", DRAW, json!({ "input": input })).await;
    let drawn = &reply.body["data"]["drawGeofence"]["geofence"]["current"];
    assert!(is_at(&drawn["circle"]["centre"], DOOR), "{drawn}");
    let bent = shifted(Datum::Bd09);
    let place = (bent.latitude(), bent.longitude());
    assert!(is_at(&drawn["circle"]["bent"], place), "{drawn}");
    let point = &drawn["bent"]["geometry"]["coordinates"];
    assert!((point[0].as_f64().unwrap() - there.longitude()).abs() < 1e-6);

    // A fault stands where it was drawn.
    let (x, y) = (there.longitude(), there.latitude());
    let ring = json!([
        [x, y],
        [x + 0.01, y + 0.01],
        [x + 0.01, y],
        [x, y + 0.01],
        [x, y]
    ]);
    let polygon = json!({ "type": "Polygon", "coordinates": [ring] });
    let input =
        json!({ "customerId": customer, "datum": "GCJ02", "shape": { "polygon": polygon } });
    let reply = bed.ask("Ada", DRAW, json!({ "input": input })).await;
    let fault = &reply.body["data"]["drawGeofence"]["userErrors"][0];
    assert_eq!(fault["code"], "SELF_INTERSECTION");
    let crossing = &fault["position"];
    assert!(
        (crossing["latitude"].as_f64().unwrap() - (y + 0.005)).abs() < 1e-4,
        "{fault}"
    );
    assert!(
        (crossing["longitude"].as_f64().unwrap() - (x + 0.005)).abs() < 1e-4,
        "{fault}"
    );
}

#[tokio::test]
async fn a_customer_is_put_where_a_shifted_map_shows_it() {
    let bed = Bed::new(Backend::Sqlite).await;
    let there = shifted(Datum::Bd09);
    let edit = "mutation ($input: EditCustomerInput!) { editCustomer(input: $input) {
        customer { position { latitude longitude } bd: position(datum: BD09) { latitude } }
        userErrors { code } } }";
    let place =
        json!({ "latitude": there.latitude(), "longitude": there.longitude(), "datum": "BD09" });
    let input = json!({ "id": bed.customers["acme"].global(), "position": place });
    let reply = bed.ask("Ada", edit, json!({ "input": input })).await;
    let customer = &reply.body["data"]["editCustomer"]["customer"];
    assert!(is_at(&customer["position"], DOOR), "{}", reply.body);
    assert!((customer["bd"]["latitude"].as_f64().unwrap() - there.latitude()).abs() < 1e-6);
}

#[rstest]
#[tokio::test]
async fn a_device_whose_positions_hop_between_datums_is_suspected(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let here = Position::new(31.2304, 121.4737).unwrap();
    let shifted = domain::datum::Datum::Gcj02.from_wgs84(here);
    let now = chrono::Utc::now().trunc_subsecs(0);
    for (minutes, position) in [
        (40, here),
        (35, shifted),
        (30, here),
        (25, here),
        (20, shifted),
    ] {
        let at = now - chrono::TimeDelta::minutes(minutes);
        for rep in ["ann", "bob"] {
            let place = if rep == "ann" { position } else { here };
            bed.check_in(rep, at, Some((place.latitude(), place.longitude())))
                .await;
        }
    }
    let query = "{ users { nodes { name devices { nodes { datumSuspicion { datum hopCount lastAt } } } } } }";
    let told = bed.data("Nora", query).await;
    let of = |name: &str| {
        let nodes = told["users"]["nodes"].as_array().unwrap();
        let node = nodes.iter().find(|node| node["name"] == name).unwrap();
        node["devices"]["nodes"][0]["datumSuspicion"].clone()
    };
    assert_eq!(of("bob"), serde_json::Value::Null);
    let suspected = of("ann");
    assert_eq!(suspected["datum"], "GCJ02");
    assert_eq!(suspected["hopCount"], 3);
    let last_at = (now - chrono::TimeDelta::minutes(20)).to_rfc3339();
    assert_eq!(suspected["lastAt"], last_at);
}
