//! One fix against one customer's fences: inside, outside, or too vague to tell.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fix::{FenceRef, Fix, Key, Kind, Located, to_millimetre};
use super::lookup::Lookup;
use super::{Decision, World};

/// Where a fix lies, its error circle considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The point is in the fence, or on its edge.
    Inside,
    /// The whole error circle is beyond the boundary by more than the exit margin.
    Outside,
    /// Neither can be said.
    Undecided,
}

/// A verdict with the fence and the numbers it came from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement<K> {
    /// Whose fence.
    pub customer: K,
    /// Which fence, in which version.
    pub fence: FenceRef<K>,
    /// The verdict.
    pub verdict: Verdict,
    /// Signed distance to the boundary in metres, negative inside.
    pub distance_m: f64,
    /// The error radius used, in metres.
    pub accuracy_m: f64,
    /// The exit margin of the customer's rule, in metres.
    pub exit_margin_m: f64,
}

/// What became of an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Inside or undecided: it counts.
    InRange {
        /// Signed distance to the customer's nearest fence, in metres.
        distance_m: f64,
    },
    /// Outside: it waits for the manager.
    OutOfRange {
        /// Signed distance to the customer's nearest fence, in metres.
        distance_m: f64,
    },
    /// The customer had no fence then: it counts, with low confidence.
    NoFence,
    /// It names no customer or has no position, so there is nothing to judge.
    Undecided,
}

/// An arrival and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival<K> {
    /// The check-in.
    pub fix: Fix<K>,
    /// Its outcome.
    pub outcome: Outcome,
}

impl Verdict {
    /// Judges a signed distance. A fix nearer than its error radius and the margin together is
    /// undecided, so that jitter at the door neither ends a visit nor begins one.
    pub fn of(distance_m: f64, accuracy_m: f64, exit_margin_m: f64) -> Verdict {
        if distance_m <= 0.0 {
            Verdict::Inside
        } else if distance_m > accuracy_m + exit_margin_m {
            Verdict::Outside
        } else {
            Verdict::Undecided
        }
    }
}

/// Judges a fix against every fence near it that stands at that time, nearest first.
///
/// Assignment is not asked: this tells where the rep was, not what came of it.
pub fn judgements<K: Key>(world: &World<K>, located: &Located<K>) -> Vec<Judgement<K>> {
    let lookup = Lookup::of(world);
    let fix = &located.fix;
    let accuracy_m = fix.effective_accuracy_m();
    let mut judgements = Vec::new();
    for near in &located.near {
        let Some(standing) = lookup.fence(near.fence) else {
            continue;
        };
        if !standing.is_valid_at(fix.recorded_at) {
            continue;
        }
        let exit_margin_m = lookup
            .ruling(standing.customer, fix.recorded_at)
            .rule
            .exit_margin_m;
        let distance_m = to_millimetre(near.distance_m);
        judgements.push(Judgement {
            customer: standing.customer,
            fence: near.fence,
            verdict: Verdict::of(distance_m, accuracy_m, exit_margin_m),
            distance_m,
            accuracy_m,
            exit_margin_m,
        });
    }
    judgements.sort_by(|a, b| {
        a.distance_m
            .total_cmp(&b.distance_m)
            .then(a.fence.cmp(&b.fence))
    });
    judgements
}

/// What becomes of an `ARRIVE`, judged against the named customer's fences of that time.
pub fn outcome<K: Key>(world: &World<K>, located: &Located<K>) -> Option<Outcome> {
    (located.fix.kind == Kind::Arrive).then(|| arrival_outcome(&Lookup::of(world), located))
}

/// The outcome of an arrival; the caller has checked that it is one.
pub(crate) fn arrival_outcome<K: Key>(lookup: &Lookup<'_, K>, located: &Located<K>) -> Outcome {
    let fix = &located.fix;
    let (Some(customer), Some(_)) = (fix.customer, fix.position) else {
        return Outcome::Undecided;
    };
    let Some(distance_m) = nearest(lookup, located, customer, fix.recorded_at) else {
        return Outcome::NoFence;
    };
    let margin_m = lookup.ruling(customer, fix.recorded_at).rule.exit_margin_m;
    match Verdict::of(distance_m, fix.effective_accuracy_m(), margin_m) {
        Verdict::Inside | Verdict::Undecided => Outcome::InRange { distance_m },
        Verdict::Outside => Outcome::OutOfRange { distance_m },
    }
}

/// Signed distance in metres to the nearest fence that `customer` had at `at`.
fn nearest<K: Key>(
    lookup: &Lookup<'_, K>,
    located: &Located<K>,
    customer: K,
    at: DateTime<Utc>,
) -> Option<f64> {
    located
        .near
        .iter()
        .filter(|near| {
            lookup
                .fence(near.fence)
                .is_some_and(|fence| fence.customer == customer && fence.is_valid_at(at))
        })
        .map(|near| to_millimetre(near.distance_m))
        .min_by(f64::total_cmp)
}

impl Outcome {
    /// Whether the arrival opens a visit, given the manager's decision.
    pub(crate) fn opens(self, decision: Option<Decision>) -> bool {
        match self {
            Outcome::InRange { .. } | Outcome::NoFence => true,
            Outcome::OutOfRange { .. } => decision == Some(Decision::Accepted),
            Outcome::Undecided => false,
        }
    }
}
