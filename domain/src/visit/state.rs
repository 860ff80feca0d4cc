//! The state of a derivation between two fixes: everything later fixes can still change.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::OpenedBy;
use super::Visit;
use super::evidence::{Alternative, Opening};
use super::fix::{FenceRef, Key, Kind, Located};
use super::lookup::Lookup;
use super::observed::Observed;
use super::quality::Sieve;
use super::stay::{Leaving, Place, Stay};
use super::verdict::arrival_outcome;

/// All that is known of a track after the fixes before an instant, and a function of those alone:
/// no fix at or after the instant has touched it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State<K> {
    /// The newest check-in of any kind or quality.
    pub(crate) last_heard_at: Option<DateTime<Utc>>,
    pub(crate) sieve: Sieve<K>,
    pub(crate) stays: Stays<K>,
}

/// The stays in progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stays<K> {
    pub(crate) open: Option<Open<K>>,
    /// Stays that are no visits yet, by customer.
    pub(crate) candidates: Vec<Stay<K>>,
    /// Customers the rep departed from by button and has not been seen outside of since, by
    /// customer: no trail opens a visit there.
    pub(crate) departed: Vec<Departed<K>>,
    /// No visit closed so far ends later, and none to come begins earlier.
    pub(crate) frontier: Option<DateTime<Utc>>,
    /// Closed visits of no length at the frontier.
    pub(crate) touching: Vec<Visit<K>>,
}

/// The open visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Open<K> {
    pub(crate) stay: Stay<K>,
    pub(crate) opened_by: OpenedBy,
    pub(crate) opening: Opening<K>,
    pub(crate) fence: Option<FenceRef<K>>,
    pub(crate) plan: Option<K>,
    pub(crate) alternatives: Vec<Alternative<K>>,
}

/// A place the rep left by button.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Departed<K> {
    pub(crate) place: Place<K>,
    pub(crate) leaving: Option<Leaving<K>>,
}

impl<K: Key> State<K> {
    /// The state before anything was heard, or after a silence that ended at `frontier`: a
    /// silence ends every stay, so what came before it no longer matters.
    pub(crate) fn blank(frontier: Option<DateTime<Utc>>) -> State<K> {
        State {
            last_heard_at: None,
            sieve: Sieve {
                recent: Vec::new(),
                held: Vec::new(),
            },
            stays: Stays {
                open: None,
                candidates: Vec::new(),
                departed: Vec::new(),
                frontier,
                touching: Vec::new(),
            },
        }
    }

    /// Whether a check-in, or the clock, at `at` comes after a silence.
    pub(crate) fn is_silent_at(&self, at: DateTime<Utc>, lookup: &Lookup<'_, K>) -> bool {
        self.last_heard_at
            .is_some_and(|heard| at - heard > lookup.default_ruling(heard).rule.silence)
    }

    /// Takes one more fix; the caller keeps the order and ends silences.
    pub(crate) fn take(
        &mut self,
        located: &Located<K>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        let stays = &mut self.stays;
        self.sieve
            .take(located, lookup, |passed| stays.take(passed, lookup, visits));
        self.last_heard_at = Some(located.fix.recorded_at);
    }

    /// Lets every held fix pass and ends what a silence ends.
    pub(crate) fn fall_silent(&mut self, lookup: &Lookup<'_, K>, visits: &mut Vec<Visit<K>>) {
        self.release(lookup, visits);
        if let Some(heard) = self.last_heard_at {
            self.stays.fall_silent(heard, lookup, visits);
        }
    }

    /// Lets every held fix pass: there is no later neighbour to judge it by.
    pub(crate) fn release(&mut self, lookup: &Lookup<'_, K>, visits: &mut Vec<Visit<K>>) {
        let stays = &mut self.stays;
        self.sieve
            .release(|passed| stays.take(passed, lookup, visits));
    }

    /// The first instant at which the clock alone changes the result, where there is one.
    pub(crate) fn due_at(&self, lookup: &Lookup<'_, K>) -> Option<DateTime<Utc>> {
        let heard = self.last_heard_at?;
        let in_progress = self.stays.open.is_some() || !self.stays.candidates.is_empty();
        let silence = lookup.default_ruling(heard).rule.silence;
        let due_at = heard
            .checked_add_signed(silence)?
            .checked_add_signed(TimeDelta::milliseconds(1));
        due_at.filter(|_| in_progress)
    }
}

impl<K: Key> Stays<K> {
    /// Hands a fix of sufficient quality to the rule for its kind.
    fn take(&mut self, located: &Located<K>, lookup: &Lookup<'_, K>, visits: &mut Vec<Visit<K>>) {
        let observed = Observed::of(lookup, located);
        match located.fix.kind {
            Kind::Arrive => {
                let outcome = arrival_outcome(lookup, located);
                self.arrive(&observed, outcome, lookup, visits);
            }
            Kind::Trail => self.trail(&observed, lookup, visits),
            Kind::Depart => self.depart(&observed, lookup, visits),
            Kind::Heartbeat | Kind::ShiftStart | Kind::ShiftEnd | Kind::Pause | Kind::Resume => {}
        }
    }
}
