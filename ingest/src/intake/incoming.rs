//! A check-in as it came in: read and normalised, not yet judged.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::position::Position;
use entity::field::check_in::Kind;
use entity::id::CustomerId;

use super::reason::Fault;

/// One point of a batch, in the order sent.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Under which id its receipt is kept and found again.
    pub name: Name,
    /// What came in, byte for byte; kept if the point is quarantined.
    pub raw: Bytes,
    /// What it says, or why it says nothing usable.
    pub reading: Result<Reading, Faulty>,
}

/// A point that cannot be used, with what could be read of it all the same: where a rep was off
/// duty is not kept, even when the phone wrote it wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulty {
    /// What is wrong.
    pub fault: Fault,
    /// What it is.
    pub kind: Option<Kind>,
    /// The phone's time.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// What identifies a point to its device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Name {
    /// The id the phone chose, 1 to 64 characters; the idempotency key.
    Client(String),
    /// The point has no usable id; its place in the batch, counted from 1, stands in for it.
    Place(usize),
}

/// A fix in the hub's units: WGS-84 to the microdegree, UTC to the millisecond.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it is.
    pub kind: Kind,
    /// The phone's time.
    pub recorded_at: DateTime<Utc>,
    /// Where; none for kinds that store no position.
    pub position: Option<Position>,
    /// The customer a button names.
    pub customer: Option<CustomerId>,
    /// Radius in metres that holds the truth with 68 %.
    pub accuracy_m: Option<f64>,
    /// Metres above the ellipsoid or the sea, as the phone means it.
    pub altitude_m: Option<f64>,
    /// Metres a second.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north, 0 up to but not 360.
    pub heading_deg: Option<f64>,
    /// Charge in per cent.
    pub battery_pct: Option<i16>,
    /// The phone says that an app made the position up.
    pub is_mock: bool,
    /// The rep's words.
    pub note: Option<String>,
}

impl Reading {
    /// A reading that says what, when and where, and nothing else.
    pub fn new(kind: Kind, recorded_at: DateTime<Utc>, position: Option<Position>) -> Self {
        Self {
            kind,
            recorded_at,
            position,
            customer: None,
            accuracy_m: None,
            altitude_m: None,
            speed_mps: None,
            heading_deg: None,
            battery_pct: None,
            is_mock: false,
            note: None,
        }
    }
}

impl Incoming {
    /// A point made inside the hub, by the demo or an importer. `raw` is the line it came from.
    pub fn new(client_id: impl Into<String>, raw: impl Into<Bytes>, reading: Reading) -> Self {
        Self {
            name: Name::Client(client_id.into()),
            raw: raw.into(),
            reading: Ok(reading),
        }
    }
}

/// Whether a check-in of this kind has a position.
pub(crate) fn has_position(kind: Kind) -> bool {
    matches!(kind, Kind::Trail | Kind::Arrive | Kind::Depart)
}

/// Whether a check-in of this kind names a customer.
pub(crate) fn names_customer(kind: Kind) -> bool {
    matches!(kind, Kind::Arrive | Kind::Depart)
}
