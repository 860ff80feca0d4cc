//! What all subscribers of this process share: one copy of the newest facts, of who works where,
//! and of how far the feed of visits has come. Each is read on demand, at most once in a while,
//! however many ask.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use entity::Database;
use entity::field::counter;
use presence::{Cursor, Facts, Presence};
use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::presence::away;
use super::roster::Roster;
use crate::error::Result;

/// Live state is read, and a subscriber told of it, at most this often.
pub(super) const BREATH: Duration = Duration::from_millis(200);
/// Who works where is at most this old.
const ROSTER_AGE: TimeDelta = TimeDelta::seconds(10);

/// A handle; a clone is a handle on the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Live {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    // Each lock is held while its part is read: those who ask meanwhile get the same answer.
    view: Mutex<Option<(Instant, Arc<View>)>>,
    roster: Mutex<Option<Arc<Roster>>>,
    changes: Mutex<Option<(Instant, i64)>>,
}

/// The newest facts of everybody.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// Rises with every read that brought something.
    pub(super) generation: u64,
    /// The place in the presence feed that it belongs to.
    pub(super) cursor: Cursor,
    pub(super) reps: HashMap<Uuid, Entry>,
}

/// The newest facts of one rep.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The generation that brought them.
    pub(super) generation: u64,
    pub(super) facts: Arc<Facts>,
}

impl Live {
    /// The newest facts, as of this instant or later.
    pub(super) async fn view(&self, presence: &Presence, since: Instant) -> Result<Arc<View>> {
        let mut known = self.shared.view.lock().await;
        if let Some((read_at, view)) = known.as_ref() {
            if *read_at >= since {
                return Ok(view.clone());
            }
            breathe(*read_at).await;
        }
        let reading_at = Instant::now();
        let view = match known.as_ref() {
            Some((_, view)) => {
                let changes = presence.since(&view.cursor).await;
                let changes = changes.map_err(|error| away(&error))?;
                let is_incomplete = changes.is_reset && is_incomplete(presence).await?;
                // A store that was emptied is followed once it is whole again.
                if is_incomplete || (changes.facts.is_empty() && !changes.is_reset) {
                    let view = view.clone();
                    *known = Some((reading_at, view.clone()));
                    return Ok(view);
                }
                view.then(changes.cursor, changes.facts, changes.is_reset)
            }
            None => {
                let snapshot = presence.snapshot().await.map_err(|error| away(&error))?;
                View::first(snapshot.cursor, snapshot.facts)
            }
        };
        let view = Arc::new(view);
        *known = Some((reading_at, view.clone()));
        Ok(view)
    }

    /// Who works where.
    pub(super) async fn roster(&self, database: &Database) -> Result<Arc<Roster>> {
        let mut known = self.shared.roster.lock().await;
        if let Some(roster) = known.as_ref()
            && Utc::now() - roster.read_at < ROSTER_AGE
        {
            return Ok(roster.clone());
        }
        let roster = Arc::new(Roster::read(database).await?);
        *known = Some(roster.clone());
        Ok(roster)
    }

    /// The newest sequence of the feed of visits, as of this instant or later.
    pub(super) async fn newest_change(&self, database: &Database, since: Instant) -> Result<i64> {
        let mut known = self.shared.changes.lock().await;
        if let Some((read_at, newest)) = *known {
            if read_at >= since {
                return Ok(newest);
            }
            breathe(read_at).await;
        }
        let reading_at = Instant::now();
        let statement = Statement::from_sql_and_values(
            database.backend(),
            "SELECT value FROM counter WHERE name = $1",
            [counter::CHANGES.into()],
        );
        let row = database.read.query_one_raw(statement).await?;
        let newest = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        *known = Some((reading_at, newest));
        Ok(newest)
    }
}

/// Waits until the last reading is a breath ago.
async fn breathe(read_at: Instant) {
    tokio::time::sleep_until((read_at + BREATH).into()).await;
}

async fn is_incomplete(presence: &Presence) -> Result<bool> {
    let missing = presence.needs_rebuild().await;
    Ok(missing.map_err(|error| away(&error))?.is_some())
}

impl View {
    fn first(cursor: Cursor, facts: Vec<Facts>) -> Self {
        let empty = Self {
            generation: 0,
            cursor: cursor.clone(),
            reps: HashMap::new(),
        };
        empty.then(cursor, facts, true)
    }

    fn then(&self, cursor: Cursor, facts: Vec<Facts>, is_reset: bool) -> Self {
        let generation = self.generation + 1;
        let mut reps = match is_reset {
            true => HashMap::new(),
            false => self.reps.clone(),
        };
        for facts in facts {
            let entry = Entry {
                generation,
                facts: Arc::new(facts),
            };
            reps.insert(entry.facts.rep, entry);
        }
        Self {
            generation,
            cursor,
            reps,
        }
    }
}
