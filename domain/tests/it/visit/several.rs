//! Several fences, and one open visit at a time.

use domain::visit::{Choice, FenceRef};
use insta::assert_snapshot;

use super::scene::{Scene, name, on_road, town};

/// A mall and a shop in it; the rep enters the mall first.
fn mall() -> Scene {
    Scene::empty()
        .customer("mall", 0.0, 300.0)
        .customer("shop", 200.0, 40.0)
        .place("road", 1500.0)
}

#[test]
fn the_deepest_is_chosen() {
    // At the shop's centre the depth is 1 for the shop, a third for the mall.
    assert_snapshot!(mall().visits("09:00 shop, 09:03 shop"), @"shop 09:00- open");
    assert_snapshot!(mall().visits("09:00 mall, 09:03 mall"), @"mall 09:00- open");
}

#[test]
fn depth_is_relative_to_size_and_the_mean_over_the_evidence() {
    let two = Scene::empty()
        .customer("wide", 0.0, 200.0)
        .customer("tight", 90.0, 40.0);
    // wide: (-100 - 80) / 2 / 200 = -0.45; tight: (-30 - 10) / 2 / 40 = -0.5
    assert_snapshot!(two.visits("09:00 wide+100, 09:03 wide+120"), @"tight 09:00- open");
    // wide: (-120 - 80) / 2 / 200 = -0.5; tight: (-30 - 10) / 2 / 40 = -0.5, so a little more decides
    assert_snapshot!(two.visits("09:00 wide+79, 09:03 wide+120"), @"wide 09:00- open");
}

#[test]
fn among_equals_the_lowest_id_is_chosen() {
    let twins = Scene::empty()
        .customer("bob", 0.0, 50.0)
        .customer("ann", 0.0, 50.0);
    let derivation = twins.derive("09:00 bob, 09:03 bob");
    assert_eq!(derivation.visits[0].customer, name("ann"));
    assert_eq!(
        derivation.visits[0].evidence.opening.choice,
        Choice::LowestId
    );
}

#[test]
fn a_planned_visit_goes_before_depth() {
    let planned = mall().plan("p1", "mall", "08:00");
    let derivation = planned.derive("09:00 shop, 09:03 shop");
    assert_snapshot!(planned.visits("09:00 shop, 09:03 shop"), @"mall 09:00- open");
    assert_eq!(derivation.visits[0].plan, Some(name("p1")));
    assert_eq!(
        derivation.visits[0].evidence.opening.choice,
        Choice::Planned
    );
}

#[test]
fn a_plan_made_later_or_called_off_is_not_known() {
    assert_snapshot!(mall().plan("p1", "mall", "09:30").visits("09:00 shop, 09:03 shop"), @"shop 09:00- open");
    let mut called_off = mall().plan("p1", "mall", "08:00");
    called_off.world.plans[0].cancelled_at = Some(super::scene::at("08:30"));
    assert_snapshot!(called_off.visits("09:00 shop, 09:03 shop"), @"shop 09:00- open");
}

#[test]
fn a_plan_of_another_day_does_not_count() {
    let planned = mall().plan("p1", "mall", "08:00");
    assert_snapshot!(planned.visits("33:00 shop, 33:03 shop"), @"shop 33:00- open");
}

#[test]
fn a_correction_goes_before_the_plan() {
    let corrected = mall()
        .plan("p1", "mall", "08:00")
        .correct("09:01", Some("shop"), "18:00");
    let derivation = corrected.derive("09:00 shop, 09:03 shop");
    assert_eq!(derivation.visits[0].customer, name("shop"));
    assert_eq!(
        derivation.visits[0].evidence.opening.choice,
        Choice::Corrected
    );
}

#[test]
fn the_customer_named_by_arrive_goes_before_the_plan() {
    let planned = mall().plan("p1", "mall", "08:00");
    assert_snapshot!(planned.visits("09:00 shop, 09:01 arrive shop, 09:10 shop"), @"shop 09:00- open by ARRIVE");
}

#[test]
fn the_one_that_has_its_dwell_first_is_opened_whoever_else_is_near() {
    // The mall has its dwell at 09:04, the shop, planned and deeper, two minutes later.
    let planned = mall().plan("p1", "shop", "08:00");
    assert_snapshot!(
        planned.visits("09:01 mall+120, 09:03 shop, 09:04 shop, 09:05 shop, 09:06 shop"),
        @"mall 09:01- open"
    );
}

#[test]
fn the_choice_is_not_reconsidered() {
    assert_snapshot!(mall().visits("09:00 mall, 09:03 mall, 09:10 shop, 09:20 shop, 09:30 shop"), @"mall 09:00- open");
}

#[test]
fn the_others_stay_as_alternatives() {
    let derivation = mall().derive("09:00 shop, 09:03 shop");
    let alternative = derivation.visits[0].evidence.alternatives[0];
    assert_eq!(
        (alternative.customer, alternative.inside, alternative.depth),
        (name("mall"), 2, -0.333)
    );
    assert!(
        derivation.visits[0].confidence
            < mall().derive("09:00 mall, 09:03 mall").visits[0].confidence
    );
}

#[test]
fn evidence_counts_per_customer_by_its_best_fence() {
    let halves = Scene::empty()
        .customer("acme", 0.0, 50.0)
        .fence("yard", "acme", on_road(120.0), 50.0)
        .place("road", 1000.0);
    let derivation =
        halves.derive("09:00 acme, 09:02 acme+120, 09:04 acme+120, 09:10 road, 09:12 road");
    assert_eq!(
        super::scene::told(&derivation.visits),
        "acme 09:00-09:04 EXIT"
    );
    // Two of the three fixes that opened it spoke for the yard.
    assert_eq!(
        derivation.visits[0].fence,
        Some(FenceRef {
            fence: name("yard"),
            version: 1
        })
    );
}

#[test]
fn a_rep_seen_elsewhere_for_the_dwell_has_left() {
    // A single outside fix of acme at a time: the dwell at beta ends the visit at acme.
    let close = Scene::empty()
        .customer("acme", 0.0, 50.0)
        .customer("beta", 100.0, 45.0);
    assert_snapshot!(
        close.visits("09:00 acme, 09:05 acme, 09:07 acme+70, 09:10 acme+70"),
        @r"
    acme 09:00-09:05 SUPERSEDED
    beta 09:07- open
    "
    );
}

#[test]
fn an_inside_fix_of_the_open_visit_clears_every_other_candidate() {
    let close = Scene::empty()
        .customer("acme", 0.0, 50.0)
        .customer("beta", 100.0, 55.0);
    assert_snapshot!(
        close.visits("09:00 acme, 09:05 acme, 09:07 acme+70, 09:09 acme+48, 09:11 acme+70, 09:13 acme+70"),
        @"acme 09:00- open"
    );
}

#[test]
fn a_fix_inside_both_belongs_to_the_open_visit() {
    let close = Scene::empty()
        .customer("acme", 0.0, 50.0)
        .customer("beta", 80.0, 50.0);
    assert_snapshot!(
        close.visits("09:00 acme, 09:05 acme, 09:10 acme+48, 09:15 acme+48, 09:20 acme+48"),
        @"acme 09:00- open"
    );
}

#[test]
fn two_customers_in_a_row() {
    assert_snapshot!(
        town().visits("09:00 acme, 09:10 acme, 09:15 beta, 09:25 beta, 09:30 road, 09:32 road"),
        @r"
    acme 09:00-09:10 EXIT
    beta 09:15-09:25 EXIT
    "
    );
}
