//! Silence is not an exit.

use insta::assert_snapshot;

use super::scene::{at, town, visits};

#[test]
fn a_gap_up_to_three_hours_with_the_same_fence_on_both_sides_belongs_to_the_visit() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 12:05 acme, 12:10 road, 12:12 road"),
        @"acme 09:00-12:05 EXIT"
    );
}

#[test]
fn a_longer_gap_ends_it_at_its_last_inside_evidence() {
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 12:05:01 acme, 12:10 acme"),
        @r"
    acme 09:00-09:05 SILENCE
    acme 12:05:01- open
    "
    );
}

#[test]
fn any_check_in_of_any_kind_or_quality_breaks_the_silence() {
    for sign in ["beat", "start", "acme~500", "acme/b", "depart beta at road"] {
        let scene = town().tracking("00:00", "a");
        let track = format!("09:00 acme, 09:05 acme, 11:00 {sign}, 13:00 acme, 13:05 acme");
        assert_eq!(scene.visits(&track), "acme 09:00- open", "{sign}");
    }
}

#[test]
fn time_closes_an_open_visit_alike() {
    let track = "09:00 acme, 09:05 acme, 09:10 beat";
    assert_snapshot!(town().visits_as_of(track, "12:10"), @"acme 09:00- open");
    assert_snapshot!(town().visits_as_of(track, "12:10:01"), @"acme 09:00-09:05 SILENCE");
}

#[test]
fn due_at_is_the_first_instant_at_which_time_alone_changes_the_result() {
    let track = "09:00 acme, 09:05 acme, 09:10 beat";
    let due_at = town()
        .derive(track)
        .due_at
        .expect("an open visit falls due");
    assert_eq!(due_at, at("12:10") + chrono::TimeDelta::milliseconds(1));
}

#[test]
fn a_candidate_falls_due_too_and_nothing_else_does() {
    assert!(town().derive("09:00 acme").due_at.is_some());
    assert!(town().derive("09:00 road, 09:05 beat").due_at.is_none());
    assert!(
        town()
            .derive("09:00 acme, 09:05 acme, 09:10 depart acme")
            .due_at
            .is_none()
    );
}

#[test]
fn silence_ends_a_candidate() {
    assert_snapshot!(visits("09:00 acme, 09:02 acme, 12:03 acme, 12:05 acme"), @"");
}

#[test]
fn check_ins_ahead_of_the_clock_do_no_harm() {
    assert_snapshot!(town().visits_as_of("09:00 acme, 09:05 acme", "08:00"), @"acme 09:00- open");
}
