//! Derived visits against stored ones.

use domain::visit::{Stored, Visit, reconcile};
use insta::assert_snapshot;

use super::scene::{Name, Scene, clock, town};

/// What changes when the stored visits are those of `before` and the derived ones those of `after`.
fn changes(before: (&Scene, &str), after: (&Scene, &str)) -> String {
    let stored: Vec<Stored<usize, Name>> = before
        .0
        .derive(before.1)
        .visits
        .into_iter()
        .enumerate()
        .map(|(id, visit)| Stored { id, visit })
        .collect();
    let derived = after.0.derive(after.1).visits;
    let changes = reconcile(&after.0.world, &stored, &derived);
    let told = changes.iter().map(|change| {
        let id = change.id.map_or("new".to_owned(), |id| id.to_string());
        let events = serde_json::to_string(&change.events).expect("events as JSON");
        let events = events
            .replace(['"', '{', '}', '[', ']'], "")
            .replace("kind:", "");
        format!(
            "{id} {} {}: {events}",
            change.visit.customer,
            span(&change.visit)
        )
    });
    told.collect::<Vec<_>>().join("\n")
}

fn span(visit: &Visit<Name>) -> String {
    format!(
        "{}-{}",
        clock(visit.arrived_at),
        visit.left_at.map_or_else(String::new, clock)
    )
}

fn late(before: &str, after: &str) -> String {
    changes((&town(), before), (&town(), after))
}

#[test]
fn a_new_visit_is_opened() {
    assert_snapshot!(late("", "09:00 acme, 09:05 acme"), @"new acme 09:00-: OPENED");
}

#[test]
fn one_that_is_over_when_first_seen_is_opened_and_closed() {
    assert_snapshot!(late("", "09:00 acme, 09:05 acme, 09:10 road, 09:12 road"), @"new acme 09:00-09:05: OPENED,CLOSED");
}

#[test]
fn nothing_new_changes_nothing() {
    assert_snapshot!(late("09:00 acme, 09:05 acme", "09:00 acme, 09:05 acme"), @"");
}

#[test]
fn more_evidence_is_written_and_told_to_nobody() {
    assert_snapshot!(late("09:00 acme, 09:05 acme", "09:00 acme, 09:05 acme, 09:10 acme"), @"0 acme 09:00-:");
}

#[test]
fn the_end_closes_it() {
    assert_snapshot!(
        late("09:00 acme, 09:05 acme", "09:00 acme, 09:05 acme, 09:10 road, 09:12 road"),
        @"0 acme 09:00-09:05: CLOSED"
    );
}

#[test]
fn late_data_amends_and_never_repeats() {
    assert_snapshot!(
        late(
            "09:00 acme, 09:05 acme, 09:10 road, 09:12 road",
            "08:50 acme, 09:00 acme, 09:05 acme, 09:07 acme, 09:10 road, 09:12 road"
        ),
        @"0 acme 08:50-09:07: AMENDED,reason:LATE_DATA"
    );
}

#[test]
fn a_closed_visit_may_reopen() {
    assert_snapshot!(
        late("09:00 acme, 09:05 acme, 09:10 road, 09:12 road", "09:00 acme, 09:05 acme, 09:10 road, 09:11 acme, 09:12 road"),
        @"0 acme 09:00-: AMENDED,reason:LATE_DATA"
    );
}

#[test]
fn a_visit_no_longer_derived_is_withdrawn() {
    // The absence between was not known.
    assert_snapshot!(
        late("09:00 acme, 09:05 acme", "09:00 acme, 09:01 road, 09:02 road, 09:05 acme"),
        @"0 acme 09:00-: WITHDRAWN,reason:LATE_DATA"
    );
}

#[test]
fn of_two_halves_the_greater_overlap_keeps_the_identity() {
    assert_snapshot!(
        late(
            "09:00 acme, 09:05 acme, 09:15 acme, 09:30 acme, 09:45 acme",
            "09:00 acme, 09:05 acme, 09:07 road, 09:09 road, 09:15 acme, 09:30 acme, 09:45 acme"
        ),
        @r"
    new acme 09:00-09:05: OPENED,CLOSED
    0 acme 09:15-: AMENDED,reason:LATE_DATA
    "
    );
}

#[test]
fn two_that_become_one_leave_one_withdrawn() {
    assert_snapshot!(
        late(
            "09:00 acme, 09:05 acme, 09:07 road, 09:09 road, 09:15 acme, 09:30 acme, 09:45 acme",
            "09:00 acme, 09:05 acme, 09:07 road, 09:08 acme, 09:09 road, 09:15 acme, 09:30 acme, 09:45 acme"
        ),
        @r"
    0 acme 09:00-09:05: WITHDRAWN,reason:LATE_DATA
    1 acme 09:00-: AMENDED,reason:LATE_DATA
    "
    );
}

#[test]
fn equal_overlaps_go_to_the_earliest_arrival() {
    assert_snapshot!(
        late(
            "09:00 acme, 09:05 acme, 09:07 road, 09:09 road, 09:15 acme, 09:20 acme",
            "09:00 acme, 09:05 acme, 09:07 road, 09:08 acme, 09:09 road, 09:15 acme, 09:20 acme"
        ),
        @r"
    1 acme 09:15-: WITHDRAWN,reason:LATE_DATA
    0 acme 09:00-: AMENDED,reason:LATE_DATA
    "
    );
}

#[test]
fn the_reason_is_read_off_the_world() {
    let track = "09:00 acme, 09:05 acme, 09:10 road, 09:12 road";
    let strict = domain::visit::VisitRule {
        exit_margin_m: 30.0,
        ..Default::default()
    };
    let reason = |after: Scene| changes((&town(), track), (&after, track));
    assert_snapshot!(reason(town().edit("acme", "08:00", 1.0, 60.0)), @"0 acme 09:00-09:05: AMENDED,reason:FENCE_CHANGED");
    assert_snapshot!(reason(town().retire("acme", "08:00")), @"0 acme 09:00-09:05: WITHDRAWN,reason:FENCE_CHANGED");
    assert_snapshot!(reason(town().rule("r1", None, "08:00", strict)), @"0 acme 09:00-09:05: AMENDED,reason:RULE_CHANGED");
    assert_snapshot!(reason(town().unassign("acme", "08:00")), @"0 acme 09:00-09:05: WITHDRAWN,reason:ASSIGNMENT_CHANGED");
    assert_snapshot!(reason(town().plan("p1", "acme", "08:00")), @"0 acme 09:00-09:05: AMENDED,reason:PLAN_CHANGED");
    assert_snapshot!(reason(town().correct("09:03", None, "18:00")), @"0 acme 09:00-09:05: WITHDRAWN,reason:CORRECTED");
    assert_snapshot!(
        reason(town().correct("09:03", Some("gold"), "18:00")),
        @r"
    0 acme 09:00-09:05: WITHDRAWN,reason:CORRECTED
    new gold 09:00-09:05: OPENED,CLOSED
    "
    );
}
