//! What the hub knew about a rep's surroundings, each fact with the time it held.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::VisitRule;
use super::fix::{FenceRef, Fix, Key};
use super::rule::RuleVersion;

/// Everything but the check-ins that decides a rep's visits.
///
/// Intervals hold from their first instant up to, not including, their last; an open end is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct World<K> {
    /// The fence versions that the fixes name; others change nothing.
    pub fences: Vec<FenceVersion<K>>,
    /// Customers assigned to the rep or to a team of the rep.
    pub assignments: Vec<Assignment<K>>,
    /// The visit rules of the company.
    pub rules: Vec<RuleVersion<K>>,
    /// The segment of each customer that has one: (customer, segment).
    pub segments: Vec<(K, K)>,
    /// The rep's planned visits.
    pub plans: Vec<Plan<K>>,
    /// A manager's corrections of the rep's visits.
    pub corrections: Vec<Correction<K>>,
    /// Which device tracks the rep, from when on. Before the first entry every device does.
    pub tracking: Vec<(DateTime<Utc>, K)>,
}

/// A fence of a customer as it stood for a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FenceVersion<K> {
    /// The fence and its version.
    pub fence: FenceRef<K>,
    /// Whose it is.
    pub customer: K,
    /// Its area in square metres, which makes depths of small and large fences comparable.
    pub area_m2: f64,
    /// Since when it stands.
    pub valid_from: DateTime<Utc>,
    /// When it was replaced or retired.
    pub valid_to: Option<DateTime<Utc>>,
}

/// A customer in the rep's care for a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment<K> {
    /// Who is to be visited.
    pub customer: K,
    /// Since when.
    pub valid_from: DateTime<Utc>,
    /// Until when.
    pub valid_to: Option<DateTime<Utc>>,
}

/// A visit somebody intends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan<K> {
    /// The planned visit.
    pub id: K,
    /// At whom.
    pub customer: K,
    /// The day's first instant in the company's time zone.
    pub from: DateTime<Utc>,
    /// The next day's first instant.
    pub until: DateTime<Utc>,
    /// When it was planned; a visit that opened earlier does not know it.
    pub made_at: DateTime<Utc>,
    /// When it was called off.
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// A manager's word on whose the stay at an instant was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Correction<K> {
    /// When it was decided; the newest word wins.
    pub decided_at: DateTime<Utc>,
    /// The instant whose stay is meant. The middle of the visit's evidence is the best choice,
    /// because late check-ins may move its ends.
    pub at: DateTime<Utc>,
    /// The customer visited; none means that there was no visit.
    pub customer: Option<K>,
}

impl<K> World<K> {
    /// A world without fences, plans, rules of its own or corrections.
    pub fn empty() -> World<K> {
        World {
            fences: Vec::new(),
            assignments: Vec::new(),
            rules: Vec::new(),
            segments: Vec::new(),
            plans: Vec::new(),
            corrections: Vec::new(),
            tracking: Vec::new(),
        }
    }
}

impl<K: Key> World<K> {
    /// The signed distance in metres up to which a fence can matter to `fix`: its error radius
    /// plus the widest exit margin of any rule. Fences farther away may be left out of
    /// [`super::Located::near`].
    pub fn reach_m(&self, fix: &Fix<K>) -> f64 {
        let widest = self
            .rules
            .iter()
            .map(|version| version.rule.exit_margin_m)
            .fold(VisitRule::default().exit_margin_m, f64::max);
        fix.effective_accuracy_m() + widest
    }
}

impl<K: Key> FenceVersion<K> {
    pub(crate) fn is_valid_at(&self, at: DateTime<Utc>) -> bool {
        is_within(self.valid_from, self.valid_to, at)
    }
}

impl<K: Key> Plan<K> {
    /// Whether this plan stood at `at`, for the day that holds `at`.
    pub(crate) fn stands_at(&self, at: DateTime<Utc>) -> bool {
        is_within(self.from, Some(self.until), at) && is_within(self.made_at, self.cancelled_at, at)
    }
}

/// Whether `at` lies in [from, to).
pub(crate) fn is_within(from: DateTime<Utc>, to: Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
    from <= at && to.is_none_or(|to| at < to)
}
