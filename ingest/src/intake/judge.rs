//! Whether a point is taken, kept aside or not kept: pure, from what is known of its rep.

use std::collections::HashSet;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::duty::{Duty, Event, State};
use entity::field::check_in::Kind;

use super::incoming::{Faulty, Reading, names_customer};
use super::reason::{Fault, Reason};
use super::row::{FixKey, Row};
use super::words;

/// How far a phone's clock may be ahead of ours.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(10);

/// What becomes of a point, the keys aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It belongs on the track.
    Accepted(FixKey),
    /// It is kept aside.
    Quarantined(Fault),
    /// It is not kept.
    Ignored(Ignored),
}

/// Why a point is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// The rep was not at work.
    OffDuty,
    /// The rep had paused tracking.
    Paused,
}

impl Ignored {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Ignored::OffDuty => "OFF_DUTY",
            Ignored::Paused => "PAUSED",
        }
    }

    /// The reason that a code names.
    pub(crate) fn of_code(code: &str) -> Self {
        if code == Ignored::Paused.code() {
            Ignored::Paused
        } else {
            Ignored::OffDuty
        }
    }
}

/// What was never on the rep's track, whatever the rep did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits<'a> {
    /// Since when the device is revoked.
    pub(crate) revoked_at: Option<DateTime<Utc>>,
    /// The first days of the months that were purged.
    pub(crate) sealed: &'a HashSet<NaiveDate>,
}

/// Judges a point.
pub(crate) fn judge(row: &Row, limits: Limits<'_>, duty: &Duty) -> Judgement {
    let fix = match &row.content {
        Ok(fix) => fix,
        Err(faulty) => return judge_faulty(row, faulty, duty),
    };
    let reading = &fix.reading;
    if is_in_future(row, reading.recorded_at) {
        return Judgement::Quarantined(in_future());
    }
    let fault = fault_of(row, reading, limits);
    let is_button_at_fault = fault.is_some() && names_customer(reading.kind);
    if !sets_duty(reading.kind)
        && !is_button_at_fault
        && let Some(ignored) = off_duty(duty, reading.recorded_at)
    {
        return Judgement::Ignored(ignored);
    }
    match fault {
        Some(fault) => Judgement::Quarantined(fault),
        None => Judgement::Accepted(fix.key),
    }
}

/// What a point says about duty, unless it is at fault itself.
pub(crate) fn duty_event(row: &Row, limits: Limits<'_>) -> Option<Event> {
    let reading = &row.content.as_ref().ok()?.reading;
    let kind = words::duty_event(reading.kind)?;
    let is_at_fault =
        is_in_future(row, reading.recorded_at) || fault_of(row, reading, limits).is_some();
    (!is_at_fault).then_some(Event {
        at: reading.recorded_at,
        kind,
    })
}

/// A point that cannot be read is kept aside, but not where the rep was off duty: it may tell
/// where they were. A button that cannot be read was still pressed, and is kept.
fn judge_faulty(row: &Row, faulty: &Faulty, duty: &Duty) -> Judgement {
    let is_pressed = faulty
        .kind
        .is_some_and(|kind| sets_duty(kind) || names_customer(kind));
    let off_duty = faulty
        .recorded_at
        .filter(|recorded_at| !is_pressed && !is_in_future(row, *recorded_at))
        .and_then(|recorded_at| off_duty(duty, recorded_at));
    match off_duty {
        Some(ignored) => Judgement::Ignored(ignored),
        None => Judgement::Quarantined(faulty.fault.clone()),
    }
}

fn fault_of(row: &Row, reading: &Reading, limits: Limits<'_>) -> Option<Fault> {
    if limits
        .revoked_at
        .is_some_and(|revoked_at| reading.recorded_at >= revoked_at)
    {
        let message = "recorded after this device was revoked";
        return Some(Fault::new(Reason::DeviceRevoked, message));
    }
    if limits.sealed.contains(&month_of(reading.recorded_at)) {
        let message = "recorded in a month whose check-ins have been purged";
        return Some(Fault::new(Reason::TooOld, message));
    }
    if !row.is_customer_known {
        let message = "customerId names no customer of yours";
        return Some(Fault::new(Reason::UnknownCustomer, message));
    }
    if row.is_refused {
        let message = "the database refuses this check-in";
        return Some(Fault::new(Reason::NotStorable, message));
    }
    None
}

/// The first day of the month, in UTC, in whose segment an instant is stored.
pub(crate) fn month_of(instant: DateTime<Utc>) -> NaiveDate {
    let day = instant.date_naive();
    day.with_day(1).unwrap_or(day)
}

fn is_in_future(row: &Row, recorded_at: DateTime<Utc>) -> bool {
    recorded_at > row.received_at + CLOCK_TOLERANCE
}

fn in_future() -> Fault {
    let message = "recordedAt is more than 10 minutes in the future: check the phone's clock";
    Fault::new(Reason::TimeInFuture, message)
}

fn sets_duty(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ShiftStart | Kind::ShiftEnd | Kind::Pause | Kind::Resume
    )
}

fn off_duty(duty: &Duty, instant: DateTime<Utc>) -> Option<Ignored> {
    match duty.at(instant) {
        State::OnDuty => None,
        State::OffDuty => Some(Ignored::OffDuty),
        State::Paused => Some(Ignored::Paused),
    }
}

#[cfg(test)]
mod tests;
