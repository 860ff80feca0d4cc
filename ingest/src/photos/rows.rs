//! The rows of photos: reserved, finished, found, removed.

use chrono::{DateTime, Utc};
use entity::Database;
use entity::field::{photo, receipt};
use entity::id::{PhotoId, UserId};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, Set, Statement, Value,
};

use super::{MOST_PHOTOS, PhotoError};

/// The photo of a check-in by its own id, whether its picture is stored or not.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    check_in: &receipt::Model,
    name: &str,
) -> Result<Option<photo::Model>, DbErr> {
    let text = "SELECT * FROM photo
        WHERE rep_id = $1 AND device_id = $2 AND client_id = $3 AND name = $4";
    let mut values = key_of(check_in);
    values.push(name.into());
    let statement = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    photo::Model::find_by_statement(statement).one(db).await
}

/// Writes the row, unless there is one by this name: then gives that. The check-in is locked, so
/// that photos which come at once are counted one after another.
pub(super) async fn reserve(
    database: &Database,
    check_in: &receipt::Model,
    row: photo::Model,
) -> Result<photo::Model, PhotoError> {
    let txn = database.begin().await?;
    if database.backend() == DbBackend::Postgres {
        let text = "SELECT 1 FROM receipt
            WHERE rep_id = $1 AND device_id = $2 AND client_id = $3 FOR UPDATE";
        query(&txn, text, key_of(check_in)).await?;
    }
    if let Some(known) = find(&txn, check_in, &row.name).await? {
        return Ok(known);
    }
    let text = "SELECT 1 FROM photo WHERE rep_id = $1 AND device_id = $2 AND client_id = $3";
    let others = query(&txn, text, key_of(check_in)).await?.len();
    if others as u64 >= MOST_PHOTOS {
        return Err(PhotoError::TooMany);
    }
    photo::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&txn)
        .await?;
    txn.commit().await?;
    Ok(row)
}

/// States that the picture is stored.
pub(super) async fn finish(
    db: &impl ConnectionTrait,
    row: photo::Model,
    now: DateTime<Utc>,
) -> Result<photo::Model, DbErr> {
    let mut changed = row.into_active_model();
    changed.stored_at = Set(Some(now));
    changed.update(db).await
}

/// The photos of a rep that came before an instant.
pub(super) async fn before(
    db: &impl ConnectionTrait,
    rep: UserId,
    before: DateTime<Utc>,
) -> Result<Vec<PhotoId>, DbErr> {
    let text = "SELECT id FROM photo WHERE rep_id = $1 AND received_at < $2";
    let rows = query(db, text, vec![rep.into(), before.into()]).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Removes a row.
pub(super) async fn remove(db: &impl ConnectionTrait, id: PhotoId) -> Result<u64, DbErr> {
    let removed = photo::Entity::delete_by_id(id).exec(db).await?;
    Ok(removed.rows_affected)
}

fn key_of(check_in: &receipt::Model) -> Vec<Value> {
    vec![
        check_in.rep_id.into(),
        check_in.device_id.into(),
        check_in.client_id.clone().into(),
    ]
}

async fn query(
    db: &impl ConnectionTrait,
    text: &str,
    values: Vec<Value>,
) -> Result<Vec<sea_orm::QueryResult>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    db.query_all_raw(statement).await
}
