//! What counts as covered, by example and against a day-by-day oracle. The period is November 2026.

use std::num::NonZeroU32;

use chrono::{NaiveDate, Weekday};
use proptest::prelude::*;
use rstest::rstest;

use super::{Obligation, Share, Standing, coverage};
use crate::period::{Kind, Period};
use crate::zone::{earlier, later};

/// A day counted from the end of October: 1 is the 1st of November, 0 and below lie before.
fn day(number: i64) -> NaiveDate {
    let eve: NaiveDate = "2026-10-31".parse().expect("a date");
    match u64::try_from(number) {
        Ok(after) => later(eve, after),
        Err(_) => earlier(eve, number.unsigned_abs()),
    }
}

fn number(day_of: NaiveDate) -> i64 {
    (day_of - day(0)).num_days()
}

fn november() -> Period {
    Period::containing(Kind::Month, day(1), Weekday::Mon).expect("a month")
}

fn obligation(every: u32, from: i64, until: Option<i64>) -> Obligation<&'static str> {
    let every_days = NonZeroU32::new(every).expect("above 0");
    Obligation {
        customer: "acme",
        every_days,
        from: day(from),
        until: until.map(day),
    }
}

fn standing(obligation: Obligation<&str>, today: i64, visits: &[i64]) -> String {
    let visits: Vec<_> = visits.iter().map(|number| ("acme", day(*number))).collect();
    let coverage = coverage(november(), day(today), &[obligation], &visits);
    told(coverage.customers.get("acme"))
}

fn told(standing: Option<&Standing>) -> String {
    match standing {
        None => "not due".to_owned(),
        Some(Standing::Pending { due_by }) => format!("pending until {}", number(*due_by)),
        Some(Standing::Covered { due_by }) => format!("covered until {}", number(*due_by)),
        Some(Standing::Missed { deadline }) => format!("missed {}", number(*deadline)),
    }
}

#[rstest]
#[case::in_time(7, &[-2, 5, 12, 19, 26], "covered until 33")]
#[case::one_day_late(7, &[-2, 5, 13, 19, 26], "missed 12")]
#[case::never(7, &[], "missed 7")]
#[case::last_seen_long_ago_and_seen_soon(7, &[-90, 6, 13, 20, 27], "covered until 34")]
#[case::then_forgotten(7, &[3, 9], "missed 16")]
#[case::a_long_interval_that_ends_elsewhere(90, &[-10], "not due")]
#[case::a_long_interval_that_ends_here(90, &[-70, 12], "covered until 102")]
#[case::a_long_interval_missed(90, &[-70], "missed 30")]
#[case::twice_a_day_is_once(30, &[9, 9], "covered until 39")]
fn a_customer_is_covered_while_every_deadline_is_met(
    #[case] every: u32,
    #[case] visits: &[i64],
    #[case] expected: &str,
) {
    assert_eq!(
        standing(obligation(every, -200, None), 31, visits),
        expected
    );
}

#[rstest]
#[case::no_visit_and_time_left(7, &[], "pending until 7")]
#[case::on_the_last_day_there_is_time(7, &[-20], "pending until 7")]
#[case::visited_early(3, &[1], "covered until 8")]
fn an_open_period_judges_only_the_days_that_are_over(
    #[case] today: i64,
    #[case] visits: &[i64],
    #[case] expected: &str,
) {
    assert_eq!(standing(obligation(7, -200, None), today, visits), expected);
}

#[rstest]
#[case::from_the_start_of_the_assignment(20, None, &[], "missed 27")]
#[case::too_short_to_fall_due(25, None, &[], "not due")]
#[case::ended_before_the_deadline(-3, Some(4), &[], "not due")]
#[case::ended_after_the_deadline(-5, Some(4), &[], "missed 3")]
#[case::a_visit_before_the_assignment_is_not_its_merit(20, None, &[19, 27], "covered until 34")]
#[case::outside_the_period(40, None, &[], "not due")]
fn an_assignment_counts_for_the_days_it_holds(
    #[case] from: i64,
    #[case] until: Option<i64>,
    #[case] visits: &[i64],
    #[case] expected: &str,
) {
    assert_eq!(standing(obligation(7, from, until), 31, visits), expected);
}

