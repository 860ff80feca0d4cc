//! Opening by trail.

use insta::assert_snapshot;

use super::scene::{town, visits};

#[test]
fn a_stay_of_the_minimum_dwell_is_a_visit_from_its_first_inside_fix() {
    assert_snapshot!(visits("09:00 acme, 09:03 acme, 09:10 road, 09:12 road"), @"acme 09:00-09:03 EXIT");
}

#[test]
fn a_shorter_stay_is_none() {
    assert_snapshot!(visits("09:00 acme, 09:02:59 acme, 09:10 road, 09:12 road"), @"");
}

#[test]
fn the_edge_is_inside() {
    assert_snapshot!(visits("09:00 acme+50, 09:03 acme+50, 09:04 road, 09:06 road"), @"acme 09:00-09:03 EXIT");
}

#[test]
fn beyond_the_edge_is_not_inside_however_vague_the_fix() {
    assert_snapshot!(visits("09:00 acme+51~100, 09:05 acme+51~100, 09:10 acme+51~100"), @"");
}

#[test]
fn a_short_absence_does_not_split_a_visit() {
    assert_snapshot!(visits("09:00 acme, 09:10 road, 09:15 acme, 09:20 road, 09:22 road"), @"acme 09:00-09:15 EXIT");
}

#[test]
fn time_up_to_the_sample_gap_is_observed() {
    assert_snapshot!(visits("09:00 acme, 09:15 acme"), @"acme 09:00- open");
}

#[test]
fn a_longer_gap_is_bridged_and_opens_nothing() {
    assert_snapshot!(visits("09:00 acme, 09:15:01 acme"), @"");
}

#[test]
fn driving_past_twice_makes_no_visit() {
    assert_snapshot!(visits("09:00 acme, 09:01 road, 10:00 acme, 10:01 road, 10:03 road"), @"");
}

#[test]
fn driving_past_twice_in_ten_minutes_with_a_fix_a_minute_makes_no_visit() {
    assert_snapshot!(visits("09:00 acme, 09:01 road, 09:02 road, 09:08 acme, 09:09 road, 09:10 road"), @"");
}

#[test]
fn a_bridged_gap_continues_the_stay_it_does_not_open() {
    // The first fix is evidence of the arrival although the dwell is observed an hour later.
    assert_snapshot!(visits("09:00 acme, 10:00 acme, 10:03 acme, 10:05 road, 10:07 road"), @"acme 09:00-10:03 EXIT");
    let derivation = town().derive("09:00 acme, 10:00 acme, 10:03 acme");
    let evidence = &derivation.visits[0].evidence;
    assert_eq!(
        (evidence.bridged_count, evidence.bridged_for.num_minutes()),
        (1, 60)
    );
    assert_eq!(evidence.observed.num_minutes(), 3);
}

#[test]
fn dwell_is_added_up_over_undecided_fixes() {
    assert_snapshot!(visits("09:00 acme, 09:01 acme+60, 09:02 acme, 09:03 acme"), @"acme 09:00- open");
}

#[test]
fn a_confirmed_absence_begins_the_stay_anew() {
    assert_snapshot!(
        visits("09:00 acme, 09:02 acme, 09:03 road, 09:04 road, 09:05 acme, 09:07 acme, 09:09 road"),
        @""
    );
}

#[test]
fn a_customer_of_somebody_else_is_not_considered() {
    let stranger = town().unassign("acme", "08:00");
    assert_snapshot!(stranger.visits("09:00 acme, 09:05 acme, 09:10 acme"), @"");
}

#[test]
fn a_customer_taken_away_during_the_dwell_makes_no_visit() {
    let stranger = town().unassign("acme", "09:02");
    assert_snapshot!(stranger.visits("09:00 acme, 09:01 acme, 09:05 acme, 09:10 acme"), @"");
}

#[test]
fn an_open_visit_outlives_its_assignment() {
    let stranger = town().unassign("acme", "09:04");
    assert_snapshot!(
        stranger.visits("09:00 acme, 09:03 acme, 09:10 acme, 09:20 road, 09:22 road"),
        @"acme 09:00-09:10 EXIT"
    );
}
