//! Keeps the states from which later check-ins go on.

use chrono::{NaiveTime, TimeDelta};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::run;
use crate::rows::{self, Column, Rows};
use crate::worker::derive::Derived;

/// How far apart the checkpoints of a day are kept.
const KEPT_APART: TimeDelta = TimeDelta::hours(4);

/// Replaces the stale checkpoints by the new ones.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    ours: &[&Derived],
) -> Result<(), DbErr> {
    delete_stale(transaction, ours).await?;
    insert_fresh(transaction, ours).await?;
    delete_passed(transaction, ours).await
}

async fn delete_stale(transaction: &DatabaseTransaction, ours: &[&Derived]) -> Result<(), DbErr> {
    let mut given = Rows::default();
    for derived in ours.iter().filter(|derived| derived.track.has_stale) {
        let after = derived.track.since();
        let before = derived.settled_at;
        given.push([
            ("rep_id", rows::id(derived.track.claimed.rep)),
            (
                "after",
                after.map_or(rows::BEGINNING_OF_TIME.into(), rows::instant),
            ),
            (
                "before",
                before.map_or(rows::END_OF_TIME.into(), rows::instant),
            ),
        ]);
    }
    if given.is_empty() {
        return Ok(());
    }
    let columns = [
        ("rep_id", Column::Id),
        ("after", Column::Instant),
        ("before", Column::Instant),
    ];
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &columns);
    let text = format!(
        "DELETE FROM track_checkpoint WHERE (rep_id, at) IN (
            SELECT c.rep_id, c.at FROM {source} JOIN track_checkpoint c
            ON c.rep_id = v.rep_id AND c.at > v.after AND c.at < v.before)"
    );
    run(transaction, text, [given.into_parameter()]).await
}

async fn insert_fresh(transaction: &DatabaseTransaction, ours: &[&Derived]) -> Result<(), DbErr> {
    let mut given = Rows::default();
    for derived in ours {
        for checkpoint in &derived.checkpoints {
            let state = serde_json::to_string(&checkpoint.state);
            given.push([
                ("rep_id", rows::id(derived.track.claimed.rep)),
                ("at", rows::instant(checkpoint.at)),
                (
                    "state",
                    state
                        .map_err(|error| DbErr::Json(error.to_string()))?
                        .into(),
                ),
            ]);
        }
    }
    if given.is_empty() {
        return Ok(());
    }
    let columns = [
        ("rep_id", Column::Id),
        ("at", Column::Instant),
        ("state", Column::Text),
    ];
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &columns);
    let text = format!(
        "INSERT INTO track_checkpoint (rep_id, at, state)
        SELECT v.rep_id, v.at, v.state FROM {source} WHERE TRUE
        ON CONFLICT (rep_id, at) DO UPDATE SET state = excluded.state"
    );
    run(transaction, text, [given.into_parameter()]).await
}

/// Checkpoints before the newest check-in of the time follow each other closely. One that was
/// started from and passed goes, where another of the same day is not much older.
async fn delete_passed(transaction: &DatabaseTransaction, ours: &[&Derived]) -> Result<(), DbErr> {
    let mut given = Rows::default();
    for derived in ours
        .iter()
        .filter(|derived| !derived.checkpoints.is_empty())
    {
        let Some(at) = derived.track.since() else {
            continue;
        };
        let midnight = at.date_naive().and_time(NaiveTime::MIN).and_utc();
        given.push([
            ("rep_id", rows::id(derived.track.claimed.rep)),
            ("at", rows::instant(at)),
            ("older", rows::instant(midnight.max(at - KEPT_APART))),
        ]);
    }
    if given.is_empty() {
        return Ok(());
    }
    let columns = [
        ("rep_id", Column::Id),
        ("at", Column::Instant),
        ("older", Column::Instant),
    ];
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &columns);
    let text = format!(
        "DELETE FROM track_checkpoint WHERE (rep_id, at) IN (
            SELECT v.rep_id, v.at FROM {source} WHERE EXISTS (
                SELECT 1 FROM track_checkpoint kept
                WHERE kept.rep_id = v.rep_id AND kept.at >= v.older AND kept.at < v.at))"
    );
    run(transaction, text, [given.into_parameter()]).await
}
