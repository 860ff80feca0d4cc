//! Why a visit is what it is: the fixes, fence and thresholds behind it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::fix::{FenceRef, Kind};
use super::{VisitRule, verdict::Verdict};

/// The most bridged gaps and the most alternatives a visit names one by one.
pub const MOST_NAMED: usize = 8;

/// One fix as a visit remembers it: without its position.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting<K> {
    /// The phone's time.
    pub at: DateTime<Utc>,
    /// What kind of check-in.
    pub kind: Kind,
    /// Whose reading.
    pub device: K,
    /// Signed distance in metres to the customer's best fence; none when it is out of reach.
    pub distance_m: Option<f64>,
    /// The error radius the rules used, in metres.
    pub accuracy_m: f64,
}

/// A time between two inside fixes that nobody observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The inside fix before it.
    pub from: DateTime<Utc>,
    /// The inside fix after it.
    pub until: DateTime<Utc>,
}

/// A customer whose fence held the rep too when the visit opened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative<K> {
    /// Who else it may have been.
    pub customer: K,
    /// The fence that speaks for it.
    pub fence: Option<FenceRef<K>>,
    /// Mean depth: signed distance over √(area/π), -1 at the centre of a circle.
    pub depth: f64,
    /// Fixes inside.
    pub inside: u32,
    /// Time observed inside.
    pub observed: TimeDelta,
}

/// Why one customer was chosen among several whose fences held the rep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Choice {
    /// Nobody else was possible.
    Only,
    /// A correction names it.
    Corrected,
    /// The rep pressed "arrive" for it.
    Named,
    /// A visit there was planned that day.
    Planned,
    /// The rep was deepest in its fence.
    Deepest,
    /// All else was equal.
    LowestId,
}

impl Choice {
    /// Whether nothing but the position spoke for the customer.
    pub(crate) fn is_by_depth(self) -> bool {
        matches!(self, Choice::Deepest | Choice::LowestId)
    }
}

/// What opened a visit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening<K> {
    /// The fix that decided it: the one that completed the dwell, or the button.
    pub by: Sighting<K>,
    /// Why this customer.
    pub choice: Choice,
    /// Mean depth over the evidence at that moment: signed distance over √(area/π).
    pub depth: f64,
    /// Time observed inside at that moment.
    pub observed: TimeDelta,
}

/// What closed a visit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Closing<K> {
    /// The rep was seen outside for long enough.
    Exit {
        /// The first outside fix after the last inside one.
        first: Sighting<K>,
        /// The outside fix that confirmed it.
        confirmed: Sighting<K>,
        /// Outside fixes up to then.
        fixes: u32,
    },
    /// The rep pressed "depart".
    Departed {
        /// The button.
        button: Sighting<K>,
        /// Where the button was pressed; only an outside one leaves the end at the last evidence.
        verdict: Verdict,
    },
    /// Nothing was heard for longer than the rule's silence.
    Silence {
        /// The last check-in of any kind before it.
        last_heard_at: DateTime<Utc>,
    },
    /// The rep turned up elsewhere.
    Superseded {
        /// The customer of the next visit.
        by_customer: K,
        /// The fix that opened the next visit.
        at: DateTime<Utc>,
    },
}

/// A manager's correction and what it replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected<K> {
    /// The customer the fixes spoke for.
    pub derived_customer: K,
    /// The instant the correction names.
    pub at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
}

/// Everything a visit rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence<K> {
    /// The first inside fix: the arrival.
    pub first: Sighting<K>,
    /// The last inside fix.
    pub last: Sighting<K>,
    /// Inside fixes.
    pub inside: u32,
    /// Fixes too vague to tell; they change nothing.
    pub undecided: u32,
    /// Fixes outside, the ones that closed the visit included.
    pub outside: u32,
    /// Time between inside fixes close enough to each other to count as observed.
    pub observed: TimeDelta,
    /// Gaps bridged between inside fixes: the first [`MOST_NAMED`].
    pub bridged: Vec<Gap>,
    /// How many gaps were bridged in all.
    pub bridged_count: u32,
    /// How long they were together.
    pub bridged_for: TimeDelta,
    /// The circle it was judged against, where no fence was.
    pub circle_radius_m: Option<f64>,
    /// Others whose fences held the rep when it opened, deepest first, at most [`MOST_NAMED`].
    pub alternatives: Vec<Alternative<K>>,
    /// What opened it.
    pub opening: Opening<K>,
    /// What closed it.
    pub closing: Option<Closing<K>>,
    /// The thresholds it was judged by.
    pub rule: VisitRule,
    /// A manager's word that changed whose visit it is.
    pub corrected: Option<Corrected<K>>,
}
