//! The derivation in steps: from a checkpoint, in chunks, and no farther than needed.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fix::{Key, Kind, Located};
use super::lookup::Lookup;
use super::state::State;
use super::verdict::{Arrival, arrival_outcome};
use super::{Visit, World, corrections};

/// A checkpoint is due after this many fixes at the latest.
const FIXES_BETWEEN_CHECKPOINTS: usize = 1_000;
/// One is due before the newest fix after this many: the next fix is likely to follow it, and then
/// so few are taken again.
const FIXES_BEFORE_NEWEST: usize = 16;

/// The state of a derivation before the first fix at or after an instant.
///
/// It is a function of the fixes before `at` and of the world as it stood for them, so a change at
/// `at` or later leaves it true. The checkpoint after a silence also knows that there was none
/// between its last fix and `at`; any such fix is before `at` too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint<K> {
    /// Fixes from here on are still to be taken.
    pub at: DateTime<Utc>,
    /// What the fixes before it amount to.
    pub state: State<K>,
}

impl<K> Checkpoint<K> {
    /// No visit derived from here on arrives earlier; none means that any may.
    pub fn frontier(&self) -> Option<DateTime<Utc>> {
        self.state.stays.frontier
    }
}

/// What a derivation found.
#[derive(Clone, Debug, PartialEq)]
pub struct Derivation<K> {
    /// The visits, in order of time, that arrived at or after `from` and, where the replay
    /// settled, before the frontier of the checkpoint at `settled_at`.
    pub visits: Vec<Visit<K>>,
    /// The checkpoints to store.
    pub checkpoints: Vec<Checkpoint<K>>,
    /// What became of each `ARRIVE` that was taken.
    pub arrivals: Vec<Arrival<K>>,
    /// When time alone changes the result: derive again with an `as_of` not before it. None when
    /// nothing is in progress; meaningless (as before) where the replay settled.
    pub due_at: Option<DateTime<Utc>>,
    /// Stored visits that arrived at or after this are compared with `visits`; none means all.
    pub from: Option<DateTime<Utc>>,
    /// Stored visits that arrived at or after this are not compared: they stand as they are.
    pub until: Option<DateTime<Utc>>,
    /// The stored checkpoint whose state was met again: from there on everything stands, later
    /// checkpoints included.
    pub settled_at: Option<DateTime<Utc>>,
}

/// Whether a replay wants more fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Feed the next chunk, or finish where there is none.
    More,
    /// A known state was met again: finish, the rest stands as it is.
    Settled,
}

/// A chunk held a fix older than what earlier chunks had already settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a fix recorded at {recorded_at} came after those of {taken_until} were taken")]
pub struct OutOfOrder {
    /// The fix that came too late.
    pub recorded_at: DateTime<Utc>,
    /// The newest instant already taken.
    pub taken_until: DateTime<Utc>,
}

/// A derivation that takes its fixes in chunks.
///
/// After changes from `earliest` on: the stored checkpoints not later than `earliest` stay, the
/// newest of them is where to [`start`](Replay::start); the later ones are stale. Feed the fixes
/// from [`Replay::reads_from`] on in order of time, in chunks of any size, to their end, and
/// finish. Delete the stale checkpoints and store the new ones. To let time pass
/// ([`Derivation::due_at`]), start at the newest checkpoint.
///
/// Where the newest changed instant is known too, hand the stale checkpoints over to
/// [`Replay::until_known`]: the replay may then stop early, and the stale checkpoints from
/// [`Derivation::settled_at`] on stay.
pub struct Replay<'w, K> {
    lookup: Lookup<'w, K>,
    state: State<K>,
    started_at: Option<DateTime<Utc>>,
    from: Option<DateTime<Utc>>,
    /// Stale checkpoints not met yet, in order of time.
    stale: VecDeque<Checkpoint<K>>,
    changed_until: Option<DateTime<Utc>>,
    settled: Option<Checkpoint<K>>,
    /// Fixes of the newest instant: the next chunk may hold more of them.
    newest: Vec<Located<K>>,
    taken_since_checkpoint: usize,
    /// A checkpoint is due after this many fixes.
    most_taken: usize,
    visits: Vec<Visit<K>>,
    checkpoints: Vec<Checkpoint<K>>,
    arrivals: Vec<Arrival<K>>,
}

impl<'w, K: Key> Replay<'w, K> {
    /// Starts at a stored checkpoint, or at the beginning of the track.
    pub fn start(world: &'w World<K>, from: Option<Checkpoint<K>>) -> Replay<'w, K> {
        let started_at = from.as_ref().map(|checkpoint| checkpoint.at);
        let state = from.map_or_else(|| State::blank(None), |checkpoint| checkpoint.state);
        Replay {
            lookup: Lookup::of(world),
            from: state.stays.frontier,
            visits: state.stays.touching.clone(),
            state,
            started_at,
            stale: VecDeque::new(),
            changed_until: None,
            settled: None,
            newest: Vec::new(),
            taken_since_checkpoint: 0,
            most_taken: FIXES_BETWEEN_CHECKPOINTS,
            checkpoints: Vec::new(),
            arrivals: Vec::new(),
        }
    }

    /// Lets the replay stop where the state equals that of a stale checkpoint after
    /// `changed_until`, the newest instant at which anything changed: a check-in's recorded-at,
    /// the end of an edited fact's validity. An earlier one proves nothing, because what changed
    /// after it is still to come.
    pub fn until_known(
        mut self,
        mut stale: Vec<Checkpoint<K>>,
        changed_until: DateTime<Utc>,
    ) -> Replay<'w, K> {
        stale.sort_by_key(|checkpoint| checkpoint.at);
        self.stale = stale.into();
        self.changed_until = Some(changed_until);
        self
    }

