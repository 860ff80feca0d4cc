//! The live state in the memory of this process: for one process without Redis.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use entity::id::UserId;
use tokio::time::Instant;

use crate::cursor::new_epoch;
use crate::facts::{is_in, rep};
use crate::wake::Wakes;
use crate::{Area, Changes, Cursor, Epoch, Facts};

/// A handle on the state of this process.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) wakes: Wakes,
    expiry: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    epoch: String,
    is_filled: bool,
    sequence: u64,
    live: HashMap<UserId, Live>,
    /// Reps by the sequence of their newest facts; each rep stands here once.
    feed: BTreeMap<u64, UserId>,
}

#[derive(Debug)]
struct Live {
    facts: Facts,
    sequence: u64,
    expires_at: Instant,
}

impl Local {
    pub(crate) fn new(expiry: Duration) -> Local {
        let state = State {
            epoch: new_epoch(),
            is_filled: false,
            sequence: 0,
            live: HashMap::new(),
            feed: BTreeMap::new(),
        };
        Local {
            wakes: Wakes::new(),
            expiry,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// The state without what has expired. No caller panics with the lock held, so a poisoned one is still whole.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.drop_expired(Instant::now());
        state
    }

    pub(crate) fn put(&self, batch: &[Facts]) -> Vec<UserId> {
        let mut state = self.state();
        let expires_at = Instant::now() + self.expiry;
        batch
            .iter()
            .filter(|facts| state.put(facts, expires_at))
            .map(rep)
            .collect()
    }

    pub(crate) fn get(&self, reps: &[UserId]) -> HashMap<UserId, Facts> {
        let state = self.state();
        let known = reps
            .iter()
            .filter_map(|rep| Some((*rep, state.live.get(rep)?.facts.clone())));
        known.collect()
    }

    pub(crate) fn since(&self, cursor: Option<&Cursor>) -> Changes {
        let state = self.state();
        let known = cursor
            .filter(|cursor| cursor.epoch == state.epoch && cursor.sequence <= state.sequence);
        let first = known.map_or(0, |cursor| cursor.sequence.saturating_add(1));
        let changed = state
            .feed
            .range(first..)
            .filter_map(|(_, rep)| state.live.get(rep));
        Changes {
            cursor: Cursor {
                epoch: state.epoch.clone(),
                sequence: state.sequence,
            },
            facts: changed.map(|live| live.facts.clone()).collect(),
            is_reset: known.is_none(),
        }
    }

    pub(crate) fn near(&self, area: Area) -> Vec<UserId> {
        let state = self.state();
        state
            .live
            .values()
            .filter(|live| is_in(&live.facts, area))
            .map(|live| rep(&live.facts))
            .collect()
    }

    pub(crate) fn forget(&self, rep: UserId) {
        let mut state = self.state();
        if let Some(live) = state.live.remove(&rep) {
            state.feed.remove(&live.sequence);
            state.epoch = new_epoch();
        }
    }

    pub(crate) fn needs_rebuild(&self) -> Option<Epoch> {
        let state = self.state();
        (!state.is_filled).then(|| Epoch(state.epoch.clone()))
    }

    pub(crate) fn mark_rebuilt(&self, epoch: &Epoch) -> bool {
        let mut state = self.state();
        let is_same = state.epoch == epoch.0;
        state.is_filled |= is_same;
        is_same
    }
}

impl State {
    fn put(&mut self, facts: &Facts, expires_at: Instant) -> bool {
        let known = self.live.get(&rep(facts));
        if known.is_some_and(|known| facts.revision <= known.facts.revision) {
            return false;
        }
        if let Some(known) = known {
            self.feed.remove(&known.sequence);
        }
        self.sequence += 1;
        let sequence = self.sequence;
        self.feed.insert(sequence, rep(facts));
        self.live.insert(
            rep(facts),
            Live {
                facts: facts.clone(),
                sequence,
                expires_at,
            },
        );
        true
    }

    /// The feed is in the order of writing, which is the order of expiry.
    fn drop_expired(&mut self, now: Instant) {
        while let Some(first) = self.feed.first_entry() {
            let is_expired = self
                .live
                .get(first.get())
                .is_none_or(|live| live.expires_at <= now);
            if !is_expired {
                return;
            }
            let rep = first.remove();
            self.live.remove(&rep);
        }
    }
}
