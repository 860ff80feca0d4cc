//! Everything explains itself.

use chrono_tz::Tz;
use domain::visit::{Words, explain, judgements};
use insta::assert_snapshot;

use super::scene::{Name, Scene, town};

fn explained(scene: &Scene, track: &str) -> String {
    explained_in(Tz::UTC, scene, track)
}

fn explained_in(zone: Tz, scene: &Scene, track: &str) -> String {
    let visits = scene.derive(track).visits;
    let visit = visits.first().expect("a visit to explain");
    let words = Words {
        name: &|name: Name| name.to_string(),
        zone,
    };
    let sentences = explain(visit)
        .into_iter()
        .map(|reason| reason.sentence(&words));
    sentences.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_visit_by_trail_names_its_fixes_fence_and_thresholds() {
    assert_snapshot!(
        explained(&town(), "09:00 acme, 09:05 acme, 09:30 acme, 09:35 acme+70, 09:40 road, 09:42 road"),
        @r"
    First inside at 2026-11-23 09:00:00 UTC; by 2026-11-23 09:05:00 UTC 5 min inside had been observed, at least 3 min are asked.
    Judged against version 1 of the fence acme.
    Nobody else's fence held the rep.
    3 fixes inside, the last at 2026-11-23 09:30:00 UTC, 5 min of it observed; 1 too vague to tell; 2 outside, their whole error circle more than 25 m beyond the boundary.
    1 gaps longer than 15 min between inside fixes, 25 min together, count as stayed.
    Left at 2026-11-23 09:30:00 UTC, the last fix inside; 2 fixes outside from 2026-11-23 09:40:00 UTC to 2026-11-23 09:42:00 UTC confirmed it.
    The thresholds are the built-in ones.
    "
    );
}

#[test]
fn times_are_told_in_the_zone_that_is_asked_for() {
    let sentences = explained_in(
        Tz::Asia__Shanghai,
        &town(),
        "09:00 arrive gold, 09:10 depart gold",
    );
    assert_snapshot!(
        sentences.lines().next().unwrap(),
        @"The rep pressed arrive at 2026-11-23 17:00:00 CST at a customer without a fence, so little speaks for it."
    );
}

#[test]
fn a_visit_without_a_fence_says_how_little_speaks_for_it() {
    assert_snapshot!(
        explained(&town(), "09:00 arrive gold, 09:10 depart gold"),
        @r"
    The rep pressed arrive at 2026-11-23 09:00:00 UTC at a customer without a fence, so little speaks for it.
    Judged against a circle of 100 m about the button press.
    The rep named this customer.
    1 fixes inside, the last at 2026-11-23 09:00:00 UTC, 0 s of it observed; 0 too vague to tell; 0 outside, their whole error circle more than 25 m beyond the boundary.
    The rep pressed depart at 2026-11-23 09:10:00 UTC.
    The thresholds are the built-in ones.
    "
    );
}

#[test]
fn a_corrected_visit_names_what_it_replaced() {
    let scene = town().correct("09:02", Some("gold"), "18:00");
    let told = explained(&scene, "09:00 acme, 09:05 acme");
    assert!(told.contains("A manager decided at 2026-11-23 18:00:00 UTC whose visit it was; the fixes spoke for acme."), "{told}");
    assert!(
        told.contains("Still open; more than 3 h without a check-in would end it."),
        "{told}"
    );
}

#[test]
fn a_verdict_names_its_numbers() {
    let sentences = |track: &str| {
        let located = town().track(track).remove(0);
        let judgements = judgements(&town().world, &located);
        judgements
            .iter()
            .map(|judgement| judgement.sentence())
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(sentences("09:00 acme+20"), @"Inside: 30 m within the boundary.");
    assert_snapshot!(
        sentences("09:00 acme+70"),
        @"Undecided: 20 m beyond the boundary, which an error of 10 m and a margin of 25 m leave open."
    );
    assert_snapshot!(
        sentences("09:00 arrive acme at road"),
        @"Outside: 450 m beyond the boundary, more than the error of 10 m and the margin of 25 m together."
    );
    assert_snapshot!(sentences("09:00 road"), @"");
}
