//! Why a visit is what it is: the reasons, with their numbers.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::evidence::{Choice, Closing, Gap};
use super::fix::FenceRef;
use super::{End, OpenedBy, Visit};

/// One reason behind a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason<K> {
    /// The place it was judged against.
    Place {
        /// The fence, or none where a circle about the button stood in.
        fence: Option<FenceRef<K>>,
        /// The radius of that circle in metres.
        circle_radius_m: Option<f64>,
    },
    /// What opened it.
    Opened {
        /// How.
        by: OpenedBy,
        /// The first inside fix.
        arrived_at: DateTime<Utc>,
        /// The fix that decided it.
        decided_at: DateTime<Utc>,
        /// Signed distance of that fix to the fence, in metres.
        distance_m: Option<f64>,
        /// Time observed inside by then.
        observed: TimeDelta,
        /// The dwell the rule asks of a trail.
        min_dwell: TimeDelta,
    },
    /// Why this customer among several.
    Chosen {
        /// The ground.
        choice: Choice,
        /// Mean depth over the evidence: signed distance over √(area/π).
        depth: f64,
        /// Who else it may have been.
        others: Vec<K>,
    },
    /// The evidence as a whole.
    Evidence {
        /// Inside fixes.
        inside: u32,
        /// The last of them.
        last_inside_at: DateTime<Utc>,
        /// Time observed.
        observed: TimeDelta,
        /// Fixes too vague to tell.
        undecided: u32,
        /// Fixes outside.
        outside: u32,
        /// The margin, in metres, that the whole error circle must keep to be outside.
        exit_margin_m: f64,
    },
    /// Times nobody observed that belong to it all the same.
    Bridged {
        /// How many.
        count: u32,
        /// How long together.
        total: TimeDelta,
        /// The first of them.
        gaps: Vec<Gap>,
        /// A gap longer than this is bridged, not observed.
        max_sample_gap: TimeDelta,
    },
    /// It is open.
    Open {
        /// A silence longer than this would end it.
        silence: TimeDelta,
    },
    /// What closed it.
    Closed {
        /// When.
        left_at: DateTime<Utc>,
        /// How.
        end: End,
        /// The fixes that decided it.
        closing: Closing<K>,
        /// A longer gap between check-ins ends a visit.
        silence: TimeDelta,
    },
    /// A manager said whose it was.
    Corrected {
        /// Whose it would have been.
        derived_customer: K,
        /// When that was decided.
        decided_at: DateTime<Utc>,
    },
    /// The rule with these thresholds; none is the built-in one.
    Rule {
        /// Its version.
        version: Option<K>,
    },
}

/// The reasons behind a visit, in the order a person would tell them.
pub fn explain<K: Copy>(visit: &Visit<K>) -> Vec<Reason<K>> {
    let evidence = &visit.evidence;
    let mut reasons = vec![
        opened(visit),
        Reason::Place {
            fence: visit.fence,
            circle_radius_m: evidence.circle_radius_m,
        },
        Reason::Chosen {
            choice: evidence.opening.choice,
            depth: evidence.opening.depth,
            others: evidence
                .alternatives
                .iter()
                .map(|other| other.customer)
                .collect(),
        },
        gathered(visit),
    ];
    if evidence.bridged_count > 0 {
        reasons.push(Reason::Bridged {
            count: evidence.bridged_count,
            total: evidence.bridged_for,
            gaps: evidence.bridged.clone(),
            max_sample_gap: evidence.rule.max_sample_gap,
        });
    }
    reasons.push(ended(visit));
    if let Some(corrected) = evidence.corrected {
        reasons.push(Reason::Corrected {
            derived_customer: corrected.derived_customer,
            decided_at: corrected.decided_at,
        });
    }
    reasons.push(Reason::Rule {
        version: visit.rule,
    });
    reasons
}

fn opened<K: Copy>(visit: &Visit<K>) -> Reason<K> {
    let opening = &visit.evidence.opening;
    Reason::Opened {
        by: visit.opened_by,
        arrived_at: visit.arrived_at,
        decided_at: opening.by.at,
        distance_m: opening.by.distance_m,
        observed: opening.observed,
        min_dwell: visit.evidence.rule.min_dwell,
    }
}

fn gathered<K: Copy>(visit: &Visit<K>) -> Reason<K> {
    let evidence = &visit.evidence;
    Reason::Evidence {
        inside: evidence.inside,
        last_inside_at: evidence.last.at,
        observed: evidence.observed,
        undecided: evidence.undecided,
        outside: evidence.outside,
        exit_margin_m: evidence.rule.exit_margin_m,
    }
}

fn ended<K: Copy>(visit: &Visit<K>) -> Reason<K> {
    let silence = visit.evidence.rule.silence;
    match (visit.left_at, visit.end, visit.evidence.closing) {
        (Some(left_at), Some(end), Some(closing)) => Reason::Closed {
            left_at,
            end,
            closing,
            silence,
        },
        _ => Reason::Open { silence },
    }
}
