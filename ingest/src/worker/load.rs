//! Step 2: reads what the claimed tracks are derived from.
//!
//! The dirty rows come first and everything else in later statements: whatever is committed in
//! between is either seen here, or has left a dirty row that outlives this save.

use chrono::{DateTime, Utc};
use domain::visit::{Checkpoint, Replay, World};
use entity::Database;
use entity::id::UserId;
use entity::keys::any_of_text;
use rustc_hash::FxHashMap;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::claim::{Claim, Claimed};
use super::readings::{self, Reading};
use crate::purge::end_of_purged;
use crate::rows::{self, Column, Rows};

/// More notes than this are left for the next time.
const MOST_DIRTY: i64 = 100_000;

/// A claimed track with its own rows.
#[derive(Debug)]
pub(crate) struct Track {
    pub(crate) claimed: Claimed,
    /// The dirty rows that were read: these and no others are deleted.
    pub(crate) dirty: Vec<i64>,
    /// When the oldest of them was written.
    pub(crate) queued_at: Option<DateTime<Utc>>,
    /// Where the derivation begins; none is the beginning of the track.
    pub(crate) checkpoint: Option<Checkpoint<Uuid>>,
    /// Later checkpoints, which may no longer be true.
    pub(crate) stale: Vec<Checkpoint<Uuid>>,
    /// The newest instant at which anything changed; none if all from the earliest on may look
    /// different now.
    pub(crate) changed_until: Option<DateTime<Utc>>,
    /// There are later checkpoints, readable or not, that are deleted unless met again.
    pub(crate) has_stale: bool,
    /// The check-ins from there on, in order of time.
    pub(crate) fixes: Vec<Reading>,
    /// There are more of them than could be read at once.
    pub(crate) is_long: bool,
}

impl Track {
    /// The derivation of this track, before its check-ins are fed to it.
    pub(crate) fn replay<'w>(&self, world: &'w World<Uuid>) -> Replay<'w, Uuid> {
        let replay = Replay::start(world, self.checkpoint.clone());
        match self.changed_until {
            Some(changed_until) => replay.until_known(self.stale.clone(), changed_until),
            None => replay,
        }
    }

    /// From when on check-ins are read; none is from the beginning.
    pub(crate) fn since(&self) -> Option<DateTime<Utc>> {
        self.checkpoint.as_ref().map(|checkpoint| checkpoint.at)
    }
}

/// Reads the claimed tracks.
pub(crate) async fn load(database: &Database, claim: &Claim) -> Result<Vec<Track>, DbErr> {
    let mut tracks: Vec<Track> = claim.tracks.iter().cloned().map(Track::from).collect();
    let touched = read_dirty(database, &mut tracks).await?;
    read_checkpoints(database, &mut tracks, &touched).await?;
    readings::read(database, &mut tracks).await?;
    Ok(tracks)
}

impl From<Claimed> for Track {
    fn from(claimed: Claimed) -> Track {
        Track {
            claimed,
            dirty: Vec::new(),
            queued_at: None,
            checkpoint: None,
            stale: Vec::new(),
            changed_until: None,
            has_stale: false,
            fixes: Vec::new(),
            is_long: false,
        }
    }
}

/// When something of a track has changed.
#[derive(Clone, Copy, Debug)]
struct Touched {
    earliest: DateTime<Utc>,
    /// None if all from the earliest on may look different now.
    latest: Option<DateTime<Utc>>,
}

impl Touched {
    fn and(self, other: Touched) -> Touched {
        Touched {
            earliest: self.earliest.min(other.earliest),
            latest: self
                .latest
                .zip(other.latest)
                .map(|(one, other)| one.max(other)),
        }
    }
}

