//! Step 1: takes tracks that are due, so that no other worker has them at the same time.
//!
//! A claim is a token with an expiry by the database's clock; a track is given back by letting the
//! claim expire now, so that the expiry also tells who has waited the longest. The tries rise with
//! the claim, in a commit of their own: a track that takes its worker down with it is counted too.

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::UserId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use uuid::Uuid;

use crate::clock;

/// After so many tries without a save a track is set aside.
pub(crate) const MOST_TRIES: i16 = 5;
/// How long a track that was set aside waits for its next try.
pub(crate) const SET_ASIDE_SECONDS: i64 = 3_600;

/// Which tracks to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Tracks whose last try went well: many at once.
    Sound,
    /// Tracks with a failed try: each alone, so that none takes another down.
    Suspect,
}

/// Tracks that are ours until the claim expires.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) token: Uuid,
    pub(crate) tracks: Vec<Claimed>,
    /// By the database's clock.
    pub(crate) now: DateTime<Utc>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) rep: UserId,
    pub(crate) revision: i64,
    /// This one included.
    pub(crate) tries: i16,
    pub(crate) is_set_aside: bool,
    pub(crate) due_at: Option<DateTime<Utc>>,
    /// The newest presence facts, as they were last saved.
    pub(crate) live: Option<serde_json::Value>,
}

impl Claimed {
    /// Whether its tries ended without even an error too often: the worker did not survive them.
    pub(crate) fn is_deadly(&self) -> bool {
        self.tries > MOST_TRIES && !self.is_set_aside
    }
}

/// Takes up to `most` tracks of a class, those that have waited the longest first.
pub(crate) async fn claim(
    database: &Database,
    class: Class,
    most: usize,
    lease: Duration,
) -> Result<Claim, DbErr> {
    let backend = database.backend();
    let token = Uuid::now_v7();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let statement = Statement::from_sql_and_values(
        backend,
        claim_text(backend, class),
        [token.into(), lease.as_secs_f64().into(), most.into()],
    );
    let rows = database.write.query_all_raw(statement).await?;
    let tracks = rows.iter().map(claimed).collect::<Result<Vec<_>, _>>()?;
    let now = rows
        .first()
        .map(|row| row.try_get_by_index(4))
        .transpose()?;
    Ok(Claim {
        token,
        tracks,
        now: now.unwrap_or_default(),
    })
}

fn claimed(row: &QueryResult) -> Result<Claimed, DbErr> {
    Ok(Claimed {
        rep: row.try_get_by_index(0)?,
        revision: row.try_get_by_index(1)?,
        tries: row.try_get_by_index(2)?,
        is_set_aside: row.try_get_by_index::<Option<DateTime<Utc>>>(3)?.is_some(),
        due_at: row.try_get_by_index(5)?,
        live: row.try_get_by_index(6)?,
    })
}

fn claim_text(backend: DbBackend, class: Class) -> String {
    let now = clock::now(backend);
    let lease = clock::in_seconds(backend, "$2");
    let hour = clock::in_seconds(backend, "3600");
    let tries = match class {
        Class::Sound => "tries = 0",
        Class::Suspect => "tries > 0",
    };
    let skip = match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    format!(
        "WITH RECURSIVE {DIRTY_REPS},
        picked AS MATERIALIZED (
            SELECT rep_id FROM track
            WHERE rep_id IN (
                SELECT rep_id FROM dirty WHERE rep_id IS NOT NULL
                UNION ALL SELECT rep_id FROM track WHERE due_at <= {now}
            )
            AND {tries}
            AND (claimed_until IS NULL OR claimed_until <= {now})
            AND (retry_at IS NULL OR retry_at <= {now})
            ORDER BY claimed_until NULLS FIRST
            LIMIT $3 {skip}
        )
        UPDATE track SET claim_token = $1, claimed_until = {lease}, tries = tries + 1,
            retry_at = CASE WHEN set_aside_at IS NULL THEN NULL ELSE {hour} END
        WHERE rep_id IN (SELECT rep_id FROM picked)
        RETURNING rep_id, revision, tries, set_aside_at, {now}, due_at, live"
    )
}

