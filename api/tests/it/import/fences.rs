//! Geofences: as circles, WKT and GeoJSON, and who hears of them.

use api::import::{Kind, Source};
use rstest::rstest;
use testbed::Backend;

use super::{Bed, plan, told};

/// Half a kilometre about Alexanderplatz.
const SQUARE: &str = "13.41 52.52, 13.42 52.52, 13.42 52.525, 13.41 52.525, 13.41 52.52";

#[rstest]
#[tokio::test]
async fn fences_come_as_circles_as_wkt_and_as_geojson(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.take(Kind::Customers, "code,name\nA1,Acme\nA2,Bolt\nA3,Core\n")
        .await;
    let table = format!(
        "customerCode,name,latitude,longitude,radiusM,wkt\n\
         A1,door,52.5,13.4,80,\nA1,yard,,,,\"POLYGON (({SQUARE}))\"\nA2,,,,60,POINT (13.4 52.5)\n"
    );
    assert_eq!(bed.take(Kind::Geofences, &table).await, (3, 0, 0, 0));
    let ring: Vec<String> = SQUARE
        .split(", ")
        .map(|corner| format!("[{}]", corner.replace(' ', ",")))
        .collect();
    let feature = |properties: &str, geometry: &str| {
        format!("{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{geometry}}}")
    };
    let polygon = format!(
        "{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}",
        ring.join(",")
    );
    let collection = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{},{}]}}",
        feature("{\"customerCode\":\"A1\",\"name\":\"yard\"}", &polygon),
        feature(
            "{\"customerCode\":\"A3\",\"radiusM\":70}",
            "{\"type\":\"Point\",\"coordinates\":[13.4,52.5]}"
        ),
    );
    assert_eq!(bed.take(Kind::Geofences, &collection).await, (1, 0, 1, 0));
    assert_eq!(bed.take(Kind::Geofences, &table).await, (0, 0, 3, 0));
    let kinds = "SELECT code || ' ' || COALESCE(geofence.name, '-') || ' ' || kind || ' ' || \
        ROUND(area_m2 / 1000)::text FROM geofence_version \
        JOIN geofence ON geofence.id = geofence_id JOIN customer ON customer.id = customer_id \
        ORDER BY code, geofence.name, version";
    let plain = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().map(|row| row.replace(".0", "")).collect()
    };
    assert_eq!(
        plain(bed.column(kinds).await),
        [
            "A1 door CIRCLE 20",
            "A1 yard POLYGON 378",
            "A2 - CIRCLE 11",
            "A3 - CIRCLE 15"
        ]
    );

    // Another shape is another version; the old one counted until now.
    let moved = "customerCode,name,latitude,longitude,radiusM\nA1,door,52.5,13.4,90\n";
    let counter = "SELECT value::text || '' FROM counter WHERE name = 'fences'";
    let before = bed.column(counter).await;
    assert_eq!(bed.take(Kind::Geofences, moved).await, (0, 1, 0, 0));
    assert_ne!(bed.column(counter).await, before, "the workers are told");
    assert_eq!(
        plain(bed.column(kinds).await)[..2],
        ["A1 door CIRCLE 20", "A1 door CIRCLE 25"]
    );

    let mut skipping = plan(Kind::Geofences, Source::Plain);
    skipping.skips_bad = true;
    let bad = "customerCode,latitude,longitude,radiusM,wkt\nA9,52,13,5,\nA1,52,13,,\nA2,,,,\n\
        A3,,,,\"POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))\"\nA3,,,,LINESTRING (0 0 1 1)\n";
    let report = bed.run(&skipping, bad).await.unwrap();
    let told = told(&report);
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[0].starts_with("2 customerCode: no customer has the code \"A9\""));
    assert_eq!(told[1], "3 radiusM: a point needs a radius");
    assert_eq!(told[2], "4 latitude: neither a shape nor a centre is there");
    assert!(told[3].starts_with("5 wkt: "), "{told:?}");
}

#[rstest]
#[tokio::test]
async fn customers_without_a_fence_may_get_a_circle(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let table = "code,name,latitude,longitude\nA1,Acme,52.5,13.4\nA2,Bolt,,\n";
    let mut plan = plan(Kind::Customers, Source::Plain);
    plan.fence_radius_m = Some(75.0);
    for _ in 0..2 {
        bed.run(&plan, table).await.unwrap();
        let fences = "SELECT code || ' ' || ROUND(radius_m)::text FROM geofence_version \
            JOIN geofence ON geofence.id = geofence_id JOIN customer ON customer.id = customer_id";
        assert_eq!(bed.column(fences).await[0].replace(".0", ""), "A1 75");
        assert_eq!(
            bed.column("SELECT code FROM geofence JOIN customer ON customer.id = customer_id")
                .await
                .len(),
            1
        );
    }
}

#[rstest]
#[tokio::test]
async fn of_many_new_fences_everybodys_track_hears_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.users().await;
    bed.execute("INSERT INTO track (rep_id, revision, tries) SELECT id, 1, 0 FROM user_account")
        .await;
    let mut customers = "code,name\n".to_owned();
    let mut fences = "customerCode,latitude,longitude,radiusM\n".to_owned();
    for number in 0..600 {
        customers += &format!("C{number},Customer {number}\n");
        fences += &format!("C{number},52.{number:03},13.4,80\n");
    }
    assert_eq!(bed.take(Kind::Customers, &customers).await, (600, 0, 0, 0));
    assert_eq!(bed.take(Kind::Geofences, &fences).await, (600, 0, 0, 0));
    let dirty = "SELECT CAST(COUNT(*) AS text) FROM track_dirty";
    assert_eq!(bed.column(dirty).await, ["2"], "one note a track");
    let few = "customerCode,name,latitude,longitude,radiusM\nC1,gate,52.1,13.4,80\n";
    assert_eq!(bed.take(Kind::Geofences, few).await, (1, 0, 0, 0));
    assert_eq!(bed.column(dirty).await, ["2"], "C1 is nobody's");
}
