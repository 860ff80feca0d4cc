//! The shape of a geofence from one time to another: a circle or a polygon.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::field::geofence;
use crate::id::{GeofenceId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What a shape is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    DeriveActiveEnum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "Text",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A centre and a radius.
    Circle,
    /// A GeoJSON polygon or multi-polygon.
    Polygon,
}

/// One version of a geofence.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "geofence_version")]
pub struct Model {
    /// The fence.
    #[sea_orm(primary_key, auto_increment = false)]
    pub geofence_id: GeofenceId,
    /// Counts up from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// From when on the shape holds.
    pub valid_from: DateTimeUtc,
    /// Until when, exclusive; none means it still holds.
    pub valid_to: Option<DateTimeUtc>,
    /// Circle or polygon.
    pub kind: Kind,
    /// The circle's centre, in degrees of WGS-84.
    pub latitude: Option<f64>,
    /// The circle's centre, in degrees of WGS-84.
    pub longitude: Option<f64>,
    /// The circle's radius, in metres.
    pub radius_m: Option<f64>,
    /// The polygon, as a GeoJSON geometry in WGS-84.
    pub geojson: Option<Json>,
    /// The area within, in square metres.
    pub area_m2: f64,
    /// Who drew it; none if it was imported.
    pub created_by: Option<UserId>,
    /// When it was drawn.
    pub created_at: DateTimeUtc,
}

belongs_to! {
    Geofence(GeofenceId) => crate::field::geofence,
    CreatedBy(CreatedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the geofences the viewer may see.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.within(
            Column::GeofenceId,
            geofence::Entity::visible_to(scope),
            geofence::Column::Id,
        ))
    }
}
