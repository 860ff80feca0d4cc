//! What the check-ins say beyond visits: the newest facts for presence, and how each arrival by
//! button turned out.

use chrono::{DateTime, Utc};
use domain::presence::{Facts, Report};
use domain::visit::{Arrival, Fix, Kind, Located, Outcome};
use entity::field::check_in;
use entity::id::CheckInId;
use uuid::Uuid;

use super::load::Track;
use super::readings::Reading;

/// Gathers it from check-ins that come in pieces, in any order; repeats change nothing.
pub(crate) struct Hearing {
    pub(crate) facts: Facts<Uuid>,
    arrivals: Vec<Pressed>,
}

/// An arrival by button, as it is stored and as the rules see it.
struct Pressed {
    id: CheckInId,
    outcome: Option<check_in::Outcome>,
    fix: Fix<Uuid>,
}

/// How an arrival stood to the customer's fences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArrivalOutcome {
    pub(crate) id: CheckInId,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) outcome: check_in::Outcome,
}

impl Hearing {
    /// What is known before the check-ins are heard.
    pub(crate) fn of(track: &Track) -> Hearing {
        let rep = track.claimed.rep.uuid();
        let live = track.claimed.live.clone();
        let facts = live.and_then(|live| serde_json::from_value(live).ok());
        Hearing {
            facts: facts.unwrap_or_else(|| Facts::none(rep)),
            arrivals: Vec::new(),
        }
    }

    /// Hears some check-ins, each given as it is stored and as the rules see it.
    pub(crate) fn hear(&mut self, readings: &[Reading], located: &[Located<Uuid>]) {
        for (reading, located) in readings.iter().zip(located) {
            self.facts.absorb(&Report {
                recorded_at: reading.fix.recorded_at,
                received_at: reading.received_at,
                position: reading.fix.position,
                accuracy_m: reading.fix.accuracy_m,
                speed_mps: reading.speed_mps,
                battery_pct: reading
                    .battery_pct
                    .and_then(|percent| u8::try_from(percent).ok()),
            });
            if reading.fix.kind == Kind::Arrive {
                let (id, outcome) = (reading.id, reading.outcome);
                self.arrivals.push(Pressed {
                    id,
                    outcome,
                    fix: located.fix,
                });
            }
        }
    }

    /// The arrivals whose stored outcome is not the derived one.
    pub(crate) fn outcomes(&self, derived: &[Arrival<Uuid>]) -> Vec<ArrivalOutcome> {
        let mut outcomes = Vec::new();
        for arrival in derived {
            let outcome = stored_outcome(arrival.outcome);
            let is_news = |pressed: &&Pressed| {
                pressed.outcome != Some(outcome) && pressed.fix.order(&arrival.fix).is_eq()
            };
            for pressed in self.arrivals.iter().filter(is_news) {
                let recorded_at = pressed.fix.recorded_at;
                outcomes.push(ArrivalOutcome {
                    id: pressed.id,
                    recorded_at,
                    outcome,
                });
            }
        }
        outcomes
    }
}

fn stored_outcome(outcome: Outcome) -> check_in::Outcome {
    match outcome {
        Outcome::InRange { .. } => check_in::Outcome::InRange,
        Outcome::OutOfRange { .. } => check_in::Outcome::OutOfRange,
        Outcome::NoFence => check_in::Outcome::NoFence,
        Outcome::Undecided => check_in::Outcome::Undecided,
    }
}
