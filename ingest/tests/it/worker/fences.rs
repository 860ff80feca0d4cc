//! The fences that every process shares.

use std::time::Duration;

use chrono::Utc;
use domain::position::Position;
use ingest::Fences;
use rstest::rstest;
use testbed::Backend;
use tokio_util::sync::CancellationToken;

use super::bed::{Bed, place_of};
use super::company::insert_version;

/// The versions around a place, each with its distance in whole metres.
fn around(fences: &Fences, name: &str) -> String {
    let (latitude, longitude) = place_of(name);
    let place = Position::new(latitude, longitude).unwrap();
    let near = fences.current().near(place, 500.0, None);
    let mut told: Vec<String> = near
        .iter()
        .map(|near| {
            let number = near.fence.fence.as_u128();
            format!("{number}v{} {:.0}", near.fence.version, near.distance_m)
        })
        .collect();
    told.sort();
    told.join(", ")
}

#[rstest]
#[tokio::test]
async fn a_change_is_known_to_all_within_two_seconds_even_without_a_hint(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fences = Fences::load(&bed.database.db).await.unwrap();
    assert_eq!(around(&fences, "bolt"), "2v1 -100");
    let stop = CancellationToken::new();
    let following = {
        let (fences, presence, stop) = (fences.clone(), bed.presence.clone(), stop.clone());
        tokio::task::JoinSet::from_iter([async move { fences.run(&presence, stop).await }])
    };

    let moved = place_of("bolt");
    insert_version(&bed.database.db.write, "acme", 2, moved, Utc::now()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    assert_eq!(around(&fences, "bolt"), "1v2 -100, 2v1 -100");
    stop.cancel();
    following.join_all().await;
}

#[rstest]
#[tokio::test]
async fn many_small_changes_lead_to_the_same_fences_as_a_fresh_start(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let followed = Fences::load(&bed.database.db).await.unwrap();
    for version in 2..12 {
        let name = ["acme", "bolt", "corner"][version as usize % 3];
        let place = place_of(["road", "acme"][version as usize % 2]);
        insert_version(&bed.database.db.write, name, version, place, Utc::now()).await;
        followed.fresh().await.unwrap();
    }

    let fresh = Fences::load(&bed.database.db).await.unwrap();

    assert_eq!(followed.current().len(), 13);
    for name in ["acme", "bolt", "corner", "road"] {
        assert_eq!(around(&followed, name), around(&fresh, name));
    }
}

#[rstest]
#[tokio::test]
async fn more_versions_than_a_page_holds_are_all_read(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.execute(
        "INSERT INTO geofence_version (geofence_id, version, valid_from, valid_to, kind, latitude,
            longitude, radius_m, geojson, area_m2, created_by, created_at)
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20010)
        SELECT v.geofence_id, n.i, v.valid_from, v.valid_to, v.kind, v.latitude, v.longitude, v.radius_m,
            v.geojson,
            v.area_m2, v.created_by, v.created_at
        FROM geofence_version v JOIN geofence g ON g.id = v.geofence_id
            JOIN customer c ON c.id = g.customer_id, n
        WHERE c.code = 'acme' AND v.version = 1",
    )
    .await;
    let count = bed.number("SELECT COUNT(*) FROM geofence_version").await;

    let fences = Fences::load(&bed.database.db).await.unwrap();

    assert_eq!(i64::try_from(fences.current().len()), Ok(count));
    assert_eq!(around(&fences, "acme").matches(", ").count(), 20_010);
}

#[rstest]
#[tokio::test]
async fn a_stored_fence_that_is_no_shape_stands_nowhere_and_harms_no_other(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.execute(
        "UPDATE geofence_version SET kind = 'POLYGON', latitude = NULL, longitude = NULL,
            radius_m = NULL, geojson = '{\"type\": \"Polygon\", \"coordinates\": []}'
        WHERE geofence_id IN (SELECT id FROM geofence WHERE customer_id IN
            (SELECT id FROM customer WHERE code = 'acme'))",
    )
    .await;

    let fences = Fences::load(&bed.database.db).await.unwrap();

    assert_eq!(around(&fences, "acme"), "3v1 77");
    assert_eq!(around(&fences, "bolt"), "2v1 -100");
}
