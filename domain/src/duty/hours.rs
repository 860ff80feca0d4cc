//! Working hours: a week's clock times, in versions, for a rep, their team or the whole company.

use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::zone::{day_of, earlier, instant_of};

/// One stretch of work in a week, as it is written: `{"day": 1, "from": "09:00", "to": "18:00"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// The day it begins: 1 Monday to 7 Sunday.
    pub day: u8,
    /// The clock time it begins, `00:00` to `23:59`.
    pub from: String,
    /// The clock time it ends, up to `24:00`; not later than `from` means on the next day.
    pub to: String,
}

/// The working hours of a week; none means that nobody works by the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Stretch>", into = "Vec<Stretch>")]
pub struct Weekly {
    stretches: Vec<Minutes>,
}

/// A stretch in minutes from midnight; the end lies beyond 1440 if it crosses midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Minutes {
    day: u8,
    from: u16,
    to: u16,
}

/// What is wrong with the hours of a week.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoursError {
    /// A day other than 1 to 7.
    #[error("day {day} is not a day of the week, 1 is Monday and 7 is Sunday")]
    NoSuchDay {
        /// The day that was given.
        day: u8,
    },
    /// Not a clock time such as `09:00`.
    #[error("{time} is not a time of day such as 09:00")]
    NoSuchTime {
        /// The text that was given.
        time: String,
    },
    /// Hours that end as they begin.
    #[error("hours from {time} to {time} are empty, a whole day is from 00:00 to 24:00")]
    Empty {
        /// The time that was given twice.
        time: String,
    },
    /// More stretches than a week needs.
    #[error("{count} stretches are more than the {MAX_STRETCHES} a week may have")]
    TooMany {
        /// How many were given.
        count: usize,
    },
}

/// The most stretches of a week.
pub const MAX_STRETCHES: usize = 70;

/// Hours that hold from an instant on, until the next version of the same owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The first instant they hold.
    pub valid_from: DateTime<Utc>,
    /// The hours.
    pub weekly: Weekly,
}

/// The hours that hold for one rep over time.
#[derive(Debug, Clone)]
pub struct Schedule {
    zone: Tz,
    layers: Vec<Vec<Version>>,
}

/// An instant against the hours in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// No hours are set for the rep.
    None,
    /// Inside hours that began on this local day.
    Within {
        /// The day the stretch began.
        working_day: NaiveDate,
    },
    /// Outside of the hours.
    Outside,
}

impl TryFrom<Vec<Stretch>> for Weekly {
    type Error = HoursError;

    fn try_from(stretches: Vec<Stretch>) -> Result<Weekly, HoursError> {
        let count = stretches.len();
        if count > MAX_STRETCHES {
            return Err(HoursError::TooMany { count });
        }
        let minutes = stretches
            .iter()
            .map(Minutes::of)
            .collect::<Result<_, _>>()?;
        Ok(Weekly { stretches: minutes })
    }
}

impl From<Weekly> for Vec<Stretch> {
    fn from(weekly: Weekly) -> Vec<Stretch> {
        weekly.stretches.into_iter().map(Minutes::written).collect()
    }
}

const DAY: u16 = 24 * 60;

impl Minutes {
    fn of(stretch: &Stretch) -> Result<Minutes, HoursError> {
        let Stretch { day, from, to } = stretch;
        if !(1..=7).contains(day) {
            return Err(HoursError::NoSuchDay { day: *day });
        }
        let (begins, ends) = (minutes(from)?, minutes(to)?);
        if begins == DAY {
            return Err(HoursError::NoSuchTime { time: from.clone() });
        }
        if begins == ends {
            return Err(HoursError::Empty { time: from.clone() });
        }
        let ends = if ends < begins { ends + DAY } else { ends };
        Ok(Minutes {
            day: *day,
            from: begins,
            to: ends,
        })
    }

    fn written(self) -> Stretch {
        let to = if self.to > DAY {
            self.to - DAY
        } else {
            self.to
        };
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Stretch {
            day: self.day,
            from: clock(self.from),
            to: clock(to),
        }
    }
}

