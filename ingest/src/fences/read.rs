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

/// Rows of one statement: those of a million fences at once would take more memory than the index
/// that is made of them.
const PAGE: u32 = 10_000;

/// Gives the rows of the versions where `condition` is true to `take`, page by page. `columns` are
/// what is read besides the reference; the condition may name a value as `$1`.
async fn each(
    database: &Database,
    columns: &str,
    (condition, value): (&str, sea_orm::Value),
    mut take: impl FnMut(FenceRef<Uuid>, &QueryResult) -> Result<(), DbErr>,
) -> Result<(), DbErr> {
    let text = format!(
        "SELECT v.geofence_id, v.version, {columns}
        FROM geofence_version v JOIN geofence g ON g.id = v.geofence_id
        WHERE {condition} AND (v.geofence_id, v.version) > ($2, $3)
        ORDER BY v.geofence_id, v.version LIMIT {PAGE}"
    );
    let mut last = FenceRef {
        fence: Uuid::nil(),
        version: 0,
    };
    loop {
        let after = [value.clone(), last.fence.into(), last.version.into()];
        let page = Statement::from_sql_and_values(database.backend(), &text, after);
        let rows = database.read.query_all_raw(page).await?;
        for row in &rows {
            last = FenceRef {
                fence: row.try_get_by_index(0)?,
                version: row.try_get_by_index(1)?,
            };
            take(last, row)?;
        }
        if rows.len() < PAGE as usize {
            return Ok(());
        }
    }
}

pub(super) async fn counter(database: &Database) -> Result<i64, DbErr> {
    let text = "SELECT value FROM counter WHERE name = $1";
    let statement = Statement::from_sql_and_values(database.backend(), text, [FENCES.into()]);
    let row = database.read.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// All versions, without their shapes, which never change.
pub(super) async fn versions(database: &Database) -> Result<Vec<FenceVersion<Uuid>>, DbErr> {
    let mut versions = Vec::new();
    let columns = "g.customer_id, v.area_m2, v.valid_from, v.valid_to";
    let all = ("$1", true.into());
    each(database, columns, all, |fence, row| {
        versions.push(FenceVersion {
            fence,
            customer: row.try_get_by_index(2)?,
            area_m2: row.try_get_by_index(3)?,
            valid_from: row.try_get_by_index::<DateTime<Utc>>(4)?,
            valid_to: row.try_get_by_index(5)?,
        });
        Ok(())
    })
    .await?;
    Ok(versions)
}

/// The shapes that the next set of fences takes: those not known yet, or all.
pub(super) async fn shapes(
    database: &Database,
    known: &FenceSet,
    versions: &[FenceVersion<Uuid>],
) -> Result<Vec<(FenceRef<Uuid>, Arc<Shape>)>, DbErr> {
    let is_known = |fence: &FenceRef<Uuid>| !known.is_worn() && known.versions.contains_key(fence);
    let (condition, value) = if known.is_worn() {
        ("$1".to_owned(), true.into())
    } else {
        let new = versions.iter().map(|version| version.fence);
        let new: Vec<Uuid> = new
            .filter(|fence| !is_known(fence))
            .map(|fence| fence.fence)
            .collect();
        any_of_text(database.backend(), "v.geofence_id", "$1", &new)
    };
    let columns = "v.latitude, v.longitude, v.radius_m, v.geojson";
    let mut shapes = Vec::new();
    each(database, columns, (&condition, value), |fence, row| {
        if is_known(&fence) {
            return Ok(());
        }
        match shape(row)? {
            Ok(shape) => shapes.push((fence, Arc::new(shape))),
            Err(fault) => {
                tracing::error!(geofence.id = %fence.fence, version = fence.version, fault,
                    "a stored fence is not usable and stands nowhere");
            }
        }
        Ok(())
    })
    .await?;
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