/// What has changed of each rep that has changes; the others are merely due.
async fn read_dirty(
    database: &Database,
    tracks: &mut [Track],
) -> Result<FxHashMap<UserId, Touched>, DbErr> {
    let (condition, reps) = any_of_text(database.backend(), "rep_id", "$1", &reps(tracks));
    let text = format!(
        "SELECT rep_id, id, earliest, latest, queued_at FROM track_dirty
        WHERE {condition} ORDER BY id LIMIT {MOST_DIRTY}"
    );
    let rows = query(&database.read, text, [reps]).await?;
    let mut places: FxHashMap<UserId, &mut Track> = tracks
        .iter_mut()
        .map(|track| (track.claimed.rep, track))
        .collect();
    let mut touched = FxHashMap::default();
    for row in rows {
        let rep: UserId = row.try_get_by_index(0)?;
        let one = Touched {
            earliest: row.try_get_by_index(2)?,
            latest: row.try_get_by_index(3)?,
        };
        let queued: DateTime<Utc> = row.try_get_by_index(4)?;
        if let Some(track) = places.get_mut(&rep) {
            track.dirty.push(row.try_get_by_index(1)?);
            track.queued_at = Some(track.queued_at.map_or(queued, |oldest| oldest.min(queued)));
        }
        touched
            .entry(rep)
            .and_modify(|known: &mut Touched| *known = known.and(one))
            .or_insert(one);
    }
    Ok(touched)
}

async fn read_checkpoints(
    database: &Database,
    tracks: &mut [Track],
    touched: &FxHashMap<UserId, Touched>,
) -> Result<(), DbErr> {
    let mut wanted = Rows::default();
    for track in tracks.iter_mut() {
        let rep = track.claimed.rep;
        let changed = touched
            .get(&rep)
            .map_or(rows::END_OF_TIME.into(), |touched| {
                rows::instant(touched.earliest)
            });
        wanted.push([("rep_id", rows::id(rep)), ("earliest", changed)]);
        track.changed_until = touched.get(&rep).and_then(|touched| touched.latest);
    }
    let source = rows::unpacked(
        database.backend(),
        "$1",
        &[("rep_id", Column::Id), ("earliest", Column::Instant)],
    );
    // What was purged is not derived again: a change before it counts from the first checkpoint
    // after it on, unless older check-ins have been imported since.
    let floor = end_of_purged(database.backend());
    let text = format!(
        "WITH touched AS (
            SELECT v.rep_id, CASE
                WHEN v.earliest < {floor} AND NOT EXISTS (
                    SELECT 1 FROM check_in
                    WHERE check_in.rep_id = v.rep_id AND check_in.recorded_at < {floor}
                ) THEN coalesce((
                    SELECT min(kept.at) FROM track_checkpoint kept
                    WHERE kept.rep_id = v.rep_id AND kept.at >= {floor}
                ), {floor})
                ELSE v.earliest END AS earliest
            FROM {source}
        )
        SELECT c.rep_id, c.at <= touched.earliest, c.at, c.state
        FROM touched JOIN track_checkpoint c ON c.rep_id = touched.rep_id
        WHERE c.at >= coalesce((
            SELECT max(start.at) FROM track_checkpoint start
            WHERE start.rep_id = touched.rep_id AND start.at <= touched.earliest
        ), touched.earliest)"
    );
    let rows = query(&database.read, text, [wanted.into_parameter()]).await?;
    let mut places: FxHashMap<UserId, &mut Track> = tracks
        .iter_mut()
        .map(|track| (track.claimed.rep, track))
        .collect();
    for row in rows {
        let rep: UserId = row.try_get_by_index(0)?;
        let Some(track) = places.get_mut(&rep) else {
            continue;
        };
        let at = row.try_get_by_index(2)?;
        let state: String = row.try_get_by_index(3)?;
        let is_start: bool = row.try_get_by_index(1)?;
        track.has_stale |= !is_start;
        // A state that another release wrote and this one cannot read is no checkpoint.
        let Ok(state) = serde_json::from_str(&state) else {
            track.has_stale = true;
            continue;
        };
        let checkpoint = Checkpoint { at, state };
        if is_start {
            track.checkpoint = Some(checkpoint);
        } else {
            track.stale.push(checkpoint);
        }
    }
    Ok(())
}

/// The reps of some tracks.
pub(crate) fn reps(tracks: &[Track]) -> Vec<UserId> {
    tracks.iter().map(|track| track.claimed.rep).collect()
}

/// Runs a statement that reads.
pub(crate) async fn query(
    connection: &impl ConnectionTrait,
    text: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let backend = connection.get_database_backend();
    connection
        .query_all_raw(Statement::from_sql_and_values(backend, text, values))
        .await
}
