//! Duty: when a rep is at work, so that their whereabouts are the company's business.
//!
//! Three things put a rep on duty:
//! - **Hours**: the [`Schedule`] of working hours. A company without any is always at work.
//! - **Shift**: from `SHIFT_START` to `SHIFT_END`, at most [`MAX_SHIFT`].
//! - **A visit out of hours**: `ARRIVE` while neither hours nor shift hold, up to the next `DEPART`,
//!   at most [`MAX_VISIT`]. Such a `DEPART` on its own counts for its own instant.
//!
//! Two things take them off again:
//! - `SHIFT_END` inside hours ends that working day: hours that began on the same day or earlier are
//!   over. Where there are no hours, it holds until the next `SHIFT_START`.
//! - `PAUSE` holds up to the next `RESUME`, `SHIFT_START` or `SHIFT_END`, at most [`MAX_PAUSE`], in
//!   hours and out; an `ARRIVE` or `DEPART` meanwhile doesn't count as a shift.
//!
//! The answer depends on the set of events alone, never on the order in which they became known. Of
//! several at one instant the one that leaves the rep more private comes last.

pub mod hours;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::zone;
use hours::{Hours, Schedule};

/// The longest a shift lasts that nobody ended.
pub const MAX_SHIFT: TimeDelta = TimeDelta::hours(12);
/// The longest a visit out of hours counts as a shift without a `DEPART`.
pub const MAX_VISIT: TimeDelta = TimeDelta::hours(4);
/// The longest a pause lasts that nobody ended.
pub const MAX_PAUSE: TimeDelta = TimeDelta::hours(12);
/// How far back events matter. To judge an instant, know the events since this long before it and
/// the newest `SHIFT_START` or `SHIFT_END` before those.
pub const LOOK_BACK: TimeDelta = TimeDelta::days(3);

/// How long the instant of an event lasts: instants are whole milliseconds.
const INSTANT: TimeDelta = TimeDelta::milliseconds(1);
/// Longer than any change of plain hours takes to come: two weeks, in case clocks skip one week's.
const HORIZON: TimeDelta = TimeDelta::days(16);

/// What a rep pressed. The order is that of events at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// At a customer.
    Arrive,
    /// Away from a customer.
    Depart,
    /// To work.
    ShiftStart,
    /// Home.
    ShiftEnd,
    /// Back from a pause.
    Resume,
    /// A pause.
    Pause,
}

/// One press of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// When, by the phone's clock.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: EventKind,
}

/// Whether a rep is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// At work.
    OnDuty,
    /// Not at work.
    OffDuty,
    /// In a pause from work.
    Paused,
}

/// A rep's duty over time.
#[derive(Debug, Clone)]
pub struct Duty {
    schedule: Schedule,
    /// What holds from each event on, in order of time.
    holds: Vec<(DateTime<Utc>, Held)>,
}

/// What the buttons pressed so far have set.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    /// Hours that began on this day or before are over, until the next shift starts.
    ended: Option<NaiveDate>,
    shift_until: Option<DateTime<Utc>>,
    visit_until: Option<DateTime<Utc>>,
    pause_until: Option<DateTime<Utc>>,
}

impl Duty {
    /// A rep's duty by their schedule and the buttons they pressed, in any order.
    pub fn new(schedule: Schedule, events: impl IntoIterator<Item = Event>) -> Duty {
        let mut events: Vec<Event> = events.into_iter().collect();
        events.sort_unstable();
        let mut held = Held::default();
        let mut holds = Vec::with_capacity(events.len());
        for event in events {
            held = held.after(event, &schedule);
            holds.push((event.at, held));
        }
        Duty { schedule, holds }
    }

    /// Whether the rep is at work at an instant.
    pub fn at(&self, instant: DateTime<Utc>) -> State {
        self.held(instant).state(instant, &self.schedule)
    }

    /// The first instant after this one at which the answer changes; `None` if it never does.
    pub fn next_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let state = self.at(after);
        let mut from = after;
        loop {
            let step = self.next_input(from);
            let mut boundaries = self.boundaries(from, step.unwrap_or(from + HORIZON));
            boundaries.sort_unstable();
            let change = boundaries
                .into_iter()
                .find(|boundary| self.at(*boundary) != state);
            if change.is_some() {
                return change;
            }
            from = step?;
        }
    }

    fn held(&self, instant: DateTime<Utc>) -> Held {
        let known = self.holds.partition_point(|(at, _)| *at <= instant);
        known
            .checked_sub(1)
            .and_then(|last| self.holds.get(last))
            .map_or_else(Held::default, |(_, held)| *held)
    }

    /// The next instant at which a button was pressed or other hours come into force.
    fn next_input(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let event = self.holds.iter().map(|(at, _)| *at).find(|at| *at > after);
        let version = self.schedule.next_version(after);
        event.into_iter().chain(version).min()
    }

    /// Every instant up to a limit at which the answer may change, no new input coming between.
    fn boundaries(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let held = self.held(after);
        let limits = [held.shift_until, held.visit_until, held.pause_until];
        let mut boundaries: Vec<DateTime<Utc>> = limits.into_iter().flatten().collect();
        boundaries.extend(self.schedule.boundaries(after, until.min(after + HORIZON)));
        boundaries.push(until);
        boundaries.retain(|boundary| after < *boundary && *boundary <= until);
        boundaries
    }
}

impl Held {
    /// What holds after one more event.
    fn after(self, event: Event, schedule: &Schedule) -> Held {
        let Event { at, kind } = event;
        match kind {
            EventKind::ShiftStart => Held {
                shift_until: Some(at + MAX_SHIFT),
                ..Held::default()
            },
            EventKind::ShiftEnd => {
                let ended = match schedule.hours_at(at) {
                    Hours::None => Some(zone::day_of(at, schedule.zone())),
                    Hours::Within { working_day } => Some(working_day),
                    Hours::Outside => None,
                };
                Held {
                    ended: self.ended.max(ended),
                    ..Held::default()
                }
            }
            EventKind::Pause => Held {
                pause_until: Some(at + MAX_PAUSE),
                ..self
            },
            EventKind::Resume => Held {
                pause_until: None,
                ..self
            },
            EventKind::Arrive | EventKind::Depart if self.is_paused(at) => self,
            EventKind::Arrive if self.is_at_work(at, schedule) => self,
            EventKind::Arrive => Held {
                visit_until: Some(at + MAX_VISIT),
                ..self
            },
            EventKind::Depart => Held {
                visit_until: Some(at + INSTANT),
                ..self
            },
        }
    }

    fn state(self, instant: DateTime<Utc>, schedule: &Schedule) -> State {
        if !is_before(instant, self.visit_until) && !self.is_at_work(instant, schedule) {
            return State::OffDuty;
        }
        if self.is_paused(instant) {
            State::Paused
        } else {
            State::OnDuty
        }
    }

    /// Whether hours or a shift hold.
    fn is_at_work(self, instant: DateTime<Utc>, schedule: &Schedule) -> bool {
        is_before(instant, self.shift_until)
            || match schedule.hours_at(instant) {
                Hours::None => self.ended.is_none(),
                Hours::Within { working_day } => self.ended.is_none_or(|ended| ended < working_day),
                Hours::Outside => false,
            }
    }

    fn is_paused(self, instant: DateTime<Utc>) -> bool {
        is_before(instant, self.pause_until)
    }
}

fn is_before(instant: DateTime<Utc>, limit: Option<DateTime<Utc>>) -> bool {
    limit.is_some_and(|limit| instant < limit)
}

#[cfg(test)]
mod tests;
