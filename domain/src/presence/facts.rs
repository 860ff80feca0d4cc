//! What is kept of a rep's newest check-ins.
//!
//! Facts are a function of the set of reports: the order in which reports are absorbed, and how
//! often, changes nothing.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::duty;
use crate::position::Position;

/// How many positions are remembered, at most one a minute, to tell movement from rest.
pub const REMEMBERED_SPOTS: usize = 12;

/// A check-in as presence reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// The phone's time.
    pub recorded_at: DateTime<Utc>,
    /// The hub's time of receipt.
    pub received_at: DateTime<Utc>,
    /// Where; none for heartbeats and signs of duty.
    pub position: Option<Position>,
    /// Error radius in metres; missing or 0 means 30 m.
    pub accuracy_m: Option<f64>,
    /// Speed over ground in metres a second, as the phone measured it.
    pub speed_mps: Option<f64>,
    /// Battery in percent.
    pub battery_pct: Option<u8>,
}

/// A sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// When, by whichever clock says earlier: the phone's or the hub's.
    pub at: DateTime<Utc>,
    /// The phone's clock less the hub's at receipt: above zero the phone is ahead; far below zero
    /// it is behind, or the report was late.
    pub skew: TimeDelta,
}

/// A position in time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// When, by whichever clock says earlier.
    pub at: DateTime<Utc>,
    /// Where.
    pub position: Position,
    /// Error radius in metres.
    pub accuracy_m: f64,
    /// Metres a second, as measured.
    pub speed_mps: Option<f64>,
}

/// The open visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenVisit<K> {
    /// Whom.
    pub customer: K,
    /// The arrival.
    pub since: DateTime<Utc>,
}

/// A stretch of duty, up to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutySpan {
    /// From when on.
    pub since: DateTime<Utc>,
    /// At work, off, or in a pause.
    pub state: duty::State,
}

/// All that is known of a rep's present, kept with the track's revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts<K> {
    /// Whose.
    pub rep: K,
    /// The track's revision that wrote them; lower ones are older.
    pub revision: i64,
    /// The newest sign of life of any kind.
    pub heard: Option<Heard>,
    /// The newest accurate positions, oldest first, one a minute, at most [`REMEMBERED_SPOTS`].
    pub spots: Vec<Spot>,
    /// The newest position too vague for those.
    pub vague: Option<Spot>,
    /// The battery in percent, and when.
    pub battery: Option<(DateTime<Utc>, u8)>,
    /// The visit that is open by the newest derivation.
    pub visit: Option<OpenVisit<K>>,
    /// The stretch of duty that holds and the next changes, in order of time, so that the end of
    /// a working day needs no check-in. Give a week; the last stretch holds for ever. None means
    /// at work.
    pub duty: Vec<DutySpan>,
}

impl Report {
    /// The earlier of the two clocks: a phone ahead of time is believed at receipt, a late report
    /// at its recording, so that neither hides what comes after.
    fn believed_at(&self) -> DateTime<Utc> {
        self.recorded_at.min(self.received_at)
    }

    fn spot(&self) -> Option<Spot> {
        let accuracy_m = match self.accuracy_m {
            Some(stated) if stated > 0.0 && stated.is_finite() => stated,
            _ => crate::visit::DEFAULT_ACCURACY_M,
        };
        let at = self.believed_at();
        let speed_mps = self
            .speed_mps
            .filter(|speed| speed.is_finite() && *speed >= 0.0);
        self.position.map(|position| Spot {
            at,
            position,
            accuracy_m,
            speed_mps,
        })
    }
}

impl<K> Facts<K> {
    /// Nothing is known yet.
    pub fn none(rep: K) -> Facts<K> {
        Facts {
            rep,
            revision: 0,
            heard: None,
            spots: Vec::new(),
            vague: None,
            battery: None,
            visit: None,
            duty: Vec::new(),
        }
    }

    /// Takes a report in; one already known, or older than all that is kept, changes nothing.
    pub fn absorb(&mut self, report: &Report) {
        let at = report.believed_at();
        let heard = Heard {
            at,
            skew: report.recorded_at - report.received_at,
        };
        if self
            .heard
            .is_none_or(|known| (known.at, known.skew) < (heard.at, heard.skew))
        {
            self.heard = Some(heard);
        }
        if let Some(percent) = report.battery_pct.map(|percent| percent.min(100)) {
            self.battery = self.battery.max(Some((at, percent)));
        }
        let max_accuracy_m = crate::visit::VisitRule::default().max_accuracy_m;
        match report.spot() {
            Some(spot) if spot.accuracy_m <= max_accuracy_m => self.absorb_spot(spot),
            Some(spot) if self.vague.is_none_or(|known| known.order(&spot).is_lt()) => {
                self.vague = Some(spot);
            }
            _ => {}
        }
    }

    /// Keeps the newest spot of each minute, and of those the newest.
    fn absorb_spot(&mut self, spot: Spot) {
        match self
            .spots
            .binary_search_by_key(&spot.minute(), Spot::minute)
        {
            Ok(known) => {
                if self.spots[known].order(&spot).is_lt() {
                    self.spots[known] = spot;
                }
            }
            Err(place) => {
                self.spots.insert(place, spot);
                if self.spots.len() > REMEMBERED_SPOTS {
                    self.spots.remove(0);
                }
            }
        }
    }
}

impl Spot {
    fn minute(&self) -> i64 {
        self.at.timestamp().div_euclid(60)
    }

    /// By time; what happens at one instant is put in order by its other fields.
    fn order(&self, other: &Spot) -> Ordering {
        self.at
            .cmp(&other.at)
            .then_with(|| other.accuracy_m.total_cmp(&self.accuracy_m))
            .then_with(|| self.position.cmp(&other.position))
            .then_with(|| {
                let speed = |spot: &Spot| spot.speed_mps.unwrap_or(-1.0);
                speed(self).total_cmp(&speed(other))
            })
    }
}
