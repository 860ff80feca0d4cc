//! From facts to a state, as of an instant.

use chrono::{DateTime, TimeDelta, Utc};

use super::facts::{DutySpan, Facts, Spot};
use super::{Presence, Reason, State};
use crate::distance::metres;
use crate::duty;

/// A rep not heard of for longer is stale: five of the usual fixes are missing.
pub const STALE_AFTER: TimeDelta = TimeDelta::minutes(15);
/// A position older than this is stale, however lively the phone: a resting phone may send
/// heartbeats alone for a while, but not for ever.
pub const LOST_AFTER: TimeDelta = TimeDelta::hours(1);
/// Positions farther apart than this beyond both their errors, in metres, are movement.
pub const MOVED_M: f64 = 50.0;
/// A measured speed from here on, in metres a second, is movement: slower than a walk.
pub const MOVING_MPS: f64 = 1.0;

/// The smallest step of time: instants are whole milliseconds.
const INSTANT: TimeDelta = TimeDelta::milliseconds(1);
/// How far back a position still speaks of the present movement.
const MOVEMENT_WINDOW: TimeDelta = TimeDelta::minutes(5);

/// Judges what a rep is doing at `now`.
///
/// In this order: duty (who is off duty or in a pause is not looked at), silence, the open visit,
/// movement.
pub fn judge<K: Copy>(facts: &Facts<K>, now: DateTime<Utc>) -> Presence<K> {
    let duty = current_duty(&facts.duty, now);
    match duty.map(|span| span.state) {
        Some(duty::State::OffDuty) => private(State::OffDuty, duty),
        Some(duty::State::Paused) => private(State::Paused, duty),
        Some(duty::State::OnDuty) | None => at_work(facts, duty, now),
    }
}

/// The first instant after `now` at which the judgement may be another although nothing was heard
/// in between: duty changes, or silence has lasted too long. None if it stays as it is.
pub fn next_change<K>(facts: &Facts<K>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let duty = facts.duty.iter().map(|span| span.since);
    let is_looked_at =
        current_duty(&facts.duty, now).is_none_or(|span| span.state == duty::State::OnDuty);
    let heard = facts.heard.filter(|_| is_looked_at);
    let spot = newest_spot(facts).filter(|_| is_looked_at);
    let silent = heard.map(|heard| heard.at + STALE_AFTER + INSTANT);
    let lost = spot.map(|spot| spot.at + LOST_AFTER + INSTANT);
    duty.chain(silent)
        .chain(lost)
        .filter(|change| *change > now)
        .min()
}

/// The stretch of duty that holds at `now`.
fn current_duty(spans: &[DutySpan], now: DateTime<Utc>) -> Option<DutySpan> {
    let begun = spans.partition_point(|span| span.since <= now);
    begun.checked_sub(1).map(|current| spans[current])
}

/// A state that tells nothing but itself.
fn private<K>(state: State, duty: Option<DutySpan>) -> Presence<K> {
    Presence {
        state,
        since: duty.map(|span| span.since),
        age: None,
        position: None,
        error_radius_m: None,
        battery_pct: None,
        customer: None,
        reason: Reason::Duty,
    }
}

fn at_work<K: Copy>(facts: &Facts<K>, duty: Option<DutySpan>, now: DateTime<Utc>) -> Presence<K> {
    let Some(heard) = facts.heard else {
        let mut unknown = private(State::Unknown, duty);
        unknown.reason = Reason::NeverHeard;
        return unknown;
    };
    let age_of = |at: DateTime<Utc>| (now - at).max(TimeDelta::zero());
    let spot = newest_spot(facts);
    let (state, since, reason) = state(facts, spot, now);
    Presence {
        state,
        since: Some(since),
        age: Some(age_of(spot.map_or(heard.at, |spot| spot.at))),
        position: spot.map(|spot| spot.position),
        error_radius_m: spot.map(|spot| spot.accuracy_m),
        battery_pct: facts.battery.map(|(_, percent)| percent),
        customer: facts.visit.as_ref().map(|visit| visit.customer),
        reason,
    }
}

/// The newest accurate position; a vague one only when it is much newer.
fn newest_spot<K>(facts: &Facts<K>) -> Option<Spot> {
    match (facts.spots.last().copied(), facts.vague) {
        (Some(spot), Some(vague)) if vague.at - spot.at > STALE_AFTER => Some(vague),
        (Some(spot), _) => Some(spot),
        (None, vague) => vague,
    }
}

/// The state of a rep at work who was heard of, since when, and why.
fn state<K>(
    facts: &Facts<K>,
    spot: Option<Spot>,
    now: DateTime<Utc>,
) -> (State, DateTime<Utc>, Reason) {
    let heard_at = facts.heard.map_or(now, |heard| heard.at);
    let silent = now - heard_at;
    if silent > STALE_AFTER {
        return (
            State::Stale,
            heard_at + STALE_AFTER,
            Reason::Silent { length: silent },
        );
    }
    if let Some(visit) = &facts.visit {
        return (State::AtCustomer, visit.since, Reason::VisitOpen);
    }
    let Some(spot) = spot else {
        return (State::Unknown, heard_at, Reason::NoPosition);
    };
    let lost = now - spot.at;
    if lost > LOST_AFTER {
        return (
            State::Stale,
            spot.at + LOST_AFTER,
            Reason::PositionLost { length: lost },
        );
    }
    movement(&facts.spots, spot)
}

/// Moving or at rest, by the newest position against those before it.
fn movement(spots: &[Spot], newest: Spot) -> (State, DateTime<Utc>, Reason) {
    let before: Vec<&Spot> = spots
        .iter()
        .rev()
        .filter(|spot| spot.at < newest.at)
        .collect();
    if let Some(reason) = sign_of_movement(&before, &newest) {
        return (State::Moving, moving_since(&before, &newest), reason);
    }
    if before.is_empty() {
        return (State::Stationary, newest.at, Reason::OnePosition);
    }
    let still = before
        .iter()
        .take_while(|spot| distance_moved(spot, &newest).is_none());
    let since = still.last().map_or(newest.at, |spot| spot.at);
    (State::Stationary, since, Reason::Still)
}

fn sign_of_movement(before: &[&Spot], newest: &Spot) -> Option<Reason> {
    if let Some(mps) = newest.speed_mps {
        return (mps >= MOVING_MPS).then_some(Reason::Speed { mps });
    }
    before
        .iter()
        .take_while(|spot| newest.at - spot.at <= MOVEMENT_WINDOW)
        .find_map(|spot| distance_moved(spot, newest))
        .map(|metres| Reason::Moved { metres })
}

/// How far apart two positions are in metres, where that is movement and not error.
fn distance_moved(a: &Spot, b: &Spot) -> Option<f64> {
    let moved = metres(a.position, b.position);
    (moved > MOVED_M + a.accuracy_m + b.accuracy_m).then_some(moved)
}

/// The oldest remembered position since which every step was movement.
fn moving_since(before: &[&Spot], newest: &Spot) -> DateTime<Utc> {
    let mut later = newest;
    let mut since = newest.at;
    for spot in before {
        let is_step = later.at - spot.at <= MOVEMENT_WINDOW
            && (distance_moved(spot, later).is_some()
                || spot.speed_mps.is_some_and(|mps| mps >= MOVING_MPS));
        if !is_step {
            break;
        }
        since = spot.at;
        later = spot;
    }
    since
}
