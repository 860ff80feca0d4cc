//! Derived visits against stored ones: what to write, and what to tell.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::fix::Key;
use super::lookup::Lookup;
use super::{OpenedBy, Visit, World};

/// A visit as the hub keeps it, not withdrawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<I, K> {
    /// Its identity, which it keeps whatever is found out about it.
    pub id: I,
    /// What was last derived.
    pub visit: Visit<K>,
}

/// What to write for one visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<I, K> {
    /// The stored visit; none makes a new one.
    pub id: Option<I>,
    /// The visit as it is now; for a withdrawn one, as it was.
    pub visit: Visit<K>,
    /// What to tell, in this order, each with a revision of its own. Empty when only the evidence
    /// grew: that is written and told to nobody.
    pub events: Vec<Event>,
}

/// What happened to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "reason", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// It was found. One that is over already is closed by the next event.
    Opened,
    /// What was told of it before is no longer right.
    Amended(Amendment),
    /// It is over.
    Closed,
    /// It was none.
    Withdrawn(Amendment),
}

/// Why a visit already told of is seen differently now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Amendment {
    /// Check-ins came late, or a decision on an arrival did.
    LateData,
    /// A fence was edited or retired.
    FenceChanged,
    /// Another visit rule holds.
    RuleChanged,
    /// The customer was assigned otherwise.
    AssignmentChanged,
    /// A plan was made or called off.
    PlanChanged,
    /// A manager corrected it.
    Corrected,
}

/// Matches derived visits with stored ones and answers what has to change.
///
/// Two visits are the same if they are at the same customer and their evidence meets; where that
/// leaves a choice, the greatest overlap wins, then the earliest arrival. Of `stored`, give those
/// in the derivation's range ([`super::Derivation::from`] and `until`).
pub fn reconcile<I: Copy, K: Key>(
    world: &World<K>,
    stored: &[Stored<I, K>],
    derived: &[Visit<K>],
) -> Vec<Change<I, K>> {
    let lookup = Lookup::of(world);
    let mut partner: Vec<Option<usize>> = vec![None; derived.len()];
    let mut is_matched = vec![false; stored.len()];
    for (_, new, old) in pairs(stored, derived) {
        if partner[new].is_none() && !is_matched[old] {
            partner[new] = Some(old);
            is_matched[old] = true;
        }
    }
    let mut changes = Vec::new();
    for (_, stored) in stored
        .iter()
        .enumerate()
        .filter(|(old, _)| !is_matched[*old])
    {
        let cause = cause(&stored.visit, None, &lookup);
        let events = vec![Event::Withdrawn(cause)];
        changes.push(Change {
            id: Some(stored.id),
            visit: stored.visit.clone(),
            events,
        });
    }
    for (new, visit) in derived.iter().enumerate() {
        let change = match partner[new] {
            None => Change {
                id: None,
                visit: visit.clone(),
                events: news(visit),
            },
            Some(old) if stored[old].visit == *visit => continue,
            Some(old) => Change {
                id: Some(stored[old].id),
                visit: visit.clone(),
                events: differences(&stored[old].visit, visit, &lookup),
            },
        };
        changes.push(change);
    }
    changes
}

/// All pairs that may be the same visit, best first: (overlap, derived, stored).
fn pairs<I, K: Key>(
    stored: &[Stored<I, K>],
    derived: &[Visit<K>],
) -> Vec<(TimeDelta, usize, usize)> {
    let mut pairs = Vec::new();
    for (new, visit) in derived.iter().enumerate() {
        for (old, stored) in stored.iter().enumerate() {
            if stored.visit.customer == visit.customer
                && let Some(overlap) = overlap(&stored.visit, visit)
            {
                pairs.push((overlap, new, old));
            }
        }
    }
    let arrivals = |new: usize, old: usize| (derived[new].arrived_at, stored[old].visit.arrived_at);
    pairs.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then_with(|| arrivals(a.1, a.2).cmp(&arrivals(b.1, b.2)))
    });
    pairs
}

/// How long two visits have in common; none when they do not even share an instant.
fn overlap<K>(a: &Visit<K>, b: &Visit<K>) -> Option<TimeDelta> {
    let from = a.arrived_at.max(b.arrived_at);
    let until = a.known_until().min(b.known_until());
    (from <= until).then(|| until - from)
}

fn news<K>(visit: &Visit<K>) -> Vec<Event> {
    match visit.left_at {
        None => vec![Event::Opened],
        Some(_) => vec![Event::Opened, Event::Closed],
    }
}

fn differences<K: Key>(old: &Visit<K>, new: &Visit<K>, lookup: &Lookup<'_, K>) -> Vec<Event> {
    let closes = old.left_at.is_none() && new.left_at.is_some();
    let is_amended = !is_same_but_plan_and_end(old, new)
        || old.plan != new.plan
        || (!closes && (old.left_at, old.end) != (new.left_at, new.end));
    let mut events = Vec::new();
    if is_amended {
        events.push(Event::Amended(cause(old, Some(new), lookup)));
    }
    if closes {
        events.push(Event::Closed);
    }
    events
}

fn is_same_but_plan_and_end<K: Key>(old: &Visit<K>, new: &Visit<K>) -> bool {
    (old.fence, old.rule, old.arrived_at, old.opened_by)
        == (new.fence, new.rule, new.arrived_at, new.opened_by)
        && old.evidence.corrected == new.evidence.corrected
}

/// The reason that can be seen from the world as it is now; what none of its parts explains came
/// late.
fn cause<K: Key>(old: &Visit<K>, new: Option<&Visit<K>>, lookup: &Lookup<'_, K>) -> Amendment {
    let arrived_at = old.arrived_at;
    let corrected = new.map_or_else(
        || lookup.correction(arrived_at, old.known_until()).is_some(),
        |new| new.evidence.corrected != old.evidence.corrected,
    );
    let fence_stands = old.fence.is_none_or(|fence| {
        lookup
            .fence(fence)
            .is_some_and(|version| version.is_valid_at(arrived_at))
    });
    let is_own = old.opened_by == OpenedBy::Trail;
    if corrected {
        Amendment::Corrected
    } else if !fence_stands {
        Amendment::FenceChanged
    } else if lookup.ruling(old.customer, arrived_at).id != old.rule {
        Amendment::RuleChanged
    } else if is_own && !lookup.is_assigned(old.customer, arrived_at) {
        Amendment::AssignmentChanged
    } else if new.is_some_and(|new| {
        is_same_but_plan_and_end(old, new) && (old.left_at, old.end) == (new.left_at, new.end)
    }) {
        Amendment::PlanChanged
    } else {
        Amendment::LateData
    }
}
