//! Which tracks are due: those with dirty rows, and those whose time has come.
//!
//! The reps with dirty rows are found by hopping over the index from rep to rep, a few at a time:
//! as fast with a million rows as with one a rep, and as fast with thousands of reps as with ten.

use entity::Database;
use entity::id::UserId;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use uuid::Uuid;

use super::is_free;
use crate::clock;

/// How many reps with dirty rows are looked at together.
const WINDOW: usize = 256;

/// The next reps after one, in order, with dirty rows, and whether they are the last; before them,
/// those whose time has come.
pub(super) async fn next(database: &Database, after: Uuid) -> Result<(Vec<UserId>, bool), DbErr> {
    let text = format!(
        "WITH RECURSIVE dirty (rep_id, number) AS (
            SELECT rep_id, 1 FROM (
                SELECT rep_id FROM track_dirty WHERE rep_id > $1 ORDER BY rep_id LIMIT 1
            ) AS first
            UNION ALL
            SELECT (
                SELECT next.rep_id FROM track_dirty AS next
                WHERE next.rep_id > dirty.rep_id ORDER BY next.rep_id LIMIT 1
            ), number + 1 FROM dirty WHERE dirty.rep_id IS NOT NULL AND number < {WINDOW}
        )
        SELECT rep_id FROM dirty WHERE rep_id IS NOT NULL ORDER BY rep_id"
    );
    let dirty = reps(database, text, vec![after.into()]).await?;
    let is_last = dirty.len() < WINDOW;
    let (now, is_free) = (clock::now(database.backend()), is_free(database.backend()));
    let text = format!(
        "SELECT rep_id FROM track WHERE due_at <= {now} AND tries = 0 AND {is_free}
        ORDER BY due_at LIMIT {WINDOW}"
    );
    let mut found = reps(database, text, Vec::new()).await?;
    found.extend(dirty);
    Ok((found, is_last))
}

/// The tracks with a failed try that are due.
pub(super) async fn suspects(database: &Database) -> Result<Vec<UserId>, DbErr> {
    let (now, is_free) = (clock::now(database.backend()), is_free(database.backend()));
    let text = format!(
        "SELECT rep_id FROM track WHERE tries > 0 AND {is_free} AND (
            due_at <= {now}
            OR EXISTS (SELECT 1 FROM track_dirty WHERE track_dirty.rep_id = track.rep_id)
        ) LIMIT {WINDOW}"
    );
    reps(database, text, Vec::new()).await
}

/// How many tracks wait: those due now, or soon to be retried, or in another worker's hands. Those
/// set aside are not among them.
pub(crate) async fn pending(database: &Database) -> Result<i64, DbErr> {
    let now = clock::now(database.backend());
    let text = format!(
        "SELECT count(*) FROM track WHERE set_aside_at IS NULL AND (
            due_at <= {now}
            OR EXISTS (SELECT 1 FROM track_dirty WHERE track_dirty.rep_id = track.rep_id)
        )"
    );
    let statement = Statement::from_string(database.backend(), text);
    let row = database.read.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

async fn reps(database: &Database, text: String, values: Vec<Value>) -> Result<Vec<UserId>, DbErr> {
    let statement = Statement::from_sql_and_values(database.backend(), text, values);
    let rows = database.read.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
