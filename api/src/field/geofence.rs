//! Geofences and their versions as clients see them.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::customers::customer;
use entity::field::{geofence, geofence_version};
use entity::id::GeofenceId;
use entity::people::user;
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde_json::Value as Json;

use super::words::GeofenceKind;
use crate::context::Request;
use crate::customers::Customer;
use crate::datum::{Datum, moved};
use crate::error::Result;
use crate::loader::{self, Load};
use crate::order_by;
use crate::page::{Connection, Page};
use crate::people::User;
use crate::scalar::Position;

/// The place of a customer. Its shape is in its versions.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Geofence {
    /// Its id.
    pub id: ID,
    /// What people call it, such as the back entrance.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it no longer counts; null while it does.
    pub retired_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: geofence::Model,
}

impl From<geofence::Model> for Geofence {
    fn from(row: geofence::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            created_at: row.created_at,
            retired_at: row.retired_at,
            row,
        }
    }
}

order_by! {
    /// How the versions of a geofence are ordered; the newest first when not given.
    GeofenceVersionOrder of geofence_version, by default Version Desc {
        /// By their number.
        Version,
        /// By the time from which they hold.
        ValidFrom,
    }
}

#[ComplexObject]
impl Geofence {
    /// Whose place it is.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(
            ctx,
            customer::Entity::visible_to,
            Some(self.row.customer_id),
        )
        .await
    }

    /// The version that holds now; null if it is retired or holds only later.
    async fn current(&self, ctx: &Context<'_>) -> Option<Result<GeofenceVersion>> {
        GeofenceVersion::current(ctx, self.row.id).await.transpose()
    }

    /// All versions, past and future ones too.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<GeofenceVersionOrder>,
    ) -> Result<Connection<GeofenceVersion>> {
        let rows = geofence_version::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, geofence_version::Column::GeofenceId, self.row.id)
            .await
    }
}

/// The shape of a geofence from one time to another.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct GeofenceVersion {
    /// Counts up from 1.
    pub version: i32,
    /// From when on the shape holds.
    pub valid_from: DateTime<Utc>,
    /// Until when, exclusive; null while it holds.
    pub valid_to: Option<DateTime<Utc>>,
    /// Circle or polygon.
    pub kind: GeofenceKind,
    /// The area within, in square metres.
    #[graphql(name = "areaM2")]
    pub area_m2: f64,
    /// When it was drawn.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: geofence_version::Model,
}

/// All places within a radius of a centre.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Circle {
    /// The radius, in metres.
    pub radius_m: f64,
    #[graphql(skip)]
    middle: Position,
}

#[ComplexObject]
impl Circle {
    /// The centre.
    async fn centre(&self, datum: Option<Datum>) -> Position {
        self.middle.in_datum(datum)
    }
}

impl From<geofence_version::Model> for GeofenceVersion {
    fn from(row: geofence_version::Model) -> Self {
        Self {
            version: row.version,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            kind: row.kind.into(),
            area_m2: row.area_m2,
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl GeofenceVersion {
    /// The circle; null for a polygon.
    async fn circle(&self) -> Option<Circle> {
        let (latitude, longitude) = self.row.latitude.zip(self.row.longitude)?;
        Some(Circle {
            middle: Position {
                latitude,
                longitude,
            },
            radius_m: self.row.radius_m?,
        })
    }

    /// The shape as GeoJSON: a Polygon or MultiPolygon; for a circle a Feature of a Point with the
    /// property radiusM.
    async fn geojson(&self, datum: Option<Datum>) -> Json {
        moved(&self.stored_geojson(), &|place| place.in_datum(datum))
    }

    /// Who drew it; null if it was imported, or by nobody in your sight.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.created_by).await
    }
}

impl GeofenceVersion {
    fn stored_geojson(&self) -> Json {
        if let Some(geojson) = &self.row.geojson {
            return geojson.clone();
        }
        serde_json::json!({
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [self.row.longitude, self.row.latitude],
            },
            "properties": { "radiusM": self.row.radius_m },
        })
    }

    /// One version, if the viewer may see it.
    pub(super) async fn find(ctx: &Context<'_>, fence: (GeofenceId, i32)) -> Result<Option<Self>> {
        let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
        let loader = || Versions { database, scope };
        let row = ctx.loaders()?.load(loader, fence).await?;
        Ok(row.map(Self::from))
    }

    /// The version that holds now, if there is one and the viewer may see it.
    async fn current(ctx: &Context<'_>, fence: GeofenceId) -> Result<Option<Self>> {
        let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
        let loader = || Current { database, scope };
        let row = ctx.loaders()?.load(loader, fence).await?;
        Ok(row.map(Self::from))
    }
}

struct Versions {
    database: Database,
    scope: Scope,
}

impl Load for Versions {
    type Key = (GeofenceId, i32);
    type Value = geofence_version::Model;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>> {
        let fences: Vec<GeofenceId> = keys.iter().map(|(fence, _)| *fence).collect();
        let rows = of_fences(&self.database, &self.scope, &fences, Condition::all()).await?;
        let keyed = rows
            .into_iter()
            .map(|row| ((row.geofence_id, row.version), row));
        Ok(keyed.collect())
    }
}

struct Current {
    database: Database,
    scope: Scope,
}

impl Load for Current {
    type Key = GeofenceId;
    type Value = geofence_version::Model;

    async fn load(&self, fences: Vec<GeofenceId>) -> Result<HashMap<GeofenceId, Self::Value>> {
        use geofence_version::Column;

        let now = Utc::now();
        let holds = Condition::all().add(Column::ValidFrom.lte(now)).add(
            Condition::any()
                .add(Column::ValidTo.is_null())
                .add(Column::ValidTo.gt(now)),
        );
        let rows = of_fences(&self.database, &self.scope, &fences, holds).await?;
        Ok(rows.into_iter().map(|row| (row.geofence_id, row)).collect())
    }
}

async fn of_fences(
    database: &Database,
    scope: &Scope,
    fences: &[GeofenceId],
    condition: Condition,
) -> Result<Vec<geofence_version::Model>> {
    let column = geofence_version::Column::GeofenceId.into_expr();
    let rows = geofence_version::Entity::visible_to(scope)
        .filter(keys::any_of(database.backend(), column, fences))
        .filter(condition);
    Ok(rows.all(&database.read).await?)
}
