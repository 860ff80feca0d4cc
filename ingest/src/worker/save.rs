//! Step 5: writes what was decided, all tracks of a claim in one transaction.
//!
//! A track is written only where the claim is still ours; what another worker has taken over in
//! the meantime is left to that one.

mod checkpoints;
mod messages;
mod sums;
mod visits;

use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::UserId;
use rustc_hash::FxHashSet;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::derive::Derived;
use crate::clock;
use crate::rows::{self, Column, Rows};

/// What was written.
pub(crate) struct Saved {
    /// The reps whose tracks were still ours.
    pub(crate) reps: FxHashSet<UserId>,
    /// Whether the feed of changes has grown.
    pub(crate) has_news: bool,
}

/// Writes the tracks.
pub(crate) async fn save(
    database: &Database,
    token: Uuid,
    derived: &[Derived],
    now: DateTime<Utc>,
) -> Result<Saved, DbErr> {
    let transaction = database.begin().await?;
    let reps = tracks(&transaction, token, derived).await?;
    let ours: Vec<&Derived> = derived
        .iter()
        .filter(|derived| reps.contains(&derived.track.claimed.rep))
        .collect();
    dirty_rows(&transaction, &ours).await?;
    checkpoints::write(&transaction, &ours).await?;
    outcomes(&transaction, &ours).await?;
    let written = visits::write(&transaction, &ours, now).await?;
    sums::write(&transaction, &written.moves).await?;
    let has_news = !written.news.is_empty();
    messages::write(&transaction, &ours, &written.news, now).await?;
    visits::tell(&transaction, written.news, now).await?;
    transaction.commit().await?;
    Ok(Saved { reps, has_news })
}

/// As it is stored.
fn json(value: impl Serialize) -> Result<Json, DbErr> {
    serde_json::to_value(value).map_err(|error| DbErr::Json(error.to_string()))
}

/// Runs a statement with many rows as its last value.
async fn run(
    transaction: &DatabaseTransaction,
    text: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    transaction
        .execute_raw(Statement::from_sql_and_values(backend, text, values))
        .await?;
    Ok(())
}

/// Marks the tracks that are still ours as done, and tells which they are.
async fn tracks(
    transaction: &DatabaseTransaction,
    token: Uuid,
    derived: &[Derived],
) -> Result<FxHashSet<UserId>, DbErr> {
    let mut given = Rows::default();
    for derived in derived {
        let facts = json(&derived.facts)?;
        let told = json(derived.standing)?;
        given.push([
            ("rep_id", rows::id(derived.track.claimed.rep)),
            ("due_at", rows::instant_or_null(derived.due_at)),
            ("live", facts),
            ("told", told),
        ]);
    }
    let backend = transaction.get_database_backend();
    let columns = [
        ("rep_id", Column::Id),
        ("due_at", Column::Instant),
        ("live", Column::Json),
        ("told", Column::Json),
    ];
    let source = rows::unpacked(backend, "$2", &columns);
    let now = clock::now(backend);
    let text = format!(
        "UPDATE track SET revision = track.revision + 1, due_at = v.due_at, live = v.live,
            told = v.told, claimed_until = {now}, tries = 0, failed_at = NULL, set_aside_at = NULL,
            retry_at = NULL, last_error = NULL
        FROM {source} WHERE track.rep_id = v.rep_id AND track.claim_token = $1
        RETURNING track.rep_id"
    );
    let values = [token.into(), given.into_parameter()];
    let statement = Statement::from_sql_and_values(backend, text, values);
    let rows = transaction.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Deletes exactly the notes that were read.
async fn dirty_rows(transaction: &DatabaseTransaction, ours: &[&Derived]) -> Result<(), DbErr> {
    let ids: Vec<Json> = ours
        .iter()
        .flat_map(|derived| &derived.track.dirty)
        .map(|id| (*id).into())
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let text = match transaction.get_database_backend() {
        DbBackend::Postgres => {
            "DELETE FROM track_dirty WHERE id IN (
                SELECT value::bigint FROM jsonb_array_elements_text($1::jsonb) AS given (value))"
        }
        _ => "DELETE FROM track_dirty WHERE id IN (SELECT value FROM json_each($1))",
    };
    run(
        transaction,
        text.to_owned(),
        [Json::Array(ids).to_string().into()],
    )
    .await
}

async fn outcomes(transaction: &DatabaseTransaction, ours: &[&Derived]) -> Result<(), DbErr> {
    let mut given = Rows::default();
    for derived in ours {
        for outcome in &derived.outcomes {
            given.push([
                ("rep_id", rows::id(derived.track.claimed.rep)),
                ("recorded_at", rows::instant(outcome.recorded_at)),
                ("id", rows::id(outcome.id)),
                (
                    "outcome",
                    sea_orm::ActiveEnum::to_value(&outcome.outcome).into(),
                ),
            ]);
        }
    }
    if given.is_empty() {
        return Ok(());
    }
    let columns = [
        ("rep_id", Column::Id),
        ("recorded_at", Column::Instant),
        ("id", Column::Id),
        ("outcome", Column::Text),
    ];
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &columns);
    let text = format!(
        "UPDATE check_in SET outcome = v.outcome FROM {source}
        WHERE check_in.rep_id = v.rep_id AND check_in.recorded_at = v.recorded_at
            AND check_in.id = v.id"
    );
    run(transaction, text, [given.into_parameter()]).await
}