/// The reps with dirty rows, found by hopping over the index from rep to rep: as fast with a
/// million rows as with one a rep. Its last row is NULL.
const DIRTY_REPS: &str = "
    dirty (rep_id) AS (
        SELECT rep_id FROM (SELECT rep_id FROM track_dirty ORDER BY rep_id LIMIT 1) AS first
        UNION ALL
        SELECT (
            SELECT next.rep_id FROM track_dirty AS next
            WHERE next.rep_id > dirty.rep_id ORDER BY next.rep_id LIMIT 1
        ) FROM dirty WHERE dirty.rep_id IS NOT NULL
    )";

/// Lengthens a claim for ever, while its tracks are worked on; never returns.
pub(crate) async fn renew(database: &Database, token: Uuid, lease: Duration) -> Infallible {
    let backend = database.backend();
    let (now, until) = (clock::now(backend), clock::in_seconds(backend, "$2"));
    let text = format!(
        "UPDATE track SET claimed_until = {until} WHERE claim_token = $1 AND claimed_until > {now}"
    );
    loop {
        tokio::time::sleep((lease / 3).max(Duration::from_secs(1))).await;
        let values = [token.into(), lease.as_secs_f64().into()];
        let statement = Statement::from_sql_and_values(backend, text.clone(), values);
        if let Err(error) = database.write.execute_raw(statement).await {
            tracing::debug!(%error, "a claim was not renewed");
        }
    }
}

/// How many tracks wait: those due now, or soon to be retried, or in another worker's hands.
pub(crate) async fn pending(database: &Database) -> Result<i64, DbErr> {
    let backend = database.backend();
    let now = clock::now(backend);
    let text = format!(
        "WITH RECURSIVE {DIRTY_REPS}
        SELECT count(*) FROM track
        WHERE set_aside_at IS NULL AND rep_id IN (
            SELECT rep_id FROM dirty WHERE rep_id IS NOT NULL
            UNION ALL SELECT rep_id FROM track WHERE due_at <= {now}
        )"
    );
    let row = database
        .write
        .query_one_raw(Statement::from_string(backend, text))
        .await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// Gives a track back after a try that failed: to be tried again a little later each time, and set
/// aside after too many.
pub(crate) async fn fail(
    database: &Database,
    token: Uuid,
    track: &Claimed,
    error: &str,
    backoff: Duration,
) -> Result<(), DbErr> {
    let backend = database.backend();
    let now = clock::now(backend);
    let is_set_aside = track.is_set_aside || track.tries >= MOST_TRIES;
    let wait = if is_set_aside {
        SET_ASIDE_SECONDS as f64
    } else {
        backoff.as_secs_f64() * f64::from(1u32 << track.tries.clamp(1, MOST_TRIES))
    };
    let retry = clock::in_seconds(backend, "$3");
    let set_aside = if is_set_aside {
        format!("coalesce(set_aside_at, {now})")
    } else {
        "NULL".to_owned()
    };
    let statement = Statement::from_sql_and_values(
        backend,
        format!(
            "UPDATE track SET claimed_until = {now}, failed_at = {now}, last_error = $2,
                retry_at = {retry}, set_aside_at = {set_aside}
            WHERE rep_id = $4 AND claim_token = $1"
        ),
        [token.into(), error.into(), wait.into(), track.rep.into()],
    );
    database.write.execute_raw(statement).await?;
    Ok(())
}

/// Gives tracks back untried, for instance because the database was away.
pub(crate) async fn release(database: &Database, token: Uuid) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(
        database.backend(),
        format!(
            "UPDATE track SET claimed_until = {}, tries = tries - 1
            WHERE claim_token = $1 AND tries > 0",
            clock::now(database.backend())
        ),
        [token.into()],
    );
    database.write.execute_raw(statement).await?;
    Ok(())
}