/// The minutes from midnight of a text such as `09:00`, up to `24:00`.
fn minutes(text: &str) -> Result<u16, HoursError> {
    let error = || HoursError::NoSuchTime {
        time: text.to_owned(),
    };
    let bytes = text.as_bytes();
    let is_written = bytes.len() == 5
        && bytes.iter().enumerate().all(|(at, byte)| {
            if at == 2 {
                *byte == b':'
            } else {
                byte.is_ascii_digit()
            }
        });
    if !is_written {
        return Err(error());
    }
    let (hours, minutes) = text.split_once(':').ok_or_else(error)?;
    let hours: u16 = hours.parse().map_err(|_| error())?;
    let minutes: u16 = minutes.parse().map_err(|_| error())?;
    let total = hours * 60 + minutes;
    if minutes > 59 || total > DAY {
        return Err(error());
    }
    Ok(total)
}

impl Weekly {
    /// The hours that begin on a local day, as instants. A clock time that is skipped falls on the
    /// end of the gap, of one that is shown twice the first counts.
    fn on(&self, day: NaiveDate, zone: Tz) -> impl Iterator<Item = Range<DateTime<Utc>>> {
        let weekday = day.weekday().number_from_monday();
        let instant = move |minutes: u16| {
            let midnight = day.and_time(NaiveTime::MIN);
            let local = midnight.checked_add_signed(TimeDelta::minutes(minutes.into()));
            instant_of(local.unwrap_or(midnight), zone)
        };
        let stretches = self
            .stretches
            .iter()
            .filter(move |stretch| u32::from(stretch.day) == weekday);
        stretches.map(move |stretch| instant(stretch.from)..instant(stretch.to))
    }

    /// The latest local day whose hours contain the instant.
    fn working_day(&self, instant: DateTime<Utc>, zone: Tz) -> Option<NaiveDate> {
        let today = day_of(instant, zone);
        let mut days = [today, earlier(today, 1)].into_iter();
        days.find(|day| self.on(*day, zone).any(|hours| hours.contains(&instant)))
    }
}

impl Schedule {
    /// The schedule of one rep: the versions of their own hours, then their team's, then those of
    /// the teams above, last the company's. The first layer with a version in force decides.
    pub fn new(zone: Tz, layers: Vec<Vec<Version>>) -> Schedule {
        let mut layers = layers;
        for layer in &mut layers {
            layer.sort_by_key(|version| version.valid_from);
        }
        Schedule { zone, layers }
    }

    /// The company's time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// How an instant lies against the hours in force then.
    pub fn hours_at(&self, instant: DateTime<Utc>) -> Hours {
        match self.in_force(instant) {
            None => Hours::None,
            Some(weekly) => match weekly.working_day(instant, self.zone) {
                Some(working_day) => Hours::Within { working_day },
                None => Hours::Outside,
            },
        }
    }

    /// The next instant at which a version begins.
    pub(super) fn next_version(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begins = self
            .layers
            .iter()
            .flatten()
            .map(|version| version.valid_from);
        begins.filter(|begin| *begin > after).min()
    }

    /// The starts and ends of the hours in force at an instant that lie between it and a later one.
    pub(super) fn boundaries(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let Some(weekly) = self.in_force(after) else {
            return Vec::new();
        };
        let last = day_of(until, self.zone);
        let days = earlier(day_of(after, self.zone), 1)
            .iter_days()
            .take_while(|day| *day <= last);
        days.flat_map(|day| weekly.on(day, self.zone))
            .flat_map(|hours| [hours.start, hours.end])
            .collect()
    }

    fn in_force(&self, instant: DateTime<Utc>) -> Option<&Weekly> {
        let newest = |layer: &'_ Vec<Version>| {
            layer
                .partition_point(|version| version.valid_from <= instant)
                .checked_sub(1)
        };
        let mut layers = self.layers.iter();
        layers
            .find_map(|layer| newest(layer).and_then(|at| layer.get(at)))
            .map(|version| &version.weekly)
    }
}
