//! The company of the worker's tests: customers with fences, and reps who care for all of them.

use chrono::{DateTime, TimeDelta, Utc};
use entity::customers::{assignment, customer};
use entity::field::{geofence, geofence_version, track};
use entity::id::{AssignmentId, DeviceId, UserId};
use entity::people::{company, device, user};
use entity::viewer::Role;
use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait, IntoActiveModel};
use testbed::TestDatabase;

use super::bed::{PLACES, customer_id, day, fence_id};

/// Since when everything in the company holds.
pub(crate) fn founded() -> DateTime<Utc> {
    day() - TimeDelta::days(30)
}

pub(crate) async fn found(database: &TestDatabase, reps: usize) -> Vec<(UserId, DeviceId)> {
    let db = &database.db.write;
    let company = company::Model {
        id: 1,
        name: "Test".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        week_start: 1,
        currency: "CNY".to_owned(),
    };
    company::Entity::insert(company.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    for (name, latitude, longitude) in PLACES {
        insert_customer(db, name).await;
        insert_fence(db, name, latitude, longitude).await;
    }
    let mut found = Vec::new();
    for number in 0..reps {
        found.push(insert_rep(db, number).await);
    }
    found
}

async fn insert_customer(db: &impl ConnectionTrait, name: &str) {
    let row = customer::Model {
        id: customer_id(name),
        code: name.to_owned(),
        name: name.to_owned(),
        segment_id: None,
        address: None,
        city: None,
        latitude: None,
        longitude: None,
        status: customer::Status::Active,
        became_customer_at: None,
        created_at: founded(),
        archived_at: None,
    };
    customer::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
}

async fn insert_fence(db: &impl ConnectionTrait, name: &str, latitude: f64, longitude: f64) {
    let fence = geofence::Model {
        id: fence_id(name),
        customer_id: customer_id(name),
        name: None,
        created_at: founded(),
        retired_at: None,
    };
    geofence::Entity::insert(fence.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    insert_version(db, name, 1, (latitude, longitude), founded()).await;
}

/// A circle of 100 m about a place.
pub(crate) async fn insert_version(
    db: &impl ConnectionTrait,
    name: &str,
    version: i32,
    (latitude, longitude): (f64, f64),
    valid_from: DateTime<Utc>,
) {
    let version = geofence_version::Model {
        geofence_id: fence_id(name),
        version,
        valid_from,
        valid_to: None,
        kind: geofence_version::Kind::Circle,
        latitude: Some(latitude),
        longitude: Some(longitude),
        radius_m: Some(100.0),
        geojson: None,
        area_m2: std::f64::consts::PI * 10_000.0,
        created_by: None,
        created_at: founded(),
    };
    geofence_version::Entity::insert(version.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    db.execute_unprepared("UPDATE counter SET value = value + 1 WHERE name = 'fences'")
        .await
        .unwrap();
}

async fn insert_rep(db: &impl ConnectionTrait, number: usize) -> (UserId, DeviceId) {
    let (rep, phone) = (UserId::new(), DeviceId::new());
    let row = user::Model {
        id: rep,
        email: format!("rep{number}@example.com"),
        name: format!("Rep {number}"),
        phone: None,
        role: Role::Rep,
        team_id: None,
        password_hash: None,
        subject: None,
        token_version: 0,
        created_at: founded(),
        deactivated_at: None,
    };
    user::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    let row = device::Model {
        id: phone,
        user_id: rep,
        name: "phone".to_owned(),
        platform: "android".to_owned(),
        kind: device::Kind::App,
        token_hash: None,
        enrolled_at: founded(),
        revoked_at: None,
    };
    device::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    let row = track::ActiveModel {
        rep_id: ActiveValue::Set(rep),
        revision: ActiveValue::Set(0),
        tries: ActiveValue::Set(0),
        ..Default::default()
    };
    track::Entity::insert(row)
        .exec_without_returning(db)
        .await
        .unwrap();
    for (name, ..) in PLACES {
        let row = assignment::Model {
            id: AssignmentId::new(),
            customer_id: customer_id(name),
            user_id: Some(rep),
            team_id: None,
            due_every_days: None,
            valid_from: founded(),
            valid_to: None,
            assigned_by: None,
        };
        assignment::Entity::insert(row.into_active_model())
            .exec_without_returning(db)
            .await
            .unwrap();
    }
    (rep, phone)
}