#[rstest]
#[case::nobody_came_yet(7, 10, None, None, 12, "pending until 17")]
#[case::on_the_last_day_there_is_time(7, 10, None, None, 17, "pending until 17")]
#[case::a_day_later_it_is_missed(7, 10, None, None, 18, "missed 17")]
#[case::visited(7, -90, None, Some(5), 12, "covered until 12")]
#[case::visited_too_long_ago(7, -90, None, Some(5), 13, "missed 12")]
#[case::visited_before_the_assignment(7, 10, None, Some(9), 12, "pending until 17")]
#[case::visited_on_its_first_day(7, 10, None, Some(10), 12, "covered until 17")]
#[case::before_it_begins(7, 10, None, Some(5), 9, "not due")]
#[case::after_it_ended(7, -90, Some(12), Some(1), 12, "not due")]
#[case::on_its_last_day(7, -90, Some(13), Some(1), 12, "missed 8")]
#[case::it_ends_before_a_visit_is_due(7, -90, Some(12), Some(5), 11, "not due")]
#[case::it_ends_after_a_visit_is_due(7, -90, Some(13), Some(5), 11, "covered until 12")]
fn whoever_plans_a_day_is_told_what_is_due(
    #[case] every: u32,
    #[case] from: i64,
    #[case] until: Option<i64>,
    #[case] last_visit: Option<i64>,
    #[case] today: i64,
    #[case] expected: &str,
) {
    let standing = obligation(every, from, until).on(day(today), last_visit.map(day));
    assert_eq!(told(standing.as_ref()), expected);
    let due_by = standing.map(|standing| number(standing.due_by()).to_string());
    assert!(due_by.is_none_or(|due_by| expected.ends_with(&due_by)));
}

#[test]
fn the_stricter_of_two_obligations_decides() {
    let obligations = [obligation(30, -200, None), obligation(7, -200, None)];
    let coverage = coverage(november(), day(31), &obligations, &[("acme", day(3))]);
    assert_eq!(
        coverage.customers["acme"],
        Standing::Missed { deadline: day(10) }
    );
}

#[test]
fn the_share_is_covered_over_due() {
    let share = Share { covered: 2, due: 3 } + Share { covered: 0, due: 3 };
    assert_eq!(
        share.ratio().map(|ratio| ratio.to_string()).as_deref(),
        Some("0.333333")
    );
    assert_eq!(Share::default().ratio(), None);
}

/// The same rule, told day by day.
fn day_by_day(obligation: Obligation<&str>, today: i64, visits: &[i64]) -> String {
    let every = i64::from(obligation.every_days.get());
    let from = number(obligation.from);
    let (start, end) = (
        from.max(1),
        obligation
            .until
            .map_or(30, |until| 30.min(number(until) - 1)),
    );
    let before = visits
        .iter()
        .copied()
        .filter(|visit| *visit < start && *visit >= from);
    let mut deadline = before.max().unwrap_or(from) + every;
    if start > end || deadline > end {
        return "not due".to_owned();
    }
    deadline = deadline.max((start + every - 1).min(end));
    let mut is_visited = false;
    for today_is in start..=end {
        if visits.contains(&today_is) {
            is_visited = true;
            deadline = today_is + every;
        } else if today_is == deadline && deadline < today {
            return format!("missed {deadline}");
        }
    }
    let state = if is_visited { "covered" } else { "pending" };
    format!("{state} until {deadline}")
}

proptest! {
    #[test]
    fn it_agrees_with_a_day_by_day_account(
        every in 1..45_u32,
        from in -60..40_i64,
        length in proptest::option::of(1..60_i64),
        today in 1..35_i64,
        visits in proptest::collection::vec(-60..35_i64, 0..12),
    ) {
        let visits: Vec<i64> = visits.into_iter().filter(|visit| *visit <= today).collect();
        let obligation = obligation(every, from, length.map(|length| from + length));
        prop_assert_eq!(standing(obligation, today, &visits), day_by_day(obligation, today, &visits));
    }

    #[test]
    fn who_comes_by_the_day_that_was_told_never_misses(
        every in 1..45_u32,
        from in -60..20_i64,
        delays in proptest::collection::vec(0..45_u32, 1..12),
    ) {
        let obligation = obligation(every, from, None);
        let mut last_visit = None;
        for delay in delays {
            let today = last_visit.unwrap_or(day(from));
            let standing = obligation.on(today, last_visit).expect("it holds");
            let due_by = standing.due_by();
            let visit = later(today, u64::from(delay)).min(due_by);
            let on_that_day = obligation.on(visit, last_visit);
            let is_missed = matches!(on_that_day, Some(Standing::Missed { .. }));
            prop_assert!(!is_missed);
            let next_day = obligation.on(later(due_by, 1), last_visit);
            prop_assert_eq!(next_day, Some(Standing::Missed { deadline: due_by }));
            last_visit = Some(visit);
        }
    }

    #[test]
    fn one_more_visit_never_makes_a_miss(
        every in 1..45_u32,
        from in -60..20_i64,
        visits in proptest::collection::vec(-60..31_i64, 0..12),
        more in -60..31_i64,
    ) {
        let obligation = obligation(every, from, None);
        let before = standing(obligation, 31, &visits);
        let after = standing(obligation, 31, &[visits, vec![more]].concat());
        prop_assert!(before.starts_with("missed") || !after.starts_with("missed"));
    }
}
