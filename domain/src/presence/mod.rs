//! Presence: the newest believable state of a rep, judged from facts that outlive the moment.
//!
//! [`Facts`] are gathered when check-ins arrive and kept; [`judge`] turns them into a [`Presence`]
//! whenever somebody asks, because silence and the end of a working day need no check-in to change
//! the answer.

mod facts;
mod judge;

pub use facts::{DutySpan, Facts, Heard, OpenVisit, REMEMBERED_SPOTS, Report, Spot};
pub use judge::{LOST_AFTER, MOVED_M, MOVING_MPS, STALE_AFTER, judge, next_change};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::position::Position;

/// What a rep is doing, as far as can be believed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// A visit is open.
    AtCustomer,
    /// On the way.
    Moving,
    /// In one place that is no customer's.
    Stationary,
    /// Nothing fresh enough is known; the last position is shown with its age.
    Stale,
    /// Not at work: no position.
    OffDuty,
    /// In a pause from work: no position.
    Paused,
    /// Nothing is known.
    Unknown,
}

/// Why a state is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// The visit that is open.
    VisitOpen,
    /// The phone measured this speed, in metres a second.
    Speed {
        /// Metres a second.
        mps: f64,
    },
    /// The last positions are this far apart, in metres.
    Moved {
        /// Metres.
        metres: f64,
    },
    /// The last positions are all in one place.
    Still,
    /// A single position, which says nothing of movement.
    OnePosition,
    /// No check-in of any kind for this long.
    Silent {
        /// Since the newest check-in.
        length: TimeDelta,
    },
    /// The phone lives but has not known its position for this long.
    PositionLost {
        /// Since the newest position.
        length: TimeDelta,
    },
    /// The phone lives but has never sent a position.
    NoPosition,
    /// Nothing was ever heard.
    NeverHeard,
    /// By working hours and shifts.
    Duty,
}

/// The answer to "where is the rep, and what is going on".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Presence<K> {
    /// What.
    pub state: State,
    /// Since when at least; none where nothing is known.
    pub since: Option<DateTime<Utc>>,
    /// How old the position is; without one, how old the newest sign of life is.
    pub age: Option<TimeDelta>,
    /// Where.
    pub position: Option<Position>,
    /// The radius in metres that holds the truth with 68 %.
    pub error_radius_m: Option<f64>,
    /// The phone's battery in percent.
    pub battery_pct: Option<u8>,
    /// Whose open visit it is.
    pub customer: Option<K>,
    /// Why this state.
    pub reason: Reason,
}
