//! Visits: how a rep's check-ins become stays at customers.
//!
//! [`derive`] is a pure function of the *set* of check-ins and of the [`World`] around them.
//! [`Replay`] is the same derivation in steps: it takes fixes in chunks, starts at a
//! [`Checkpoint`] and stops where nothing changes any more. [`reconcile`] compares its result with
//! what was stored, [`explain`] puts it into sentences.
//!
//! The way of a fix: `quality` drops what is too vague and what is a jump of the receiver;
//! then it is inside, outside or undecided for each stay in progress; a stay observed for long
//! enough is opened, a stay left for good is closed.

mod button;
mod choose;
mod closing;
mod corrections;
mod evidence;
mod explain;
mod fix;
mod lookup;
mod observed;
mod opening;
mod quality;
mod reconcile;
mod replay;
mod rule;
mod sentence;
mod state;
mod stay;
mod verdict;
mod world;

pub use evidence::{
    Alternative, Choice, Closing, Corrected, Evidence, Gap, MOST_NAMED, Opening, Sighting,
};
pub use explain::{Reason, explain};
pub use fix::{DEFAULT_ACCURACY_M, Decision, FenceRef, Fix, Key, Kind, Located, Near};
pub use reconcile::{Amendment, Change, Event, Stored, reconcile};
pub use replay::{Checkpoint, Derivation, OutOfOrder, Progress, Replay};
pub use rule::{RuleVersion, VisitRule};
pub use sentence::Words;
pub use state::State;
pub use verdict::{Arrival, Judgement, Outcome, Verdict, judgements, outcome};
pub use world::{Assignment, Correction, FenceVersion, Plan, World};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A stay of the rep at one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit<K> {
    /// Whom.
    pub customer: K,
    /// The fence it opened with; none where the customer had none, or the rep was elsewhere.
    pub fence: Option<FenceRef<K>>,
    /// The rule version it opened with; none is the built-in default.
    pub rule: Option<K>,
    /// The planned visit it fulfils.
    pub plan: Option<K>,
    /// The first evidence of the stay.
    pub arrived_at: DateTime<Utc>,
    /// Its end; none while it is open. Never before `arrived_at`.
    pub left_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub end: Option<End>,
    /// What opened it.
    pub opened_by: OpenedBy,
    /// 0 to 1: how much to trust it. See [`OpenedBy::weight`] and the observed share of its time.
    pub confidence: f64,
    /// What it rests on.
    pub evidence: Evidence<K>,
}

impl<K> Visit<K> {
    /// Its end, or the last evidence of an open one.
    pub fn known_until(&self) -> DateTime<Utc> {
        self.left_at.unwrap_or(self.evidence.last.at)
    }
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum End {
    /// Seen outside.
    Exit,
    /// The rep pressed "depart".
    Departed,
    /// Nothing heard for too long.
    Silence,
    /// Seen at another customer.
    Superseded,
}

/// What opened a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OpenedBy {
    /// Automatic fixes inside for the minimum dwell.
    Trail,
    /// The button, in range.
    Arrive,
    /// The button out of range, which a manager accepted.
    Accepted,
    /// The button at a customer without a fence.
    NoFence,
    /// A manager said whose stay it was.
    Correction,
}

/// Derives the visits of one rep, as known at `as_of`.
///
/// `fixes` come in any order and may repeat; with a checkpoint, those before it are skipped, and
/// the result covers the visits from [`Derivation::from`] on.
pub fn derive<K: Key>(
    world: &World<K>,
    from: Option<&Checkpoint<K>>,
    fixes: &[Located<K>],
    as_of: DateTime<Utc>,
) -> Derivation<K> {
    let mut replay = Replay::start(world, from.cloned());
    replay.feed_all(fixes);
    replay.finish(as_of)
}
