//! What the database itself refuses, by the name of the constraint.

use entity::field::{check_in, geofence_version, receipt, visit};
use entity::people::device;
use sea_orm::{EntityTrait, IntoActiveModel};

use crate::sample::{Rows, Shared, at};

/// The error with which both databases refuse a row.
async fn refusals<E>(row: impl Fn(&Rows) -> E::Model) -> Vec<String>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut errors = Vec::new();
    for bed in testbed::databases().await.unwrap() {
        let shared = Shared::new();
        shared.insert(&bed.db).await;
        let rows = Rows::of_new_rep(&shared, "ann");
        rows.insert(&bed.db).await;
        let refused = E::insert(row(&rows).into_active_model())
            .exec_without_returning(&bed.db.write)
            .await;
        errors.push(refused.unwrap_err().to_string());
    }
    errors
}

fn assert_all_name(constraint: &str, errors: &[String]) {
    for error in errors {
        assert!(error.contains(constraint), "{error}");
    }
}

#[tokio::test]
async fn a_visit_does_not_end_before_it_begins() {
    let errors = refusals::<visit::Entity>(|rows| visit::Model {
        id: entity::id::VisitId::new(),
        left_at: Some(at("2026-11-23T08:15:01.999Z")),
        ..rows.visit.clone()
    });
    assert_all_name("visit_left_at_check", &errors.await);
}

#[tokio::test]
async fn a_circle_has_no_polygon() {
    let errors = refusals::<geofence_version::Entity>(|rows| geofence_version::Model {
        version: 2,
        kind: geofence_version::Kind::Circle,
        ..rows.geofence_version.clone()
    });
    assert_all_name("geofence_version_shape_check", &errors.await);
}

#[tokio::test]
async fn half_a_position_is_none() {
    let errors = refusals::<check_in::Entity>(|rows| check_in::Model {
        latitude_e6: 31_230_400,
        ..rows.check_in.clone()
    });
    assert_all_name("check_in_position_check", &errors.await);
}

#[tokio::test]
async fn of_an_ignored_point_the_time_is_not_kept() {
    let errors = refusals::<receipt::Entity>(|rows| receipt::Model {
        client_id: "other".into(),
        status: receipt::Status::Ignored,
        ..rows.receipt.clone()
    });
    assert_all_name("receipt_ignored_check", &errors.await);
}

#[tokio::test]
async fn the_same_fix_is_stored_once() {
    let errors = refusals::<check_in::Entity>(|rows| check_in::Model {
        id: entity::id::CheckInId::new(),
        note: Some("the position is the key, not the rest".into()),
        ..rows.check_in.clone()
    })
    .await;
    assert_all_name("check_in.rep_id, check_in.recorded_at", &errors[..1]);
    // A partition has a key of its own name.
    assert!(errors[1].contains("_pkey"), "{}", errors[1]);
}

#[tokio::test]
async fn a_user_has_one_browser() {
    for bed in testbed::databases().await.unwrap() {
        let shared = Shared::new();
        shared.insert(&bed.db).await;
        let rows = Rows::of_new_rep(&shared, "ann");
        rows.insert(&bed.db).await;
        let browser = || device::Model {
            id: entity::id::DeviceId::new(),
            kind: device::Kind::Browser,
            token_hash: None,
            ..rows.device.clone()
        };
        crate::sample::insert::<device::Entity>(&bed.db, browser()).await;
        let second = device::Entity::insert(browser().into_active_model())
            .exec_without_returning(&bed.db.write)
            .await;
        assert!(second.is_err());
    }
}
