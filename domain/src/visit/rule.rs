//! When a stay counts as a visit: the thresholds, and the versions in which they are set.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::fix::to_millimetre;

/// The thresholds of the derivation.
///
/// A customer's segment decides `min_dwell` and `exit_margin_m`. The other four judge the track
/// as a whole, before any customer is known, so they are read from the default rule alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitRule {
    /// A stay observed for less is a drive-by.
    pub min_dwell: TimeDelta,
    /// An automatic fix with a larger error radius, in metres, takes no part.
    pub max_accuracy_m: f64,
    /// How far beyond the boundary, in metres, the whole error circle must lie to be outside.
    pub exit_margin_m: f64,
    /// A longer gap between check-ins of any kind ends a visit.
    pub silence: TimeDelta,
    /// Time between two inside fixes up to this is observed; a longer gap is bridged.
    pub max_sample_gap: TimeDelta,
    /// A fix that needs more than this speed, in metres a second, from both its neighbours is a
    /// jump of the receiver.
    pub max_speed_mps: f64,
}

impl Default for VisitRule {
    fn default() -> VisitRule {
        VisitRule {
            min_dwell: TimeDelta::minutes(3),
            max_accuracy_m: 100.0,
            exit_margin_m: 25.0,
            silence: TimeDelta::hours(3),
            max_sample_gap: TimeDelta::minutes(15),
            max_speed_mps: 70.0,
        }
    }
}

/// A rule as set for a segment, or for everyone, from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleVersion<K> {
    /// This version.
    pub id: K,
    /// The customer segment it is for; none is the default rule.
    pub segment: Option<K>,
    /// The first instant it holds; the next version of the same segment ends it.
    pub valid_from: DateTime<Utc>,
    /// The thresholds.
    pub rule: VisitRule,
}

/// A rule in force, and the version it came from; no version means the built-in default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ruling<K> {
    pub(crate) id: Option<K>,
    pub(crate) rule: VisitRule,
}

impl VisitRule {
    /// The same thresholds to the millimetre, so that they survive being written as text.
    pub(crate) fn to_millimetre(self) -> VisitRule {
        VisitRule {
            max_accuracy_m: to_millimetre(self.max_accuracy_m),
            exit_margin_m: to_millimetre(self.exit_margin_m),
            max_speed_mps: to_millimetre(self.max_speed_mps),
            ..self
        }
    }
}
