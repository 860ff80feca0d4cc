//! Reads fences from the database.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::geofence::Shape;
use domain::position::Position;
use domain::visit::{FenceRef, FenceVersion};
use entity::Database;
use entity::field::counter::FENCES;
use entity::keys::any_of_text;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use uuid::Uuid;

use super::FenceSet;

async fn query(
    database: &Database,
    text: String,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let statement = Statement::from_sql_and_values(database.backend(), text, values);
    database.read.query_all_raw(statement).await
}

pub(super) async fn counter(database: &Database) -> Result<i64, DbErr> {
    let text = "SELECT value FROM counter WHERE name = $1".to_owned();
    let rows = query(database, text, vec![FENCES.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// All versions, without their shapes, which never change.
pub(super) async fn versions(database: &Database) -> Result<Vec<FenceVersion<Uuid>>, DbErr> {
    let text = "SELECT v.geofence_id, v.version, g.customer_id, v.area_m2, v.valid_from, v.valid_to
        FROM geofence_version v JOIN geofence g ON g.id = v.geofence_id";
    let rows = query(database, text.to_owned(), Vec::new()).await?;
    rows.iter()
        .map(|row| {
            Ok(FenceVersion {
                fence: FenceRef {
                    fence: row.try_get_by_index(0)?,
                    version: row.try_get_by_index(1)?,
                },
                customer: row.try_get_by_index(2)?,
                area_m2: row.try_get_by_index(3)?,
                valid_from: row.try_get_by_index::<DateTime<Utc>>(4)?,
                valid_to: row.try_get_by_index(5)?,
            })
        })
        .collect()
}

/// The shapes that the next set of fences takes: those not known yet, or all.
pub(super) async fn shapes(
    database: &Database,
    known: &FenceSet,
    versions: &[FenceVersion<Uuid>],
) -> Result<Vec<(FenceRef<Uuid>, Arc<Shape>)>, DbErr> {
    let is_known = |fence: &FenceRef<Uuid>| !known.is_worn() && known.versions.contains_key(fence);
    let (condition, values) = if known.is_worn() {
        ("TRUE".to_owned(), Vec::new())
    } else {
        let new = versions.iter().map(|version| version.fence);
        let new: Vec<Uuid> = new
            .filter(|fence| !is_known(fence))
            .map(|fence| fence.fence)
            .collect();
        let (condition, value) = any_of_text(database.backend(), "geofence_id", "$1", &new);
        (condition, vec![value])
    };
    let text = format!(
        "SELECT geofence_id, version, latitude, longitude, radius_m, geojson
        FROM geofence_version WHERE {condition}"
    );
    let mut shapes = Vec::new();
    for row in query(database, text, values).await? {
        let fence = FenceRef {
            fence: row.try_get_by_index(0)?,
            version: row.try_get_by_index(1)?,
        };
        if is_known(&fence) {
            continue;
        }
        match shape(&row)? {
            Ok(shape) => shapes.push((fence, Arc::new(shape))),
            Err(fault) => {
                tracing::error!(geofence.id = %fence.fence, version = fence.version, fault,
                    "a stored fence is not usable and stands nowhere");
            }
        }
    }
    Ok(shapes)
}

/// A stored shape, or what is wrong with it.
fn shape(row: &QueryResult) -> Result<Result<Shape, String>, DbErr> {
    let geojson: Option<serde_json::Value> = row.try_get_by_index(5)?;
    if let Some(geojson) = geojson {
        return Ok(Shape::from_geojson(&geojson).map_err(|fault| fault.to_string()));
    }
    let (latitude, longitude): (Option<f64>, Option<f64>) =
        (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
    let radius_m: Option<f64> = row.try_get_by_index(4)?;
    let (Some(latitude), Some(longitude), Some(radius_m)) = (latitude, longitude, radius_m) else {
        return Ok(Err("neither a circle nor a polygon".to_owned()));
    };
    let centre = Position::new(latitude, longitude).map_err(|fault| fault.to_string());
    Ok(
        centre
            .and_then(|centre| Shape::circle(centre, radius_m).map_err(|fault| fault.to_string())),
    )
}
