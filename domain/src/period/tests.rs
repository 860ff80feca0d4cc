//! Periods by example, and how they tile the calendar in every time zone.

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
