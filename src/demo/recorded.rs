//! Playing a recorded track: its halts become customers, its fixes are posted as time goes by.

use chrono::{DateTime, Utc};
use domain::{geofence::Shape, position::Position};
use entity::{
    Database,
    customers::{assignment, customer},
    field::{counter, geofence, geofence_version},
    id::{AssignmentId, CustomerId, GeofenceId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use tokio_util::sync::CancellationToken;

use crate::demo::{
    company::Rep,
    live::Listener,
    motion::Reading,
    phone::{Phone, Point},
    place::Place,
    track_file::{self, TrackPoint},
};

/// The radius of the fence round a halt, in metres.
const HALT_FENCE_M: f64 = 60.0;
/// What is said of the accuracy, which the files leave out.
const ACCURACY_M: f64 = 10.0;

/// Makes each halt of the track a customer of the rep, unless an earlier start has done so.
pub(crate) async fn plant_halts(
    database: &Database,
    rep: &Rep,
    track: &[TrackPoint],
    now: DateTime<Utc>,
) -> anyhow::Result<usize> {
    let halts = track_file::halts(track);
    let transaction = database.begin().await?;
    for (place, number) in halts.iter().zip(1..) {
        plant(&transaction, rep, *place, number, now).await?;
    }
    counter::Entity::update_many()
        .col_expr(
            counter::Column::Value,
            Expr::col(counter::Column::Value).add(1),
        )
        .filter(counter::Column::Name.eq("fences"))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(halts.len())
}

async fn plant(
    transaction: &impl sea_orm::ConnectionTrait,
    rep: &Rep,
    place: Place,
    number: usize,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let code = format!("HALT {:.4} {:.4}", place.latitude, place.longitude);
    #[expect(
        clippy::disallowed_methods,
        reason = "the demo looks whether it made the row before"
    )]
    let known = customer::Entity::find().filter(customer::Column::Code.eq(&code));
    if known.one(transaction).await?.is_some() {
        return Ok(());
    }
    let id = CustomerId::new();
    let row = customer::Model {
        id,
        code,
        name: format!("Halt {number}"),
        segment_id: None,
        address: None,
        city: None,
        latitude: Some(place.latitude),
        longitude: Some(place.longitude),
        status: customer::Status::Prospect,
        became_customer_at: None,
        created_at: now,
        archived_at: None,
    };
    row.into_active_model().insert(transaction).await?;
    let given = assignment::Model {
        id: AssignmentId::new(),
        customer_id: id,
        user_id: Some(rep.id),
        team_id: None,
        due_every_days: None,
        valid_from: now,
        valid_to: None,
        assigned_by: None,
    };
    given.into_active_model().insert(transaction).await?;
    fence(transaction, id, place, now).await
}

async fn fence(
    transaction: &impl sea_orm::ConnectionTrait,
    customer_id: CustomerId,
    place: Place,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let shape = Shape::circle(
        Position::new(place.latitude, place.longitude)?,
        HALT_FENCE_M,
    )?;
    let geofence_id = GeofenceId::new();
    let fence = geofence::Model {
        id: geofence_id,
        customer_id,
        name: None,
        created_at: now,
        retired_at: None,
    };
    fence.into_active_model().insert(transaction).await?;
    let version = geofence_version::Model {
        geofence_id,
        version: 1,
        valid_from: now,
        valid_to: None,
        kind: geofence_version::Kind::Circle,
        latitude: Some(place.latitude),
        longitude: Some(place.longitude),
        radius_m: Some(HALT_FENCE_M),
        geojson: None,
        area_m2: shape.area_m2(),
        created_by: None,
        created_at: now,
    };
    version.into_active_model().insert(transaction).await?;
    Ok(())
}

/// Posts the track, its first fix now, each further one when its time has come.
pub(crate) async fn play(
    mut phone: Phone,
    track: Vec<TrackPoint>,
    listener: Listener,
    stop: CancellationToken,
) {
    let begun = (tokio::time::Instant::now(), Utc::now());
    phone.keep(Point::new("SHIFT_START", begun.1, None));
    for (index, point) in track.iter().enumerate() {
        let due = begun.0 + point.after.to_std().unwrap_or_default();
        if stop
            .run_until_cancelled(tokio::time::sleep_until(due))
            .await
            .is_none()
        {
            return;
        }
        let before = index.checked_sub(1).map_or(point, |before| &track[before]);
        let reading = reading(before, point);
        phone.keep(Point::new("TRAIL", begun.1 + point.after, Some(reading)));
        let sent = tokio::time::Instant::now();
        let answer = phone.send().await;
        listener(answer.as_deref(), sent.elapsed());
    }
    tracing::info!("the track has been played to its end");
    stop.cancelled().await;
}

fn reading(before: &TrackPoint, point: &TrackPoint) -> Reading {
    let seconds = (point.after - before.after).as_seconds_f64();
    let distance = before.place.distance_m(point.place);
    Reading {
        place: point.place,
        accuracy_m: ACCURACY_M,
        speed_mps: if seconds > 0.0 {
            (distance / seconds * 10.0).round() / 10.0
        } else {
            0.0
        },
        heading_deg: before.place.heading_deg(point.place).round() % 360.0,
    }
}
