//! The order of the derivation: time, kind, then every field the rules read.

use insta::assert_snapshot;

use super::scene::{told, town, visits};

#[test]
fn the_order_of_arrival_does_not_matter() {
    assert_snapshot!(visits("09:12 road, 09:05 acme, 09:10 road, 09:00 acme"), @"acme 09:00-09:05 EXIT");
}

#[test]
fn a_fix_that_comes_twice_counts_once() {
    let once = town().derive("09:00 acme, 09:05 acme, 09:10 road");
    let twice =
        town().derive("09:00 acme, 09:05 acme, 09:10 road, 09:05 acme, 09:10 road, 09:00 acme");
    assert_eq!(once, twice);
    assert_eq!(told(&twice.visits), "acme 09:00- open");
}

#[test]
fn at_one_instant_arriving_comes_first_and_departing_last() {
    assert_snapshot!(visits("09:00 depart acme, 09:00 acme, 09:00 arrive acme"), @"acme 09:00-09:00 DEPARTED by ARRIVE");
    let derivation = town().derive("09:00 depart acme, 09:00 acme, 09:00 arrive acme");
    assert_eq!(derivation.visits[0].evidence.inside, 2);
}

#[test]
fn buttons_of_one_instant_go_by_customer() {
    let there = "09:00 arrive beta at road accepted, 09:00 arrive acme at road accepted";
    let back = "09:00 arrive acme at road accepted, 09:00 arrive beta at road accepted";
    assert_eq!(visits(there), visits(back));
    assert_snapshot!(visits(there), @r"
    acme 09:00-09:00 SUPERSEDED by ACCEPTED
    beta 09:00- open by ACCEPTED
    ");
}
