//! Every fact in the version that held.

use chrono::TimeDelta;
use domain::visit::{FenceRef, VisitRule};
use insta::assert_snapshot;

use super::scene::{name, town};

#[test]
fn a_fence_counts_from_the_instant_it_is_valid() {
    let moved = town().edit("acme", "10:00", 500.0, 50.0);
    assert_snapshot!(
        moved.visits("09:00 acme, 09:05 acme, 09:10 road, 09:15 road, 10:00 road, 10:05 road, 10:30 acme, 10:40 acme"),
        @r"
    acme 09:00-09:05 EXIT
    acme 10:00-10:05 EXIT
    "
    );
}

#[test]
fn a_visit_keeps_the_fence_version_it_opened_with() {
    let moved = town().edit("acme", "09:10", 5000.0, 50.0);
    let derivation = moved.derive("09:00 acme, 09:05 acme, 09:30 acme, 09:40 road, 09:42 road");
    assert_eq!(
        super::scene::told(&derivation.visits),
        "acme 09:00-09:30 EXIT"
    );
    assert_eq!(
        derivation.visits[0].fence,
        Some(FenceRef {
            fence: name("acme"),
            version: 1
        })
    );
}

#[test]
fn a_retired_fence_opens_nothing_and_leaves_the_customer_without_one() {
    let retired = town().retire("acme", "08:00");
    assert_snapshot!(retired.visits("09:00 acme, 09:05 acme"), @"");
    assert_snapshot!(retired.visits("09:00 arrive acme"), @"acme 09:00- open by NO_FENCE");
}

#[test]
fn the_segments_rule_gives_dwell_and_margin() {
    let strict = VisitRule {
        min_dwell: TimeDelta::minutes(10),
        exit_margin_m: 200.0,
        ..VisitRule::default()
    };
    let scene = town()
        .segment("acme", "key")
        .rule("r1", Some("key"), "00:00", strict);
    assert_snapshot!(
        scene.visits("09:00 acme, 09:09 acme, 09:10 road, 09:12 road, 10:00 beta, 10:03 beta"),
        @"beta 10:00- open"
    );
    let derivation = scene.derive("09:00 acme, 09:10 acme, 09:20 acme+250, 09:22 acme+250");
    assert_eq!(super::scene::told(&derivation.visits), "acme 09:00- open");
    assert_eq!(derivation.visits[0].rule, Some(name("r1")));
    assert_eq!(
        derivation.visits[0].evidence.rule.min_dwell,
        strict.min_dwell
    );
}

#[test]
fn a_stay_keeps_the_rule_version_it_began_with() {
    let long = VisitRule {
        min_dwell: TimeDelta::minutes(30),
        ..VisitRule::default()
    };
    let scene = town().rule("r1", None, "09:01", long);
    assert_snapshot!(scene.visits("09:00 acme, 09:03 acme"), @"acme 09:00- open");
    assert_snapshot!(scene.visits("09:01 acme, 09:10 acme"), @"");
}

#[test]
fn the_default_rule_judges_the_track_whatever_the_segment() {
    let lax = VisitRule {
        max_accuracy_m: 1000.0,
        silence: TimeDelta::minutes(1),
        ..VisitRule::default()
    };
    let scene = town()
        .segment("acme", "key")
        .rule("r1", Some("key"), "00:00", lax);
    assert_snapshot!(scene.visits("09:00 acme~500, 09:05 acme~500"), @"");
    let derivation = scene.derive("09:00 acme, 09:05 acme, 10:00 acme");
    assert_eq!(super::scene::told(&derivation.visits), "acme 09:00- open");
    assert_eq!(derivation.visits[0].evidence.rule, VisitRule::default());
}

#[test]
fn a_new_default_rule_holds_from_its_instant() {
    let quick = VisitRule {
        silence: TimeDelta::minutes(30),
        ..VisitRule::default()
    };
    let scene = town().rule("r1", None, "12:00", quick);
    assert_snapshot!(
        scene.visits("09:00 acme, 09:05 acme, 10:05 acme, 12:00 acme, 12:31 acme"),
        @"acme 09:00-12:00 SILENCE"
    );
}
