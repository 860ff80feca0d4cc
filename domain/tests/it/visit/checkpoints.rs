//! Checkpoints: where a replay starts, and where it may stop.

use domain::visit::{Checkpoint, Derivation, Located, OutOfOrder, Progress, Replay, derive};
use insta::assert_snapshot;

use super::scene::{Name, Scene, at, clock, told, town};

/// Three days of the same morning, with quiet nights.
const DAYS: &str = "09:00 acme, 09:10 acme, 09:20 road, 09:22 road, \
    33:00 acme, 33:10 acme, 33:20 road, 33:22 road, \
    57:00 acme, 57:10 acme, 57:20 road, 57:22 road";

fn checkpoints(derivation: &Derivation<Name>) -> String {
    let clocks: Vec<String> = derivation
        .checkpoints
        .iter()
        .map(|checkpoint| clock(checkpoint.at))
        .collect();
    clocks.join(" ")
}

/// Derives anew after a change at `earliest`, as a worker does, and tells how many fixes it read.
fn replay(
    scene: &Scene,
    known: &[Checkpoint<Name>],
    fixes: &[Located<Name>],
    (earliest, latest): (&str, &str),
) -> (Derivation<Name>, usize) {
    let (kept, stale): (Vec<_>, Vec<_>) = known
        .iter()
        .cloned()
        .partition(|checkpoint| checkpoint.at <= at(earliest));
    let start = kept.into_iter().max_by_key(|checkpoint| checkpoint.at);
    let mut replay = Replay::start(&scene.world, start).until_known(stale, at(latest));
    let from = replay.reads_from();
    let wanted = |located: &&Located<Name>| from.is_none_or(|from| from <= located.fix.recorded_at);
    let mut taken = 0;
    for located in fixes.iter().filter(wanted) {
        taken += 1;
        if replay.feed(std::slice::from_ref(located)) == Ok(Progress::Settled) {
            break;
        }
    }
    (replay.finish(at("60:00")), taken)
}

#[test]
fn a_gap_longer_than_silence_is_a_checkpoint_of_the_first_check_in_after_it() {
    assert_snapshot!(checkpoints(&town().derive(DAYS)), @"33:00 57:00");
}

#[test]
fn a_new_day_is_one() {
    let night = "22:00 acme, 23:00 beat, 23:59 beat, 24:01 beat, 24:30 acme";
    assert_snapshot!(checkpoints(&town().derive(night)), @"24:01");
}

#[test]
fn a_thousand_fixes_are_one_and_so_are_a_few_before_the_newest() {
    let minute = |second: i64| {
        format!(
            "{:02}:{:02}:{:02} road",
            9 + second / 3600,
            second / 60 % 60,
            second % 60
        )
    };
    let track = (0..2500)
        .map(|step| minute(step * 5))
        .collect::<Vec<_>>()
        .join(", ");
    assert_snapshot!(checkpoints(&town().derive(&track)), @"10:23:20 11:46:40 12:28:15");
}

#[test]
fn a_change_deletes_what_comes_after_it_and_stops_where_nothing_changes() {
    let scene = town();
    let whole = scene.derive(DAYS);
    let mut fixes = scene.track(DAYS);
    fixes.insert(5, scene.track("33:05 acme").remove(0));
    fixes.insert(7, scene.track("33:15 acme").remove(0));
    let (derivation, taken) = replay(&scene, &whole.checkpoints, &fixes, ("33:05", "33:15"));
    assert_snapshot!(told(&derivation.visits), @"acme 33:00-33:15 EXIT");
    assert_eq!(derivation.settled_at, Some(at("57:00")));
    assert_eq!(
        (derivation.from, derivation.until),
        (Some(at("33:00")), Some(at("57:00")))
    );
    // The six of the second day, one of the third to see that it stands, one more to know that
    // its instant is complete.
    assert_eq!(taken, 8);
    assert!(derivation.checkpoints.is_empty());
}

