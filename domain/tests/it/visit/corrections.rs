//! A manager's word on whose a stay was.

use domain::visit::OpenedBy;
use insta::assert_snapshot;

use super::scene::{name, town};

const MORNING: &str = "09:00 acme, 09:15 acme, 09:30 acme, 09:40 road, 09:42 road, 10:00 beta, 10:15 beta, 10:30 beta, 10:40 road, 10:42 road";

#[test]
fn a_correction_names_another_customer_for_the_stay_that_contains_its_instant() {
    assert_snapshot!(
        town().correct("09:10", Some("gold"), "18:00").visits(MORNING),
        @r"
    gold 09:00-09:30 EXIT by CORRECTION
    beta 10:00-10:30 EXIT
    "
    );
}

#[test]
fn a_correction_without_a_customer_says_that_there_was_no_visit() {
    assert_snapshot!(town().correct("09:10", None, "18:00").visits(MORNING), @"beta 10:00-10:30 EXIT");
}

#[test]
fn the_newest_word_wins() {
    let scene = town()
        .correct("09:10", None, "18:00")
        .correct("09:20", Some("cafe"), "19:00");
    assert_snapshot!(scene.visits(MORNING), @r"
    cafe 09:00-09:30 EXIT by CORRECTION
    beta 10:00-10:30 EXIT
    ");
}

#[test]
fn an_instant_without_a_stay_changes_nothing() {
    assert_eq!(
        town().correct("09:35", None, "18:00").visits(MORNING),
        town().visits(MORNING)
    );
}

#[test]
fn an_instant_that_two_visits_share_belongs_to_the_later_one() {
    let track = "09:00 acme, 09:05 acme, 09:20 arrive beta";
    assert_snapshot!(town().correct("09:20", None, "18:00").visits(track), @"acme 09:00-09:20 SUPERSEDED");
}

#[test]
fn an_open_visit_is_corrected_too() {
    assert_snapshot!(
        town().correct("09:03", Some("gold"), "09:15").visits("09:00 acme, 09:05 acme"),
        @"gold 09:00- open by CORRECTION"
    );
}

#[test]
fn what_the_fixes_said_stays_in_the_evidence() {
    let visit = town()
        .correct("09:10", Some("gold"), "18:00")
        .derive(MORNING)
        .visits
        .remove(0);
    assert_eq!(visit.opened_by, OpenedBy::Correction);
    assert_eq!(
        visit
            .evidence
            .corrected
            .map(|corrected| corrected.derived_customer),
        Some(name("acme"))
    );
    assert_eq!((visit.fence, visit.confidence), (None, 1.0));
}
