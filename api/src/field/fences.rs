//! How geofences are drawn, changed and retired.

use async_graphql::{Context, ID, InputObject, OneofObject};
use chrono::{DateTime, Utc};
use domain::geofence::{FenceError, Shape};
use domain::position::{Coordinate, Position, PositionError};
use entity::customers::customer;
use entity::field::{geofence, geofence_version};
use entity::id::{CustomerId, GeofenceId, UserId};
use entity::viewer::Scope;
use presence::Topic;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use serde_json::Value as Json;

use super::presence::live;
use crate::context::Request;
use crate::datum::{Datum, moved};
use crate::error::{Error, Result, UserError};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::scalar::{self, now, whole_millis};

/// The shape of a geofence: a circle or a polygon.
#[derive(Clone, Debug, OneofObject)]
pub enum ShapeInput {
    /// All places within a radius of a centre.
    Circle(CircleInput),
    /// A GeoJSON Polygon or MultiPolygon, or a Feature of one; holes are allowed.
    Polygon(Json),
}

/// All places within a radius of a centre.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct CircleInput {
    /// The centre, degrees north of the equator.
    pub latitude: f64,
    /// The centre, degrees east of Greenwich.
    pub longitude: f64,
    /// The radius in metres, above 0 and at most 50,000.
    pub radius_m: f64,
}

/// A new geofence.
#[derive(Clone, Debug, InputObject)]
pub struct DrawGeofenceInput {
    /// Whose place it is.
    pub customer_id: ID,
    /// What people call it, such as the back entrance.
    pub name: Option<String>,
    /// Its shape.
    pub shape: ShapeInput,
    /// The datum of the shape; WGS-84 when left out.
    pub datum: Option<Datum>,
    /// From when on it counts, past visits included; now when left out.
    pub valid_from: Option<DateTime<Utc>>,
}

/// A new shape of a geofence.
#[derive(Clone, Debug, InputObject)]
pub struct EditGeofenceInput {
    /// The geofence.
    pub id: ID,
    /// Its new shape.
    pub shape: ShapeInput,
    /// The datum of the shape; WGS-84 when left out.
    pub datum: Option<Datum>,
    /// From when on the new shape counts, later than the newest one does; now when left out.
    pub valid_from: Option<DateTime<Utc>>,
}

/// The shape, or what is wrong with it and where, in the datum it was given in.
pub(super) fn shape(input: &ShapeInput, datum: Option<Datum>) -> Result<Shape> {
    let refuse = |field: &str, fault: FenceError| {
        let at = fault.at().map(|(longitude, latitude)| {
            let place = scalar::Position {
                latitude,
                longitude,
            };
            place.in_datum(datum)
        });
        Error::refused([UserError::new(fault.code(), field, fault.to_string()).at(at)])
    };
    match input {
        ShapeInput::Circle(circle) => {
            let given = scalar::Position {
                latitude: circle.latitude,
                longitude: circle.longitude,
            };
            let place = given.stored_from(datum);
            let centre = Position::new(place.latitude, place.longitude).map_err(misplaced)?;
            Shape::circle(centre, circle.radius_m)
                .map_err(|fault| refuse("shape.circle.radiusM", fault))
        }
        ShapeInput::Polygon(geojson) => {
            let stored = moved(geojson, &|place| place.stored_from(datum));
            Shape::from_geojson(&stored).map_err(|fault| refuse("shape.polygon", fault))
        }
    }
}

fn misplaced(fault: PositionError) -> Error {
    let field = match fault.field() {
        Coordinate::Latitude => "shape.circle.latitude",
        Coordinate::Longitude => "shape.circle.longitude",
    };
    Error::refuse("COORDINATE_OUT_OF_RANGE", field, fault.to_string())
}

/// A version with this shape.
pub(crate) fn version(
    geofence_id: GeofenceId,
    version: i32,
    valid_from: DateTime<Utc>,
    shape: &Shape,
    created_by: Option<UserId>,
) -> geofence_version::Model {
    let bare = geofence_version::Model {
        geofence_id,
        version,
        valid_from,
        valid_to: None,
        kind: geofence_version::Kind::Polygon,
        latitude: None,
        longitude: None,
        radius_m: None,
        geojson: None,
        area_m2: shape.area_m2(),
        created_by,
        created_at: now(),
    };
    match shape {
        Shape::Circle(circle) => geofence_version::Model {
            kind: geofence_version::Kind::Circle,
            latitude: Some(circle.centre().latitude()),
            longitude: Some(circle.centre().longitude()),
            radius_m: Some(circle.radius_m()),
            ..bare
        },
        Shape::MultiPolygon(_) => geofence_version::Model {
            geojson: Some(shape.to_geojson()),
            ..bare
        },
    }
}

