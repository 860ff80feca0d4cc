//! Which fixes take part.

use insta::assert_snapshot;

use super::scene::{town, visits};

#[test]
fn a_fix_worse_than_the_maximum_takes_no_part() {
    assert_snapshot!(visits("09:00 acme~101, 09:05 acme~101, 09:10 acme~101"), @"");
    assert_snapshot!(visits("09:00 acme~100, 09:05 acme~100, 09:10 acme~100"), @"acme 09:00- open");
}

#[test]
fn no_accuracy_means_thirty_metres() {
    // 50 m radius + 30 m + 25 m margin
    for stated in ["0", "-5", "NaN", "inf"] {
        let near =
            format!("09:00 acme, 09:05 acme, 09:10 acme+104~{stated}, 09:12 acme+104~{stated}");
        assert_eq!(visits(&near), "acme 09:00- open", "{stated}");
        let far =
            format!("09:00 acme, 09:05 acme, 09:10 acme+106~{stated}, 09:12 acme+106~{stated}");
        assert_eq!(visits(&far), "acme 09:00-09:05 EXIT", "{stated}");
    }
}

#[test]
fn a_jump_away_and_back_takes_no_part() {
    // 1 km in 10 s, twice; without the filter the two would end the visit.
    assert_snapshot!(
        visits("09:00 acme, 09:05 acme, 09:05:10 beta, 09:05:20 acme, 09:07 beta, 09:07:10 acme, 09:10 acme"),
        @"acme 09:00- open"
    );
    assert_eq!(
        town()
            .derive("09:00 acme, 09:05 acme, 09:05:10 beta, 09:05:20 acme")
            .visits[0]
            .evidence
            .outside,
        0
    );
}

#[test]
fn fast_from_one_neighbour_alone_is_no_jump() {
    // In the tunnel, then on the motorway: the way back is slow.
    assert_eq!(
        town()
            .derive("09:00 acme, 09:05 acme, 09:05:10 beta, 09:06 beta")
            .visits[0]
            .evidence
            .outside,
        2
    );
}

#[test]
fn a_fix_without_a_later_neighbour_is_no_jump() {
    assert_eq!(
        town()
            .derive("09:00 acme, 09:05 acme, 09:05:10 beta")
            .visits[0]
            .evidence
            .outside,
        1
    );
}

#[test]
fn a_fix_without_an_earlier_neighbour_is_no_jump() {
    assert_snapshot!(visits("09:00 beta, 09:00:05 acme, 09:05 acme"), @"acme 09:00:05- open");
    assert_eq!(
        town()
            .derive("09:00 acme, 09:00:05 beta, 09:03:05 beta")
            .visits
            .len(),
        1
    );
}

#[test]
fn another_device_is_no_neighbour() {
    // Without b, the fix at beta is a jump; b's fix at beta does not vouch for it.
    assert_eq!(
        town()
            .derive("09:00 acme, 09:05 acme, 09:05:09 beta/b, 09:05:10 beta, 09:05:11 beta/b, 09:05:20 acme")
            .visits[0]
            .evidence
            .outside,
        2
    );
}

#[test]
fn a_fix_of_the_same_instant_is_no_neighbour() {
    // Two readings at once, a kilometre apart: each is judged by the instants before and after.
    let visits = |track| town().derive(track).visits;
    let doubled = "09:00 acme, 09:05 acme, 09:05:10 acme, 09:05:10 beta, 09:05:20 acme";
    assert_eq!(visits(doubled)[0].evidence.outside, 0);
    let doubled = "09:00 beta, 09:05 beta, 09:05:10 acme, 09:05:10 beta, 09:05:20 acme";
    assert_eq!(visits(doubled)[0].evidence.inside, 3);
}

#[test]
fn a_suspect_waits_no_longer_than_silence() {
    let scene = town().place("far", 3_000_000.0);
    let held = |until: &str| {
        let track = format!("20:30 far, 20:31 acme, 22:00 beat, {until} beat, 24:00 beat");
        let state = serde_json::to_value(&scene.derive(&track).checkpoints[0].state);
        state.expect("a state")["sieve"]["held"]
            .as_array()
            .expect("a list")
            .len()
    };
    assert_eq!((held("23:31"), held("23:32")), (1, 0));
}

#[test]
fn a_neighbour_beyond_silence_is_none() {
    // The first fix at acme is impossibly far from its neighbours at the other end of the world.
    let scene = town().place("far", 3_000_000.0);
    let track = |back: &str| {
        format!(
            "09:00 far, 09:01 acme, 09:03 arrive acme at acme/b, 11:00 beat, {back} far, {back} far/b"
        )
    };
    assert_snapshot!(scene.visits(&track("12:00")), @"acme 09:03- open by ARRIVE");
    assert_snapshot!(scene.visits(&track("12:01:01")), @"acme 09:01- open by ARRIVE");
}

#[test]
fn a_button_is_exempt_from_the_filters_and_a_neighbour_all_the_same() {
    assert_snapshot!(
        visits("09:00 acme, 09:00:10 arrive beta at beta~400, 09:00:20 acme"),
        @"beta 09:00:10- open by ARRIVE"
    );
    // The accurate press vouches for the reading a second later.
    assert_eq!(
        town()
            .derive(
                "09:00 acme, 09:05 acme, 09:05:09 depart cafe at beta, 09:05:10 beta, 09:05:20 acme"
            )
            .visits[0]
            .evidence
            .outside,
        1
    );
}

#[test]
fn the_trail_of_a_device_that_does_not_track_takes_no_part() {
    let scene = town().tracking("00:00", "a").tracking("10:00", "b");
    assert_snapshot!(scene.visits("09:00 acme/b, 09:05 acme/b"), @"");
    assert_snapshot!(scene.visits("10:00 acme/b, 10:05 acme/b"), @"acme 10:00- open");
    assert_snapshot!(
        scene.visits("09:50 acme, 09:55 acme, 10:05 road, 10:10 road, 10:15 acme/b"),
        @"acme 09:50- open"
    );
}
