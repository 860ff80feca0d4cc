//! Which fixes take part: accurate enough, of the tracking device, and no jump of the receiver.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fix::{Key, Kind, Located, to_millimetre};
use super::lookup::Lookup;
use crate::distance::metres;
use crate::position::Position;

/// What the judgement of jumps remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sieve<K> {
    /// The newest positions of each device, by device.
    pub(crate) recent: Vec<Recent<K>>,
    /// Fixes that wait, in order: the first is a suspected jump whose later neighbour is not yet
    /// known. Empty as long as nobody moves impossibly fast.
    pub(crate) held: Vec<Held<K>>,
}

/// The newest position of a device, and the newest one at another instant before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recent<K> {
    device: K,
    newest: Reading,
    before: Option<Reading>,
}

/// Where a device was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Reading {
    at: DateTime<Utc>,
    position: Position,
}

/// A fix that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Held<K> {
    located: Located<K>,
    /// Its earlier neighbour is too far away; the later one decides.
    is_suspect: bool,
}

impl<K: Key> Sieve<K> {
    /// Takes a fix and passes on those now known to take part, in order.
    ///
    /// A neighbour is a position of the same device that is accurate enough, button presses
    /// included. A fix that the earlier neighbour clears passes at once; only a suspect waits.
    pub(crate) fn take(
        &mut self,
        located: &Located<K>,
        lookup: &Lookup<'_, K>,
        mut pass: impl FnMut(&Located<K>),
    ) {
        let fix = &located.fix;
        let reading = self.reading(located, lookup);
        if !self.held.is_empty() {
            self.judge_suspects(fix.device, fix.recorded_at, reading, lookup);
        }
        let takes_part = match fix.kind {
            Kind::Arrive | Kind::Depart => true,
            Kind::Trail => reading.is_some() && lookup.is_tracking(fix.device, fix.recorded_at),
            _ => false,
        };
        let mut is_suspect = false;
        if let Some(reading) = reading {
            let earlier = self.remember(fix.device, reading);
            is_suspect = fix.kind == Kind::Trail
                && takes_part
                && earlier.is_some_and(|earlier| is_too_fast(reading, earlier, reading, lookup));
        }
        let waiting = self.held.iter().take_while(|held| !held.is_suspect).count();
        for held in self.held.drain(..waiting) {
            pass(&held.located);
        }
        if !takes_part {
            return;
        }
        if is_suspect || !self.held.is_empty() {
            self.held.push(Held {
                located: snapped(located),
                is_suspect,
            });
        } else {
            pass(located);
        }
    }

    /// Passes on everything that waits: what lacks a later neighbour is no jump.
    pub(crate) fn release(&mut self, mut pass: impl FnMut(&Located<K>)) {
        for held in self.held.drain(..) {
            pass(&held.located);
        }
    }

    /// The position to measure speed by, where the fix has an accurate one.
    fn reading(&self, located: &Located<K>, lookup: &Lookup<'_, K>) -> Option<Reading> {
        let fix = &located.fix;
        let max_accuracy_m = lookup.default_ruling(fix.recorded_at).rule.max_accuracy_m;
        let position = fix
            .position
            .filter(|_| fix.effective_accuracy_m() <= max_accuracy_m)?;
        Some(Reading {
            at: fix.recorded_at,
            position: snap(position),
        })
    }

    /// Judges the suspects of `device` by a later reading, and clears those it comes too late for.
    fn judge_suspects(
        &mut self,
        device: K,
        now: DateTime<Utc>,
        later: Option<Reading>,
        lookup: &Lookup<'_, K>,
    ) {
        self.held.retain_mut(|held| {
            let fix = &held.located.fix;
            let Some(position) = fix.position.filter(|_| held.is_suspect) else {
                return true;
            };
            let silence = lookup.default_ruling(fix.recorded_at).rule.silence;
            if now - fix.recorded_at > silence {
                held.is_suspect = false;
                return true;
            }
            let suspect = Reading {
                at: fix.recorded_at,
                position: snap(position),
            };
            match later.filter(|later| fix.device == device && suspect.at < later.at) {
                None => true,
                Some(later) => {
                    held.is_suspect = false;
                    !is_too_fast(suspect, suspect, later, lookup)
                }
            }
        });
    }

    /// Remembers a reading and answers the newest one of the device at an earlier instant.
    fn remember(&mut self, device: K, reading: Reading) -> Option<Reading> {
        match self
            .recent
            .binary_search_by_key(&device, |recent| recent.device)
        {
            Ok(known) => {
                let recent = &mut self.recent[known];
                if recent.newest.at < reading.at {
                    recent.before = Some(recent.newest);
                }
                recent.newest = reading;
                recent.before
            }
            Err(place) => {
                self.recent.insert(
                    place,
                    Recent {
                        device,
                        newest: reading,
                        before: None,
                    },
                );
                None
            }
        }
    }
}

/// Whether the way between two readings within silence of each other needs more than the maximum
/// speed, by the rule in force at `judged`.
fn is_too_fast<K: Key>(
    judged: Reading,
    from: Reading,
    to: Reading,
    lookup: &Lookup<'_, K>,
) -> bool {
    let rule = lookup.default_ruling(judged.at).rule;
    let time = to.at - from.at;
    let seconds = time.num_milliseconds() as f64 / 1e3;
    time <= rule.silence && metres(from.position, to.position) > rule.max_speed_mps * seconds
}

/// A position to the microdegree, as it is stored.
pub(crate) fn snap(position: Position) -> Position {
    let (latitude, longitude) = position.to_e6();
    Position::from_e6(latitude, longitude).unwrap_or(position)
}

/// A fix whose numbers survive being written as text and read back.
fn snapped<K: Key>(located: &Located<K>) -> Located<K> {
    let mut located = located.clone();
    located.fix.accuracy_m = Some(located.fix.effective_accuracy_m());
    located.fix.position = located.fix.position.map(snap);
    for near in &mut located.near {
        near.distance_m = to_millimetre(near.distance_m);
    }
    located.near.sort_by_key(|near| near.fence);
    located
}
