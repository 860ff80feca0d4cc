//! Synthetic reps: tracks with jitter, gaps, doubled and late readings, buttons, several devices
//! and several fences that touch.

use chrono::TimeDelta;
use domain::visit::{Decision, Fix, Kind, Located};
use proptest::collection::vec;
use proptest::prelude::*;

use super::scene::{Name, Scene, midnight, name, on_road};

/// Customers close enough to each other to quarrel over a fix; one of two fences, one without any,
/// one that only buttons reach, and one that nobody comes near.
pub(super) fn quarter() -> Scene {
    let mut scene = Scene::empty()
        .customer("acme", 0.0, 60.0)
        .customer("beta", 100.0, 50.0)
        .customer("cafe", 400.0, 30.0)
        .customer("mall", 380.0, 150.0)
        .customer("far", 900_000.0, 500.0)
        .fence("cafe2", "cafe", on_road(500.0), 40.0)
        .fence("other", "other", on_road(250.0), 50.0)
        .edit("beta", "33:00", 120.0, 60.0)
        .retire("cafe2", "40:00")
        .plan("p1", "mall", "08:00")
        .correct("10:00", Some("beta"), "80:00")
        .correct("34:00", None, "81:00")
        .segment("cafe", "small")
        .tracking("00:00", "a")
        .tracking("36:00", "b");
    let quick = domain::visit::VisitRule {
        min_dwell: TimeDelta::minutes(1),
        exit_margin_m: 5.0,
        ..Default::default()
    };
    let late = domain::visit::VisitRule {
        silence: TimeDelta::hours(2),
        max_accuracy_m: 60.0,
        ..Default::default()
    };
    scene = scene
        .rule("r1", Some("small"), "00:00", quick)
        .rule("r2", None, "35:00", late);
    scene
}

/// One thing a rep does next.
#[derive(Clone, Debug)]
struct Step {
    /// Seconds since the step before.
    wait: i64,
    /// Metres along the road.
    x: f64,
    kind: Kind,
    customer: &'static str,
    device: &'static str,
    accuracy_m: Option<f64>,
    decision: Option<Decision>,
}

/// A track through the quarter, in order of time.
pub(super) fn tracks() -> impl Strategy<Value = Vec<Fix<Name>>> {
    vec(steps(), 0..24).prop_map(|stays| {
        let mut at = midnight() + TimeDelta::hours(8);
        let mut fixes = Vec::new();
        for step in stays.into_iter().flatten() {
            at += TimeDelta::seconds(step.wait);
            fixes.push(step.fix(at));
        }
        fixes
    })
}

/// A rep stays about one place for a while, after a way, a break or a night.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = prop_oneof![
        4 => prop::sample::select(vec![0.0, 60.0, 100.0, 250.0, 380.0, 400.0, 450.0, 500.0]),
        1 => -300.0..900.0f64,
        1 => Just(5_000.0),
    ];
    let pause = prop_oneof![
        8 => 1..900i64,
        2 => 900..10_000i64,
        1 => 10_000..60_000i64,
    ];
    let pace = prop_oneof![3 => 20..200i64, 1 => 1..10i64, 1 => 300..1200i64];
    (place, pause, pace, vec(jitters(), 1..8)).prop_map(|(place, pause, pace, jitters)| {
        let mut steps = jitters;
        for (index, step) in steps.iter_mut().enumerate() {
            step.wait = if index == 0 {
                pause
            } else {
                pace * step.wait / 100
            };
            step.x += place;
        }
        steps
    })
}

fn jitters() -> impl Strategy<Value = Step> {
    let jitter = prop_oneof![6 => -25.0..25.0f64, 2 => -90.0..90.0f64, 1 => -20_000.0..20_000.0f64];
    let kind = prop_oneof![
        30 => Just(Kind::Trail),
        3 => Just(Kind::Arrive),
        2 => Just(Kind::Depart),
        2 => Just(Kind::Heartbeat),
        1 => Just(Kind::Pause),
    ];
    let accuracy = prop_oneof![
        6 => (3.0..40.0f64).prop_map(Some),
        1 => (40.0..300.0f64).prop_map(Some),
        1 => Just(None),
        1 => Just(Some(0.0)),
    ];
    (
        jitter,
        kind,
        prop::sample::select(vec!["acme", "beta", "cafe", "mall", "other", "gold"]),
        prop_oneof![6 => Just("a"), 2 => Just("b")],
        accuracy,
        prop_oneof![2 => Just(None), 1 => Just(Some(Decision::Accepted)), 1 => Just(Some(Decision::Refused))],
        prop_oneof![8 => 50..150i64, 1 => Just(0)],
    )
        .prop_map(|(x, kind, customer, device, accuracy_m, decision, wait)| Step {
            wait,
            x,
            kind,
            customer,
            device,
            accuracy_m,
            decision,
        })
}

impl Step {
    fn fix(&self, recorded_at: chrono::DateTime<chrono::Utc>) -> Fix<Name> {
        let is_button = matches!(self.kind, Kind::Arrive | Kind::Depart);
        let has_position = is_button || self.kind == Kind::Trail;
        Fix {
            recorded_at,
            kind: self.kind,
            device: name(self.device),
            customer: is_button.then(|| name(self.customer)),
            position: has_position.then(|| on_road(self.x)),
            accuracy_m: self.accuracy_m,
            decision: self.decision.filter(|_| self.kind == Kind::Arrive),
        }
    }
}

pub(super) fn located(scene: &Scene, fixes: &[Fix<Name>]) -> Vec<Located<Name>> {
    fixes.iter().map(|fix| scene.locate(*fix)).collect()
}

/// Long after every track.
pub(super) fn later() -> chrono::DateTime<chrono::Utc> {
    super::scene::at("1000:00")
}
