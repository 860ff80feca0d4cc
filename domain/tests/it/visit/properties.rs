//! What holds for every track.

use chrono::{DateTime, TimeDelta, Utc};
use domain::visit::{Derivation, Fix, Visit, World, derive};
use proptest::prelude::*;

use super::scene::{Name, Scene, at, name};
use super::synthetic::{later, located, quarter, tracks};

fn whole(scene: &Scene, fixes: &[Fix<Name>], as_of: DateTime<Utc>) -> Derivation<Name> {
    derive(&scene.world, None, &located(scene, fixes), as_of)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_and_the_number_of_deliveries_change_nothing(
        (fixes, delivered) in tracks().prop_flat_map(|fixes| {
            let twice = [fixes.clone(), fixes.clone()].concat();
            (Just(fixes), Just(twice).prop_shuffle())
        })
    ) {
        let scene = quarter();
        prop_assert_eq!(whole(&scene, &fixes, later()), whole(&scene, &delivered, later()));
    }

    #[test]
    fn the_order_of_what_the_hub_knows_changes_nothing(
        fixes in tracks(),
        seed in any::<u64>(),
    ) {
        let scene = quarter();
        let mut shuffled = scene.clone();
        let turn = |length: usize| (seed as usize).checked_rem(length).unwrap_or(0);
        let world = &mut shuffled.world;
        let lengths = [world.rules.len(), world.corrections.len(), world.tracking.len(), world.assignments.len()];
        world.rules.rotate_left(turn(lengths[0]));
        world.corrections.rotate_left(turn(lengths[1]));
        world.tracking.rotate_left(turn(lengths[2]));
        world.assignments.rotate_left(turn(lengths[3]));
        let mut near_reversed = located(&scene, &fixes);
        for located in &mut near_reversed {
            located.near.reverse();
        }
        prop_assert_eq!(
            whole(&scene, &fixes, later()),
            derive(&shuffled.world, None, &near_reversed, later())
        );
    }

    #[test]
    fn the_interval_of_a_visit_contains_its_evidence(fixes in tracks()) {
        for visit in whole(&quarter(), &fixes, later()).visits {
            prop_assert_eq!(visit.arrived_at, visit.evidence.first.at);
            prop_assert!(visit.arrived_at <= visit.evidence.last.at);
            prop_assert!(visit.left_at.is_none_or(|left_at| visit.evidence.last.at <= left_at));
            prop_assert_eq!(visit.left_at.is_some(), visit.end.is_some());
            prop_assert!((0.0..=1.0).contains(&visit.confidence));
        }
    }

    #[test]
    fn visits_of_one_rep_share_at_most_an_instant(fixes in tracks()) {
        let visits = whole(&quarter(), &fixes, at("20:00")).visits;
        for pair in visits.windows(2) {
            prop_assert!(pair[0].left_at.is_some_and(|left_at| left_at <= pair[1].arrived_at));
        }
    }

    #[test]
    fn moving_all_inputs_by_whole_weeks_moves_the_visits(fixes in tracks(), weeks in -300..300i64) {
        let scene = quarter();
        let by = TimeDelta::weeks(weeks);
        let mut moved = scene.clone();
        move_world(&mut moved.world, by);
        let moved_fixes: Vec<_> =
            fixes.iter().map(|fix| Fix { recorded_at: fix.recorded_at + by, ..*fix }).collect();
        let before = whole(&scene, &fixes, later()).visits;
        let after = whole(&moved, &moved_fixes, later() + by).visits;
        let told = |visits: &[Visit<Name>], by: TimeDelta| -> Vec<_> {
            visits
                .iter()
                .map(|visit| (visit.customer, visit.arrived_at + by, visit.left_at.map(|at| at + by), visit.end, visit.rule, visit.fence))
                .collect()
        };
        prop_assert_eq!(told(&before, by), told(&after, TimeDelta::zero()));
    }

    #[test]
    fn a_fence_nobody_is_near_changes_nothing(fixes in tracks()) {
        let scene = quarter();
        let more = quarter().customer("newcomer", 50_000.0, 400.0);
        prop_assert_eq!(whole(&scene, &fixes, later()), whole(&more, &fixes, later()));
    }

    #[test]
    fn a_later_look_only_closes_what_was_open(fixes in tracks(), early in 8..60i64, wait in 0..40i64) {
        let scene = quarter();
        let hour = |hours: i64| at(&format!("{hours}:00"));
        let before = whole(&scene, &fixes, hour(early)).visits;
        let after = whole(&scene, &fixes, hour(early + wait)).visits;
        let closed: Vec<_> = before.iter().filter(|visit| visit.left_at.is_some()).cloned().collect();
        prop_assert_eq!(&after[..closed.len()], &closed[..]);
        prop_assert!(after.len() <= before.len());
    }

    #[test]
    fn time_changes_nothing_before_it_is_due(fixes in tracks(), early in 8..60i64) {
        let scene = quarter();
        let early = at(&format!("{early}:00"));
        let before = whole(&scene, &fixes, early);
        if let Some(due_at) = before.due_at {
            let eve = whole(&scene, &fixes, due_at - TimeDelta::milliseconds(1));
            prop_assert_eq!(&before.visits, &eve.visits);
            prop_assert_eq!(whole(&scene, &fixes, due_at).due_at, None);
        } else {
            prop_assert_eq!(before, whole(&scene, &fixes, early.max(later())));
        }
    }

    #[test]
    fn wild_clocks_do_no_harm(
        fixes in tracks(),
        wild in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec![
            -2_208_988_800i64, 0, 4_102_444_800, -8_000_000_000_000, 8_000_000_000_000,
        ]), 0..7_200i64), 0..12),
    ) {
        let scene = quarter();
        let mut fixes = fixes;
        for (which, seconds, more) in wild {
            if !fixes.is_empty() {
                let which = which.index(fixes.len());
                fixes[which].recorded_at = DateTime::from_timestamp(seconds + more, 0).expect("an instant");
            }
        }
        for as_of in [DateTime::<Utc>::MIN_UTC, at("12:00"), DateTime::<Utc>::MAX_UTC] {
            for visit in whole(&scene, &fixes, as_of).visits {
                prop_assert!(visit.left_at.is_none_or(|left_at| visit.arrived_at <= left_at));
            }
        }
    }

    #[test]
    fn every_visit_is_at_a_customer_whose_fixes_or_manager_speak_for_it(fixes in tracks()) {
        let scene = quarter();
        for visit in whole(&scene, &fixes, later()).visits {
            prop_assert_ne!(visit.customer, name("far"));
            let evidence = &visit.evidence;
            prop_assert!(evidence.inside >= 1);
            let is_by_trail = visit.opened_by == domain::visit::OpenedBy::Trail;
            prop_assert!(!is_by_trail || evidence.opening.observed >= evidence.rule.min_dwell);
            prop_assert!(evidence.observed + evidence.bridged_for == evidence.last.at - evidence.first.at);
        }
    }
}

fn move_world(world: &mut World<Name>, by: TimeDelta) {
    let moved = |at: DateTime<Utc>| {
        if at == DateTime::<Utc>::MIN_UTC {
            at
        } else {
            at + by
        }
    };
    for fence in &mut world.fences {
        fence.valid_from = moved(fence.valid_from);
        fence.valid_to = fence.valid_to.map(moved);
    }
    for rule in &mut world.rules {
        rule.valid_from = moved(rule.valid_from);
    }
    for plan in &mut world.plans {
        plan.from = moved(plan.from);
        plan.until = moved(plan.until);
        plan.made_at = moved(plan.made_at);
    }
    for correction in &mut world.corrections {
        correction.at = moved(correction.at);
        correction.decided_at = moved(correction.decided_at);
    }
    for tracking in &mut world.tracking {
        tracking.0 = moved(tracking.0);
    }
}
