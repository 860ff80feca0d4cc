//! Leaving strictly.

use insta::assert_snapshot;

use super::scene::visits;

#[test]
fn one_outside_fix_ends_nothing() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 road"), @"acme 09:00- open");
}

#[test]
fn two_outside_fixes_within_a_minute_end_nothing() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 road, 09:10:59 road"), @"acme 09:00- open");
}

#[test]
fn two_outside_fixes_a_minute_apart_end_it_at_the_last_inside_one() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 road, 09:11 road"), @"acme 09:00-09:05 EXIT");
}

#[test]
fn an_inside_fix_between_takes_the_leaving_back() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 road, 09:10:30 acme, 09:11 road, 09:11:30 road"),
        @"acme 09:00- open"
    );
}

#[test]
fn undecided_fixes_neither_count_nor_take_it_back() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 acme+70, 09:11 acme+70, 09:20 acme+70"), @"acme 09:00- open");
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 road, 09:10:30 acme+70, 09:11 road"),
        @"acme 09:00-09:05 EXIT"
    );
}

#[test]
fn outside_means_the_whole_error_circle_and_the_margin() {
    // 50 m radius + 10 m error + 25 m margin
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 acme+84, 09:12 acme+84"), @"acme 09:00- open");
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 acme+86, 09:12 acme+86"), @"acme 09:00-09:05 EXIT");
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:10 acme+86~20, 09:12 acme+86~20"), @"acme 09:00- open");
}

#[test]
fn a_rep_who_comes_back_later_makes_a_second_visit() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 road, 09:12 road, 10:00 acme, 10:05 acme"),
        @r"
    acme 09:00-09:05 EXIT
    acme 10:00- open
    "
    );
}