#[test]
fn a_known_state_before_the_last_change_proves_nothing() {
    let scene = town();
    let whole = scene.derive(DAYS);
    let mut fixes = scene.track(DAYS);
    fixes.insert(5, scene.track("33:05 acme").remove(0));
    fixes.insert(11, scene.track("57:15 acme").remove(0));
    let (derivation, _) = replay(&scene, &whole.checkpoints, &fixes, ("33:05", "57:15"));
    assert_eq!(derivation.settled_at, None);
    assert_snapshot!(told(&derivation.visits), @r"
    acme 33:00-33:10 EXIT
    acme 57:00-57:15 EXIT
    ");
}

#[test]
fn a_replay_that_settles_inside_the_first_visit_leaves_it_alone() {
    let scene = town();
    let whole = scene.derive("23:30 acme, 23:40 acme, 24:10 acme");
    let fixes = scene.track("23:20 acme~500, 23:30 acme, 23:40 acme, 24:10 acme, 24:20 acme");
    let (derivation, _) = replay(&scene, &whole.checkpoints, &fixes, ("23:20", "23:20"));
    assert_eq!(derivation.settled_at, Some(at("24:10")));
    assert!(derivation.visits.is_empty());
    assert!(
        derivation
            .until
            .is_some_and(|until| until < whole.visits[0].arrived_at)
    );
}

#[test]
fn a_check_in_inside_the_gap_undoes_its_checkpoint() {
    let scene = town();
    let track = "09:00 acme, 09:10 acme, 12:20 acme, 12:30 acme, 12:40 road, 12:42 road";
    let whole = scene.derive(track);
    assert_snapshot!(told(&whole.visits), @r"
    acme 09:00-09:10 SILENCE
    acme 12:20-12:30 EXIT
    ");
    let mut fixes = scene.track(track);
    fixes.insert(2, scene.track("11:00 beat").remove(0));
    let (derivation, _) = replay(&scene, &whole.checkpoints, &fixes, ("11:00", "11:00"));
    assert_snapshot!(told(&derivation.visits), @"acme 09:00-12:30 EXIT");
    assert_eq!((derivation.from, derivation.settled_at), (None, None));
}

#[test]
fn time_alone_reads_on_from_the_newest_checkpoint() {
    let scene = town();
    let track = format!("{DAYS}, 57:30 beta, 57:35 beta");
    let known = scene.derive(&track).checkpoints;
    let newest = known.last().expect("a checkpoint");
    let derivation = derive(
        &scene.world,
        Some(newest),
        &scene.track(&track),
        at("60:36"),
    );
    assert_snapshot!(told(&derivation.visits), @r"
    acme 57:00-57:10 EXIT
    beta 57:30-57:35 SILENCE
    ");
    assert_eq!(derivation.due_at, None);
}

#[test]
fn a_suspected_jump_waits_in_the_state() {
    // The suspect is the last fix before midnight; what clears or condemns it comes after.
    let scene = town().place("far", 3_000_000.0);
    for (later, expected) in [("far", 0), ("acme", 1)] {
        let track = format!("23:50 far, 23:59 acme, 24:30 {later}, 24:40 arrive acme at acme/b");
        let whole = scene.derive(&track);
        assert_eq!(checkpoints(&whole), "24:30");
        let text = serde_json::to_string(&whole.checkpoints[0]).expect("a checkpoint as text");
        let read: Checkpoint<Name> = serde_json::from_str(&text).expect("a checkpoint");
        assert_eq!(read, whole.checkpoints[0]);
        let last = at("24:41");
        let replayed = derive(&scene.world, Some(&read), &scene.track(&track), last);
        assert_eq!(replayed.visits, whole.visits);
        let arrived = if expected == 1 { "23:59" } else { "24:40" };
        assert_eq!(whole.visits[0].arrived_at, at(arrived), "{later}");
    }
}

#[test]
fn chunks_come_in_order_of_time() {
    let scene = town();
    let mut replay = Replay::start(&scene.world, None);
    assert_eq!(
        replay.feed(&scene.track("09:10 acme, 09:00 acme")),
        Ok(Progress::More)
    );
    assert_eq!(
        replay.feed(&scene.track("09:10 beat, 09:20 acme")),
        Ok(Progress::More)
    );
    let error = OutOfOrder {
        recorded_at: at("09:05"),
        taken_until: at("09:10"),
    };
    assert_eq!(replay.feed(&scene.track("09:05 acme")), Err(error));
    assert_snapshot!(told(&replay.finish(at("09:21")).visits), @"acme 09:00- open");
}