    /// The first instant whose fixes are wanted; none means from the beginning.
    pub fn reads_from(&self) -> Option<DateTime<Utc>> {
        self.started_at
    }

    /// Takes the next chunk. Within a chunk the order does not matter, and chunks may share the
    /// fixes of one instant; fixes before [`Replay::reads_from`] are skipped, repeats count once.
    pub fn feed(&mut self, fixes: &[Located<K>]) -> Result<Progress, OutOfOrder> {
        let taken_until = self.state.last_heard_at;
        let wanted = fixes.iter().filter(|located| self.is_wanted(located));
        let late = wanted.map(|located| located.fix.recorded_at).min();
        if let (Some(recorded_at), Some(taken_until)) = (late, taken_until)
            && recorded_at <= taken_until
            && self.settled.is_none()
        {
            return Err(OutOfOrder {
                recorded_at,
                taken_until,
            });
        }
        Ok(self.feed_all(fixes))
    }

    /// Takes fixes that are known not to come too late.
    pub(crate) fn feed_all(&mut self, fixes: &[Located<K>]) -> Progress {
        let newest = std::mem::take(&mut self.newest);
        let mut ordered: Vec<&Located<K>> = newest
            .iter()
            .chain(fixes.iter().filter(|located| self.is_wanted(located)))
            .collect();
        ordered.sort_by(|a, b| a.fix.order(&b.fix));
        ordered.dedup_by(|a, b| a.fix.order(&b.fix).is_eq());
        let mut instants = ordered
            .chunk_by(|a, b| a.fix.recorded_at == b.fix.recorded_at)
            .peekable();
        while let Some(instant) = instants.next() {
            if self.settled.is_some() {
                return Progress::Settled;
            }
            if instants.peek().is_none() {
                self.newest = instant.iter().copied().cloned().collect();
            } else {
                self.take_instant(instant.iter().copied());
            }
        }
        if self.settled.is_some() {
            Progress::Settled
        } else {
            Progress::More
        }
    }

    /// The result, as known at `as_of`.
    pub fn finish(mut self, as_of: DateTime<Utc>) -> Derivation<K> {
        if self.settled.is_none() {
            self.most_taken = FIXES_BEFORE_NEWEST;
            let newest = std::mem::take(&mut self.newest);
            self.take_instant(newest.iter());
        }
        let mut due_at = None;
        let mut until = None;
        match &self.settled {
            // Before the first visit is closed, all of them stand.
            Some(settled) => {
                until = Some(
                    settled
                        .state
                        .stays
                        .frontier
                        .unwrap_or(DateTime::<Utc>::MIN_UTC),
                )
            }
            None if self.state.is_silent_at(as_of, &self.lookup) => {
                self.state.fall_silent(&self.lookup, &mut self.visits);
            }
            None => {
                self.state.release(&self.lookup, &mut self.visits);
                due_at = self.state.due_at(&self.lookup);
                let open = self.state.stays.open.as_ref();
                self.visits
                    .extend(open.map(|open| open.visit(&self.lookup)));
            }
        }
        self.visits
            .retain(|visit| until.is_none_or(|until| visit.arrived_at < until));
        Derivation {
            visits: corrections::apply(self.visits, &self.lookup),
            checkpoints: self.checkpoints,
            arrivals: self.arrivals,
            due_at,
            from: self.from,
            until,
            settled_at: self.settled.map(|settled| settled.at),
        }
    }

    fn is_wanted(&self, located: &Located<K>) -> bool {
        self.started_at
            .is_none_or(|started_at| started_at <= located.fix.recorded_at)
    }

    /// Takes all the fixes of one instant, unless a known state is met before them.
    fn take_instant<'f>(&mut self, mut instant: impl Iterator<Item = &'f Located<K>>)
    where
        K: 'f,
    {
        let Some(first) = instant.next() else {
            return;
        };
        self.come_to(first.fix.recorded_at);
        if self.settled.is_some() {
            return;
        }
        for located in std::iter::once(first).chain(instant) {
            if located.fix.kind == Kind::Arrive {
                let outcome = arrival_outcome(&self.lookup, located);
                self.arrivals.push(Arrival {
                    fix: located.fix,
                    outcome,
                });
            }
            self.state.take(located, &self.lookup, &mut self.visits);
            self.taken_since_checkpoint += 1;
        }
    }

    /// Lets time pass up to the next fix: ends what a silence ended, meets or saves a checkpoint.
    fn come_to(&mut self, at: DateTime<Utc>) {
        let is_silent = self.state.is_silent_at(at, &self.lookup);
        let is_new_day = self
            .state
            .last_heard_at
            .is_some_and(|heard| heard.date_naive() != at.date_naive());
        if is_silent {
            self.state.fall_silent(&self.lookup, &mut self.visits);
            self.state = State::blank(Some(at));
        }
        while self.stale.front().is_some_and(|stale| stale.at < at) {
            self.stale.pop_front();
        }
        let met = self.stale.pop_front_if(|stale| stale.at == at);
        let was_met = met.is_some();
        let is_after_changes = self.changed_until.is_some_and(|changed| changed < at);
        if let Some(met) = met.filter(|met| is_after_changes && met.state == self.state) {
            self.settled = Some(met);
            return;
        }
        let is_due = self.taken_since_checkpoint >= self.most_taken;
        if self.started_at != Some(at) && (is_silent || is_new_day || is_due || was_met) {
            self.checkpoints.push(Checkpoint {
                at,
                state: self.state.clone(),
            });
            self.taken_since_checkpoint = 0;
        }
    }
}
