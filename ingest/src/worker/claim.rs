//! Step 1: takes tracks that are due, so that no other worker has them at the same time.
//!
//! A claim is a token with an expiry by the database's clock; a track is given back by letting the
//! claim expire now. The tries rise with the claim, in a commit of their own: a track that takes its
//! worker down with it is counted too.

mod candidates;

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::UserId;
use entity::keys::any_of_text;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use uuid::Uuid;

pub(crate) use candidates::pending;

use crate::clock;

/// After so many tries without a save a track is set aside.
pub(crate) const MOST_TRIES: i16 = 5;
/// How long a track that was set aside waits for its next try.
pub(crate) const SET_ASIDE_SECONDS: i64 = 3_600;

/// How far the present round over the reps has come: to the one whose turn was last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Round {
    after: Uuid,
}

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
    /// What was last compared with a newer state.
    pub(crate) told: Option<serde_json::Value>,
}

impl Claimed {
    /// A track of which nothing is known, and which nobody has claimed.
    pub(crate) fn of(rep: UserId) -> Claimed {
        Claimed {
            rep,
            revision: 0,
            tries: 0,
            is_set_aside: false,
            due_at: None,
            live: None,
            told: None,
        }
    }

    /// Whether its tries ended without even an error too often: the worker did not survive them.
    pub(crate) fn is_deadly(&self) -> bool {
        self.tries > MOST_TRIES && !self.is_set_aside
    }
}

/// Takes up to `most` tracks of a class; sound ones in rounds, so that nobody waits for ever.
pub(crate) async fn claim(
    database: &Database,
    class: Class,
    most: usize,
    lease: Duration,
    round: &mut Round,
) -> Result<Claim, DbErr> {
    if class == Class::Suspect {
        let found = candidates::suspects(database).await?;
        return take(database, class, &found, most, lease).await;
    }
    // From within a round: to its end, and one whole round.
    let mut ends = if round.after.is_nil() { 1 } else { 2 };
    loop {
        let (found, is_last) = candidates::next(database, round.after).await?;
        let claim = take(database, class, &found, most, lease).await?;
        if let Some(last) = claim.tracks.iter().map(|track| track.rep).max() {
            round.after = last.uuid();
            return Ok(claim);
        }
        match found.last() {
            Some(last) if !is_last => round.after = last.uuid(),
            _ => {
                round.after = Uuid::nil();
                ends -= 1;
            }
        }
        if ends == 0 {
            return Ok(claim);
        }
    }
}

async fn take(
    database: &Database,
    class: Class,
    found: &[UserId],
    most: usize,
    lease: Duration,
) -> Result<Claim, DbErr> {
    let token = Uuid::now_v7();
    let mut claim = Claim {
        token,
        tracks: Vec::new(),
        now: DateTime::default(),
    };
    if found.is_empty() {
        return Ok(claim);
    }
    let backend = database.backend();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let (are_found, found) = any_of_text(backend, "rep_id", "$4", found);
    let values = [token.into(), lease.as_secs_f64().into(), most.into(), found];
    let text = claim_text(backend, class, &are_found);
    let statement = Statement::from_sql_and_values(backend, text, values);
    let rows = database.write.query_all_raw(statement).await?;
    claim.tracks = rows.iter().map(claimed).collect::<Result<Vec<_>, _>>()?;
    if let Some(row) = rows.first() {
        claim.now = row.try_get_by_index(4)?;
    }
    Ok(claim)
}

fn claimed(row: &QueryResult) -> Result<Claimed, DbErr> {
    Ok(Claimed {
        rep: row.try_get_by_index(0)?,
        revision: row.try_get_by_index(1)?,
        tries: row.try_get_by_index(2)?,
        is_set_aside: row.try_get_by_index::<Option<DateTime<Utc>>>(3)?.is_some(),
        due_at: row.try_get_by_index(5)?,
        live: row.try_get_by_index(6)?,
        told: row.try_get_by_index(7)?,
    })
}

fn claim_text(backend: DbBackend, class: Class, are_found: &str) -> String {
    let now = clock::now(backend);
    let lease = clock::in_seconds(backend, "$2");
    let hour = clock::in_seconds(backend, "3600");
    let is_free = is_free(backend);
    let tries = match class {
        Class::Sound => "tries = 0",
        Class::Suspect => "tries > 0",
    };
    let skip = match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    format!(
        "WITH picked AS MATERIALIZED (
            SELECT rep_id FROM track WHERE {are_found} AND {tries} AND {is_free}
            ORDER BY rep_id LIMIT $3 {skip}
        )
        UPDATE track SET claim_token = $1, claimed_until = {lease}, tries = tries + 1,
            retry_at = CASE WHEN set_aside_at IS NULL THEN NULL ELSE {hour} END
        WHERE rep_id IN (SELECT rep_id FROM picked)
        RETURNING rep_id, revision, tries, set_aside_at, {now}, due_at, live, told"
    )
}

/// Whether nobody has a track now, and it is not to wait.
fn is_free(backend: DbBackend) -> String {
    let now = clock::now(backend);
    format!(
        "(claimed_until IS NULL OR claimed_until <= {now}) AND (retry_at IS NULL OR retry_at <= {now})"
    )
}

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
