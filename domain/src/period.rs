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
mod tests {
    use chrono::{DateTime, NaiveDate, TimeDelta, Weekday};
    use chrono_tz::Tz;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{Kind, Period, PeriodError};
    use crate::zone;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn period(kind: Kind, of: &str) -> Period {
        Period::containing(kind, day(of), Weekday::Mon).expect("a period")
    }

    #[rstest]
    #[case(Kind::Day, "2024-02-29", "2024-02-29..2024-02-29")]
    #[case(Kind::Week, "2026-11-01", "2026-10-26..2026-11-01")]
    #[case(Kind::Month, "2024-02-10", "2024-02-01..2024-02-29")]
    #[case(Kind::Quarter, "2026-05-31", "2026-04-01..2026-06-30")]
    #[case(Kind::Year, "2026-12-31", "2026-01-01..2026-12-31")]
    fn a_period_contains_the_day_it_is_asked_for(
        #[case] kind: Kind,
        #[case] of: &str,
        #[case] expected: &str,
    ) {
        let period = period(kind, of);
        assert_eq!(format!("{}..{}", period.first(), period.last()), expected);
    }

    #[test]
    fn a_week_begins_on_the_companys_day() {
        let week = Period::containing(Kind::Week, day("2026-11-04"), Weekday::Sun).expect("a week");
        assert_eq!(week.first(), day("2026-11-01"));
    }

    #[test]
    fn a_day_inside_a_period_is_not_its_start() {
        let error = Period::starting(Kind::Month, day("2026-11-02"), Weekday::Mon);
        let message = error.expect_err("refused").to_string();
        assert_eq!(
            message,
            "2026-11-02 is not the first day of a MONTH, 2026-11-01 is"
        );
    }

    #[test]
    fn a_day_outside_the_calendar_is_refused() {
        let far = day("1899-12-31");
        let error = Period::containing(Kind::Year, far, Weekday::Mon).expect_err("refused");
        assert_eq!(error, PeriodError::OutOfRange { day: far });
        assert_eq!(
            error.to_string(),
            "1899-12-31 is outside the years 1900 to 9998"
        );
    }

    #[test]
    fn the_day_of_the_spring_change_lasts_23_hours() {
        let instants = period(Kind::Day, "2026-03-29").instants(Tz::Europe__Berlin);
        assert_eq!(instants.end - instants.start, TimeDelta::hours(23));
    }

    #[test]
    fn a_period_is_closed_from_the_first_instant_of_the_next() {
        let october = period(Kind::Month, "2026-10-15");
        let end: DateTime<_> = "2026-10-31T16:00:00Z".parse().expect("an instant");
        assert!(october.is_closed(end, Tz::Asia__Shanghai));
        assert!(!october.is_closed(end - TimeDelta::milliseconds(1), Tz::Asia__Shanghai));
    }

    fn any_period() -> impl Strategy<Value = Period> {
        let kind = proptest::sample::select(Kind::ALL.to_vec());
        let start = prop_oneof![Just(Weekday::Mon), Just(Weekday::Sat), Just(Weekday::Sun)];
        (kind, 0..60_000_u64, start).prop_map(|(kind, offset, start)| {
            let of = zone::later(day("1900-01-08"), offset);
            Period::containing(kind, of, start).expect("a period")
        })
    }

    proptest! {
        #[test]
        fn periods_follow_each_other_without_gap_or_overlap(period in any_period()) {
            prop_assert_eq!(period.next().previous(), period);
            prop_assert_eq!(zone::later(period.last(), 1), period.next().first());
            prop_assert_eq!(period.days().last(), Some(period.last()));
            prop_assert!(period.days().all(|day| period.contains(day)));
        }

        #[test]
        fn their_instants_follow_each_other_in_every_zone(
            period in any_period(),
            zone in proptest::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
        ) {
            let instants = period.instants(zone);
            prop_assert_eq!(instants.end, period.next().instants(zone).start);
            prop_assert!(instants.start <= instants.end);
            if instants.start < instants.end {
                prop_assert_eq!(zone::day_of(instants.start, zone), period.first());
                let last = instants.end - TimeDelta::milliseconds(1);
                prop_assert!(period.contains(zone::day_of(last, zone)));
            }
        }
    }
}
