//! Live state of the reps and the wake-up channel: Redis, or in process.
//!
//! Nothing here is the truth: all of it can be rebuilt from the database, and `Presence::needs_rebuild` says when.

mod area;
mod cursor;
mod facts;
mod keys;
mod local;
mod redis;
mod wake;

use std::collections::HashMap;
use std::time::Duration;

use entity::id::UserId;
use tokio_util::sync::CancellationToken;

pub use area::Area;
pub use cursor::{Cursor, NotACursor};
pub use facts::Facts;
pub use wake::{Listener, Topic};

use crate::local::Local;
use crate::redis::Redis;

/// How long a rep's facts are kept when nothing newer comes.
const EXPIRY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Why the live state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store does not answer, or answers that it cannot serve: the database is still the truth.
    #[error("the presence store is unavailable: {0}")]
    Unavailable(String),
    /// The address is not one of a Redis server.
    #[error("not a Redis address: {0}")]
    Address(String),
}

/// What a call to the store gives.
pub type Result<T> = std::result::Result<T, Error>;

/// All that changed after a cursor, each rep once, in its newest state.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    /// Where to go on from.
    pub cursor: Cursor,
    /// The newest facts of each rep that changed, the longest unchanged first.
    pub facts: Vec<Facts>,
    /// The cursor told nothing: `facts` is everything there is, and what a reader knew of other reps no longer holds.
    pub is_reset: bool,
}

/// Everything there is, and the place in the feed that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Where to go on from.
    pub cursor: Cursor,
    /// The newest facts of every rep, the longest unchanged first.
    pub facts: Vec<Facts>,
}

/// Names one life of the store, from empty to emptied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch(String);

/// The live state of all reps. A clone is a handle on the same store.
#[derive(Clone, Debug)]
pub struct Presence {
    store: Store,
}

#[derive(Clone, Debug)]
enum Store {
    Local(Local),
    Redis(Redis),
}

impl Presence {
    /// Live state in the memory of this process.
    pub fn local() -> Presence {
        Presence {
            store: Store::Local(Local::new(EXPIRY)),
        }
    }

    /// Live state in a Redis server, which need not be there yet: only a wrong address is an error.
    pub fn redis(url: &str) -> Result<Presence> {
        Ok(Presence {
            store: Store::Redis(Redis::new(url, EXPIRY)?),
        })
    }

    /// The same with facts that expire sooner or later than after a week.
    #[must_use]
    pub fn expiring_after(mut self, expiry: Duration) -> Presence {
        match &mut self.store {
            Store::Local(local) => *local = Local::new(expiry),
            Store::Redis(redis) => redis.expire_after(expiry),
        }
        self
    }

    /// Hears the wake-up hints of other processes until the token is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        match &self.store {
            Store::Local(_) => stop.cancelled().await,
            Store::Redis(redis) => redis.hear_others(stop).await,
        }
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<()> {
        match &self.store {
            Store::Local(_) => Ok(()),
            Store::Redis(redis) => redis.ping().await,
        }
    }

    /// Takes the newest facts of some reps, each rep once, and tells the reps whose facts were new. Facts of a
    /// revision that is not above the known one are refused, in one atomic step.
    pub async fn put(&self, batch: &[Facts]) -> Result<Vec<UserId>> {
        let accepted = match &self.store {
            Store::Local(local) => local.put(batch),
            Store::Redis(redis) => redis.put(batch).await?,
        };
        if !accepted.is_empty() {
            self.wake(Topic::Presence).await;
        }
        Ok(accepted)
    }

    /// The newest facts of the reps, where there are any.
    pub async fn get(&self, reps: &[UserId]) -> Result<HashMap<UserId, Facts>> {
        match &self.store {
            Store::Local(local) => Ok(local.get(reps)),
            Store::Redis(redis) => redis.get(reps).await,
        }
    }

    /// Everything there is.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let changes = match &self.store {
            Store::Local(local) => local.since(None),
            Store::Redis(redis) => redis.since(None).await?,
        };
        Ok(Snapshot {
            cursor: changes.cursor,
            facts: changes.facts,
        })
    }

    /// What changed after the cursor; a cursor of another life of the store gives everything.
    pub async fn since(&self, cursor: &Cursor) -> Result<Changes> {
        match &self.store {
            Store::Local(local) => Ok(local.since(Some(cursor))),
            Store::Redis(redis) => redis.since(Some(cursor)).await,
        }
    }

    /// The reps whose position is known and lies in the area.
    pub async fn near(&self, area: Area) -> Result<Vec<UserId>> {
        match &self.store {
            Store::Local(local) => Ok(local.near(area)),
            Store::Redis(redis) => redis.near(area).await,
        }
    }

    /// Removes all that is known of a rep; every reader of the feed starts over without it.
    pub async fn forget(&self, rep: UserId) -> Result<()> {
        match &self.store {
            Store::Local(local) => local.forget(rep),
            Store::Redis(redis) => redis.forget(rep).await?,
        }
        self.wake(Topic::Presence).await;
        Ok(())
    }

    /// Hints that a topic is worth a look, here and in the other processes. Never fails: it is only a hint.
    pub async fn wake(&self, topic: Topic) {
        match &self.store {
            Store::Local(local) => local.wakes.wake(topic),
            Store::Redis(redis) => redis.wake(topic).await,
        }
    }

    /// Hears the hints about a topic from now on.
    pub fn listen(&self, topic: Topic) -> Listener {
        match &self.store {
            Store::Local(local) => local.wakes.listen(topic),
            Store::Redis(redis) => redis.wakes.listen(topic),
        }
    }

    /// The present life of the store, unless all that the database knows has been put into it.
    pub async fn needs_rebuild(&self) -> Result<Option<Epoch>> {
        match &self.store {
            Store::Local(local) => Ok(local.needs_rebuild()),
            Store::Redis(redis) => redis.needs_rebuild().await,
        }
    }

    /// States that all that the database knows has been put into that life of the store. False when it is over.
    pub async fn mark_rebuilt(&self, epoch: &Epoch) -> Result<bool> {
        match &self.store {
            Store::Local(local) => Ok(local.mark_rebuilt(epoch)),
            Store::Redis(redis) => redis.mark_rebuilt(epoch).await,
        }
    }
}