pub(super) async fn draw(ctx: &Context<'_>, input: DrawGeofenceInput) -> Result<geofence::Model> {
    let txn = ctx.db()?.begin().await?;
    let (scope, visible) = (ctx.scope()?, customer::Entity::visible_to);
    let read = CustomerId::from_global;
    let customer = input::seen(&txn, scope, visible, read, &input.customer_id, "customer").await?;
    let mut faults = Faults::default();
    let name = faults.optional("name", input.name.as_deref(), NAME_LENGTH);
    faults.finish()?;
    let shape = shape(&input.shape, input.datum)?;
    let fence = geofence::Model {
        id: GeofenceId::new(),
        customer_id: customer.id,
        name,
        created_at: now(),
        retired_at: None,
    };
    let valid_from = whole_millis(input.valid_from.unwrap_or_else(Utc::now));
    let first = version(fence.id, 1, valid_from, &shape, Some(ctx.viewer()?.user));
    let fence = fence.into_active_model().insert(&txn).await?;
    first.into_active_model().insert(&txn).await?;
    changed(&txn, customer.id, valid_from).await?;
    txn.commit().await?;
    wake(ctx).await?;
    Ok(fence)
}

pub(super) async fn edit(ctx: &Context<'_>, input: EditGeofenceInput) -> Result<geofence::Model> {
    let txn = ctx.db()?.begin().await?;
    let fence = seen(ctx, &txn, &input.id).await?;
    if fence.retired_at.is_some() {
        return Err(Error::refuse("RETIRED", "id", "the geofence is retired"));
    }
    let shape = shape(&input.shape, input.datum)?;
    let newest = versions(&txn, fence.id).await?.into_iter().next_back();
    let newest = newest.ok_or_else(|| Error::internal("a geofence without a version"))?;
    let valid_from = whole_millis(input.valid_from.unwrap_or_else(Utc::now));
    if valid_from <= newest.valid_from {
        let message = format!(
            "its newest shape counts from {} on, a new one must count from later on",
            newest.valid_from
        );
        return Err(Error::refuse("OUT_OF_RANGE", "validFrom", message));
    }
    let next = version(
        fence.id,
        newest.version + 1,
        valid_from,
        &shape,
        Some(ctx.viewer()?.user),
    );
    let mut newest = newest.into_active_model();
    newest.valid_to = Set(Some(valid_from));
    newest.update(&txn).await?;
    next.into_active_model().insert(&txn).await?;
    changed(&txn, fence.customer_id, valid_from).await?;
    txn.commit().await?;
    wake(ctx).await?;
    Ok(fence)
}

pub(super) async fn retire(ctx: &Context<'_>, id: &ID) -> Result<geofence::Model> {
    let txn = ctx.db()?.begin().await?;
    let fence = seen(ctx, &txn, id).await?;
    if fence.retired_at.is_some() {
        return Ok(fence);
    }
    let at = now();
    for version in versions(&txn, fence.id).await? {
        if version.valid_to.is_none_or(|until| until > at) {
            // One that was to begin later never does.
            let until = at.max(version.valid_from);
            let mut version = version.into_active_model();
            version.valid_to = Set(Some(until));
            version.update(&txn).await?;
        }
    }
    let mut fence = fence.into_active_model();
    fence.retired_at = Set(Some(at));
    let fence = fence.update(&txn).await?;
    changed(&txn, fence.customer_id, at).await?;
    txn.commit().await?;
    wake(ctx).await?;
    Ok(fence)
}

async fn seen(ctx: &Context<'_>, txn: &impl ConnectionTrait, id: &ID) -> Result<geofence::Model> {
    let (scope, visible) = (ctx.scope()?, geofence::Entity::visible_to);
    input::seen(txn, scope, visible, GeofenceId::from_global, id, "geofence").await
}

/// All versions of a fence, the oldest first.
async fn versions(
    txn: &impl ConnectionTrait,
    fence: GeofenceId,
) -> Result<Vec<geofence_version::Model>> {
    use geofence_version::Column;

    let versions = geofence_version::Entity::visible_to(&Scope::All)
        .filter(Column::GeofenceId.eq(fence))
        .order_by_asc(Column::Version);
    Ok(versions.all(txn).await?)
}

/// Tells the workers that they hold old fences, and whose tracks this touches.
async fn changed(
    txn: &impl ConnectionTrait,
    customer: CustomerId,
    earliest: DateTime<Utc>,
) -> Result<()> {
    ingest::verbs::fences_changed(txn).await?;
    Ok(ingest::verbs::customer_changed(txn, customer, earliest).await?)
}

async fn wake(ctx: &Context<'_>) -> Result<()> {
    let presence = live(ctx)?;
    presence.wake(Topic::Fences).await;
    presence.wake(Topic::Tracks).await;
    Ok(())
}
