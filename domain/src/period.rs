//! The periods in which work is measured: a day, week, month, quarter or year of the company's calendar.

use std::fmt;
use std::ops::Range;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use thiserror::Error;

use crate::zone;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One day.
    Day,
    /// Seven days from the company's first day of the week.
    Week,
    /// A month of the calendar.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// A year from January.
    Year,
}

impl Kind {
    /// Every kind, the shortest first.
    pub const ALL: [Kind; 5] = [
        Kind::Day,
        Kind::Week,
        Kind::Month,
        Kind::Quarter,
        Kind::Year,
    ];

    /// The word it goes by outside.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Day => "DAY",
            Kind::Week => "WEEK",
            Kind::Month => "MONTH",
            Kind::Quarter => "QUARTER",
            Kind::Year => "YEAR",
        }
    }
}

/// What is wrong with a period somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// The day lies outside the years periods are kept for.
    #[error("{day} is outside the years {} to {}", FIRST_YEAR, LAST_YEAR)]
    OutOfRange {
        /// The day that was given.
        day: NaiveDate,
    },
    /// The day is inside a period instead of at its start.
    #[error("{day} is not the first day of a {}, {first} is", .kind.word())]
    NotFirstDay {
        /// The kind of the period.
        kind: Kind,
        /// The day that was given.
        day: NaiveDate,
        /// The first day of the period that contains it.
        first: NaiveDate,
    },
}

/// The earliest year a period can be asked for.
pub const FIRST_YEAR: i32 = 1900;
/// The latest year a period can be asked for.
pub const LAST_YEAR: i32 = 9998;

/// One period, by its kind and first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    kind: Kind,
    first: NaiveDate,
}

impl Period {
    /// The period of a kind that contains a day, weeks beginning with `week_start`.
    pub fn containing(
        kind: Kind,
        day: NaiveDate,
        week_start: Weekday,
    ) -> Result<Period, PeriodError> {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
            return Err(PeriodError::OutOfRange { day });
        }
        let first = match kind {
            Kind::Day => day,
            Kind::Week => day.week(week_start).first_day(),
            Kind::Month => start_of_month(day, day.month()),
            Kind::Quarter => start_of_month(day, (day.month() - 1) / 3 * 3 + 1),
            Kind::Year => start_of_month(day, 1),
        };
        Ok(Period { kind, first })
    }

    /// The period of a kind whose first day this is.
    pub fn starting(
        kind: Kind,
        first: NaiveDate,
        week_start: Weekday,
    ) -> Result<Period, PeriodError> {
        let period = Period::containing(kind, first, week_start)?;
        if period.first == first {
            return Ok(period);
        }
        Err(PeriodError::NotFirstDay {
            kind,
            day: first,
            first: period.first,
        })
    }

    /// How long it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its first day.
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    pub fn last(&self) -> NaiveDate {
        zone::earlier(self.next().first, 1)
    }

    /// The period of the same kind that ends where this one begins.
    pub fn previous(&self) -> Period {
        let first = match self.months() {
            None => zone::earlier(self.first, self.fixed_days()),
            Some(months) => self
                .first
                .checked_sub_months(months)
                .unwrap_or(NaiveDate::MIN),
        };
        Period { first, ..*self }
    }

    /// The period of the same kind that begins where this one ends.
    pub fn next(&self) -> Period {
        let first = match self.months() {
            None => zone::later(self.first, self.fixed_days()),
            Some(months) => self
                .first
                .checked_add_months(months)
                .unwrap_or(NaiveDate::MAX),
        };
        Period { first, ..*self }
    }

    /// Every day of it, in order.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let end = self.next().first;
        self.first.iter_days().take_while(move |day| *day < end)
    }

    /// Whether a day belongs to it.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.first <= day && day < self.next().first
    }

    /// The instants of it in a time zone: from its first, up to the first of the next period.
    pub fn instants(&self, zone: Tz) -> Range<DateTime<Utc>> {
        zone::start_of(self.first, zone)..zone::start_of(self.next().first, zone)
    }

    /// Whether it is over: an instant of it no longer lies ahead.
    pub fn is_closed(&self, now: DateTime<Utc>, zone: Tz) -> bool {
        self.instants(zone).end <= now
    }

    fn months(&self) -> Option<Months> {
        match self.kind {
            Kind::Day | Kind::Week => None,
            Kind::Month => Some(Months::new(1)),
            Kind::Quarter => Some(Months::new(3)),
            Kind::Year => Some(Months::new(12)),
        }
    }

    fn fixed_days(&self) -> u64 {
        if self.kind == Kind::Week { 7 } else { 1 }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} of {}", self.kind.word(), self.first)
    }
}

fn start_of_month(day: NaiveDate, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
}

#[cfg(test)]
mod tests;
