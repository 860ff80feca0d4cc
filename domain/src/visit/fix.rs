//! What a phone reported, as the derivation reads it, and the order it is read in.

use std::cmp::Ordering;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::position::Position;

/// An identity the rules compare and never invent: a name in a test, a UUID in the hub.
pub trait Key: Copy + Eq + Ord + Hash {}

impl<K: Copy + Eq + Ord + Hash> Key for K {}

/// What a check-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An automatic reading of the position.
    Trail,
    /// The rep pressed "arrive" and named a customer.
    Arrive,
    /// The rep pressed "depart" and named a customer.
    Depart,
    /// A sign of life without a position.
    Heartbeat,
    /// The rep began to work.
    ShiftStart,
    /// The rep stopped working.
    ShiftEnd,
    /// The rep paused tracking.
    Pause,
    /// The rep took tracking up again.
    Resume,
}

/// What a manager decided about an arrival out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// It counts as an arrival where it was made.
    Accepted,
    /// It stays without effect.
    Refused,
}

/// One accepted check-in of a rep, with every field the rules read and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix<K> {
    /// The phone's time.
    pub recorded_at: DateTime<Utc>,
    /// What it is.
    pub kind: Kind,
    /// The device that sent it.
    pub device: K,
    /// The customer a button names.
    pub customer: Option<K>,
    /// Where; none for heartbeats and for signs of duty.
    pub position: Option<Position>,
    /// Radius in metres that holds the truth with 68 %; missing or 0 means [`DEFAULT_ACCURACY_M`].
    pub accuracy_m: Option<f64>,
    /// The manager's word on an arrival out of range.
    pub decision: Option<Decision>,
}

/// The accuracy, in metres, of a fix that states none.
pub const DEFAULT_ACCURACY_M: f64 = 30.0;

/// One version of one fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FenceRef<K> {
    /// The fence.
    pub fence: K,
    /// Its version, counted from 1.
    pub version: i32,
}

/// A fence version close to a fix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Near<K> {
    /// Which.
    pub fence: FenceRef<K>,
    /// Signed distance to its boundary in metres, negative inside.
    pub distance_m: f64,
}

/// A fix with the fence versions near it.
///
/// `near` must hold every fence version, of whatever validity, within [`super::World::reach_m`] of
/// the fix, and for `ARRIVE` and `DEPART` all versions of the named customer's fences however far.
/// A fence not listed counts as out of reach, thus outside. The order of `near` does not matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Located<K> {
    /// The check-in.
    pub fix: Fix<K>,
    /// The fence versions around it.
    pub near: Vec<Near<K>>,
}

impl<K: Key> Fix<K> {
    /// The radius in metres that the rules use: the stated accuracy to the millimetre, or the
    /// default where none (or nothing believable) is stated.
    pub fn effective_accuracy_m(&self) -> f64 {
        match self.accuracy_m {
            Some(stated) if stated > 0.0 && stated.is_finite() => to_millimetre(stated),
            _ => DEFAULT_ACCURACY_M,
        }
    }

    /// The order of the derivation: time, then kind (arrivals first, departures last), then every
    /// other field the rules read. Fixes equal in this order are the same fix.
    pub fn order(&self, other: &Fix<K>) -> Ordering {
        self.recorded_at
            .cmp(&other.recorded_at)
            .then_with(|| self.kind.rank().cmp(&other.kind.rank()))
            .then_with(|| self.customer.cmp(&other.customer))
            .then_with(|| self.device.cmp(&other.device))
            .then_with(|| self.position.cmp(&other.position))
            .then_with(|| {
                self.effective_accuracy_m()
                    .total_cmp(&other.effective_accuracy_m())
            })
            .then_with(|| self.decision.cmp(&other.decision))
    }
}

impl Kind {
    fn rank(self) -> u8 {
        match self {
            Kind::Arrive => 0,
            Kind::Trail => 1,
            Kind::Heartbeat => 2,
            Kind::ShiftStart => 3,
            Kind::Resume => 4,
            Kind::Pause => 5,
            Kind::ShiftEnd => 6,
            Kind::Depart => 7,
        }
    }
}

/// Metres cut to whole millimetres, so that a number survives being written as text and read back.
pub(crate) fn to_millimetre(metres: f64) -> f64 {
    (metres * 1e3).round() / 1e3 + 0.0
}
