//! Arriving and departing by button.

use insta::assert_snapshot;

use super::scene::{town, visits};

#[test]
fn arrive_inside_opens_at_once() {
    assert_snapshot!(visits("09:00 arrive acme"), @"acme 09:00- open by ARRIVE");
}

#[test]
fn arrive_undecided_opens_at_once() {
    assert_snapshot!(visits("09:00 arrive acme at acme+80"), @"acme 09:00- open by ARRIVE");
}

#[test]
fn an_arrival_counts_from_the_first_inside_fix_of_the_same_stay() {
    assert_snapshot!(visits("09:00 acme, 09:01 arrive acme"), @"acme 09:00- open by ARRIVE");
}

#[test]
fn an_arrival_after_a_confirmed_absence_counts_from_the_button() {
    assert_snapshot!(
        visits("09:00 acme, 09:01 road, 09:02 road, 09:05 arrive acme"),
        @"acme 09:05- open by ARRIVE"
    );
}

#[test]
fn arrive_at_the_open_visits_customer_adds_evidence_and_nothing_more() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:30 arrive acme, 09:40 road, 09:42 road"),
        @"acme 09:00-09:30 EXIT"
    );
}

#[test]
fn arrive_is_judged_whatever_its_accuracy() {
    assert_snapshot!(visits("09:00 arrive acme at acme+900~1000"), @"acme 09:00- open by ARRIVE");
}

#[test]
fn arrive_out_of_range_opens_nothing_and_tells_the_distance() {
    let derivation = town().derive("09:00 arrive acme at road");
    assert!(derivation.visits.is_empty());
    assert_snapshot!(outcomes("09:00 arrive acme at road"), @"OUT_OF_RANGE 450 m");
}

fn outcomes(track: &str) -> String {
    let told = |arrival: &domain::visit::Arrival<_>| {
        let outcome = serde_json::json!(arrival.outcome);
        let word = outcome["outcome"].as_str().expect("a word").to_owned();
        outcome["distance_m"]
            .as_f64()
            .map_or(word.clone(), |metres| format!("{word} {metres:.0} m"))
    };
    town()
        .derive(track)
        .arrivals
        .iter()
        .map(told)
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn each_arrival_gets_its_outcome() {
    assert_snapshot!(
        outcomes("09:00 arrive acme, 09:10 arrive beta at beta+80, 09:20 arrive cafe at road accepted, 09:30 arrive gold"),
        @"IN_RANGE -50 m, IN_RANGE 30 m, OUT_OF_RANGE 1450 m, NO_FENCE"
    );
}

#[test]
fn an_accepted_arrival_opens_in_a_circle_about_its_own_position() {
    assert_snapshot!(
        visits("09:00 arrive acme at road accepted, 09:10 road+90, 09:20 road+140, 09:30 road+200, 09:32 road+200"),
        @"acme 09:00-09:10 EXIT by ACCEPTED"
    );
}

#[test]
fn the_circle_grows_with_the_error_of_the_button() {
    assert_snapshot!(
        visits("09:00 arrive acme at road~300 accepted, 09:10 road+290, 09:30 road+340, 09:32 road+340"),
        @"acme 09:00-09:10 EXIT by ACCEPTED"
    );
}

#[test]
fn a_refused_arrival_stays_without_effect() {
    assert_snapshot!(visits("09:00 arrive acme at road refused, 09:10 road"), @"");
}

#[test]
fn a_customer_without_a_fence_opens_at_once_with_low_confidence() {
    let track = "09:00 arrive gold, 09:10 gold+50, 09:20 gold+300, 09:22 gold+300";
    assert_snapshot!(visits(track), @"gold 09:00-09:10 EXIT by NO_FENCE");
    assert!(town().derive(track).visits[0].confidence <= 0.3);
}

#[test]
fn a_button_needs_no_assignment() {
    let stranger = town().unassign("acme", "08:00");
    assert_snapshot!(
        stranger.visits("09:00 arrive acme, 09:20 acme, 09:30 road, 09:32 road"),
        @"acme 09:00-09:20 EXIT by ARRIVE"
    );
}

#[test]
fn arrive_elsewhere_ends_the_open_visit_at_the_button() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:20 arrive beta"),
        @r"
    acme 09:00-09:20 SUPERSEDED
    beta 09:20- open by ARRIVE
    "
    );
}

#[test]
fn where_the_next_stay_was_seen_before_its_button_both_meet_there() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:18 beta, 09:18:30 arrive beta"),
        @r"
    acme 09:00-09:18 SUPERSEDED
    beta 09:18- open by ARRIVE
    "
    );
}

#[test]
fn depart_inside_closes_at_the_button() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:20 depart acme"), @"acme 09:00-09:20 DEPARTED");
}

#[test]
fn depart_undecided_closes_at_the_button() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:20 depart acme at acme+80"), @"acme 09:00-09:20 DEPARTED");
}

#[test]
fn depart_outside_closes_at_the_last_inside_evidence() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:20 depart acme at road"), @"acme 09:00-09:05 DEPARTED");
}

#[test]
fn any_other_departure_changes_nothing() {
    assert_snapshot!(visits("09:00 acme, 09:05 acme, 09:20 depart beta"), @"acme 09:00- open");
    assert_snapshot!(visits("09:00 acme, 09:01 depart acme, 09:03 acme"), @"acme 09:00- open");
}

#[test]
fn after_departing_only_arrive_opens_again() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 depart acme, 09:15 acme, 09:20 acme, 09:25 arrive acme"),
        @r"
    acme 09:00-09:10 DEPARTED
    acme 09:25- open by ARRIVE
    "
    );
}

#[test]
fn or_a_trail_after_a_confirmed_outside() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 depart acme, 09:12 acme, 09:15 road, 09:16 road, 09:20 acme, 09:25 acme"),
        @r"
    acme 09:00-09:10 DEPARTED
    acme 09:20- open
    "
    );
}

#[test]
fn one_outside_fix_does_not_lift_the_departure() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 depart acme, 09:15 road, 09:20 acme, 09:25 acme"),
        @"acme 09:00-09:10 DEPARTED"
    );
}

#[test]
fn an_inside_fix_between_keeps_the_departure() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:10 depart acme, 09:12 road, 09:13 acme, 09:14 road, 09:15 acme, 09:20 acme"),
        @"acme 09:00-09:10 DEPARTED"
    );
}

#[test]
fn a_departure_takes_what_was_seen_elsewhere_before_it() {
    // 09:06 is undecided for acme and inside beta: the button says that it was still acme.
    let scene = super::scene::Scene::empty()
        .customer("acme", 0.0, 50.0)
        .customer("beta", 100.0, 45.0)
        .place("road", 800.0);
    assert_snapshot!(
        scene.visits("09:00 acme, 09:05 acme, 09:06 acme+60, 09:08 depart acme at acme+60, 09:09 acme+60, 09:12 acme+60"),
        @r"
    acme 09:00-09:08 DEPARTED
    beta 09:09- open
    "
    );
}

#[test]
fn buttons_of_every_device_count() {
    let scene = town().tracking("00:00", "a");
    assert_snapshot!(
        scene.visits("09:00 arrive acme at acme/b, 09:30 depart acme at acme/b"),
        @"acme 09:00-09:30 DEPARTED by ARRIVE"
    );
}
