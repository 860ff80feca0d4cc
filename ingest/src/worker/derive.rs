//! Step 4: lets the rules decide. No clock, no database: what goes in is all that counts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, TimeDelta, Utc};
use domain::duty::Duty;
use domain::presence::{self, DutySpan, Facts, OpenVisit};
use domain::visit::{Change, Checkpoint, Derivation, Located, Stored, World, reconcile};
use entity::id::VisitId;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hearing::{ArrivalOutcome, Hearing};
use super::load::Track;
use super::stored::Known;

/// How far ahead presence knows the ends of working days.
const DUTY_AHEAD: TimeDelta = TimeDelta::days(8);

/// A track with what its derivation reads beside the check-ins.
pub(crate) struct Prepared {
    pub(crate) track: Track,
    pub(crate) world: World<Uuid>,
    pub(crate) known: Vec<Known>,
    pub(crate) duty: Option<Duty>,
}

/// What is to be written about a track.
pub(crate) struct Derived {
    pub(crate) track: Track,
    pub(crate) changes: Vec<Change<VisitId, Uuid>>,
    /// The stored visits that were compared.
    pub(crate) known: FxHashMap<VisitId, Known>,
    pub(crate) checkpoints: Vec<Checkpoint<Uuid>>,
    /// Stored checkpoints from here on stay true.
    pub(crate) settled_at: Option<DateTime<Utc>>,
    /// Arrivals whose stored outcome is another.
    pub(crate) outcomes: Vec<ArrivalOutcome>,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) facts: Facts<Uuid>,
    /// What the facts come to now.
    pub(crate) standing: Standing,
}

/// What of a presence is told to other systems when it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) state: presence::State,
    pub(crate) customer: Option<Uuid>,
    pub(crate) since: Option<DateTime<Utc>>,
}

impl Standing {
    /// Whether somebody who was told of the other one must hear of this.
    pub(crate) fn is_news_after(&self, told: Option<&serde_json::Value>) -> bool {
        let told = told.and_then(|told| Standing::deserialize(told).ok());
        told.is_none_or(|told| (told.state, told.customer) != (self.state, self.customer))
    }
}

/// A track that could not be derived, and why.
pub(crate) struct Undone {
    pub(crate) track: Track,
    pub(crate) fault: String,
}

/// Derives a track as known at `as_of`. Whatever goes wrong stays within the track.
pub(crate) fn derive(
    prepared: Prepared,
    located: &[Located<Uuid>],
    as_of: DateTime<Utc>,
) -> Result<Derived, Box<Undone>> {
    let mut hearing = Hearing::of(&prepared.track);
    hearing.hear(&prepared.track.fixes, located);
    let derivation = guarded(|| {
        let mut replay = prepared.track.replay(&prepared.world);
        replay.feed(located).map_err(|error| error.to_string())?;
        Ok(replay.finish(as_of))
    });
    match derivation {
        Ok(derivation) => Ok(decide(prepared, derivation, hearing, as_of)),
        Err(fault) => {
            let track = prepared.track;
            Err(Box::new(Undone { track, fault }))
        }
    }
}

/// What the rules answer, or why they broke off.
pub(crate) fn guarded<T>(rules: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(rules)).unwrap_or_else(|panic| Err(told(panic.as_ref())))
}

/// Compares what was derived with what is stored.
pub(crate) fn decide(
    prepared: Prepared,
    derivation: Derivation<Uuid>,
    hearing: Hearing,
    as_of: DateTime<Utc>,
) -> Derived {
    let Prepared {
        track,
        world,
        known,
        duty,
    } = prepared;
    let in_range = |known: &&Known| {
        let arrived_at = known.stored.visit.arrived_at;
        derivation.from.is_none_or(|from| from <= arrived_at)
            && derivation.until.is_none_or(|until| arrived_at < until)
    };
    let stored: Vec<Stored<VisitId, Uuid>> = known
        .iter()
        .filter(in_range)
        .map(|known| known.stored.clone())
        .collect();
    let changes = reconcile(&world, &stored, &derivation.visits);
    let outcomes = hearing.outcomes(&derivation.arrivals);
    let mut facts = hearing.facts;
    facts.revision = track.claimed.revision + 1;
    let mut due_at = track.claimed.due_at;
    if derivation.settled_at.is_none() {
        due_at = derivation.due_at;
        facts.visit = derivation
            .visits
            .last()
            .filter(|visit| visit.left_at.is_none())
            .map(|visit| OpenVisit {
                customer: visit.customer,
                since: visit.arrived_at,
            });
    }
    facts.duty = duty.map(|duty| spans(&duty, as_of)).unwrap_or_default();
    let due_at = [due_at, presence::next_change(&facts, as_of)];
    let due_at = due_at.into_iter().flatten().min();
    let judged = presence::judge(&facts, as_of);
    let standing = Standing {
        state: judged.state,
        customer: judged.customer,
        since: judged.since,
    };
    Derived {
        track,
        changes,
        known: known
            .into_iter()
            .map(|known| (known.stored.id, known))
            .collect(),
        checkpoints: derivation.checkpoints,
        settled_at: derivation.settled_at,
        outcomes,
        due_at,
        facts,
        standing,
    }
}

/// The stretch of duty that holds, and those of the next days.
fn spans(duty: &Duty, now: DateTime<Utc>) -> Vec<DutySpan> {
    let mut since = now - domain::duty::LOOK_BACK;
    let mut spans = vec![DutySpan {
        since,
        state: duty.at(since),
    }];
    while let Some(change) = duty
        .next_change(since)
        .filter(|change| *change < now + DUTY_AHEAD)
    {
        since = change;
        if since <= now {
            spans.clear();
        }
        spans.push(DutySpan {
            since,
            state: duty.at(since),
        });
    }
    spans
}

/// What a panic says of itself.
fn told(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "the derivation broke off".to_owned())
}
