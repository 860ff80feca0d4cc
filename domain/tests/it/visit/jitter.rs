//! Jitter at the door: a stay in doubt must not be told as several.

use std::f64::consts::TAU;

use chrono::TimeDelta;
use domain::visit::{Fix, Kind, derive};
use insta::assert_snapshot;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::scene::{Name, Scene, midnight, name, on_road};

/// An hour with a fix every 30 s, anywhere in a circle of 50 m. The error drifts, as multipath
/// does, and is stated by and large truly; one fix in thirty is far off and says so.
fn stay(rng: &mut StdRng) -> Vec<(f64, Fix<Name>)> {
    let true_x = rng.random_range(-45.0..45.0);
    let sigma = rng.random_range(5.0..20.0);
    let mut drift = 0.0;
    (0..120)
        .map(|step| {
            drift = 0.7 * drift + 0.7 * sigma * normal(rng);
            let is_outlier = rng.random_range(0..30) == 0;
            let (error, accuracy_m) = if is_outlier {
                (90.0 * normal(rng), rng.random_range(60.0..95.0))
            } else {
                (drift, sigma * rng.random_range(0.8..1.5))
            };
            let x: f64 = true_x + error;
            let fix = Fix {
                recorded_at: midnight() + TimeDelta::seconds(9 * 3600 + 30 * step),
                kind: Kind::Trail,
                device: name("a"),
                customer: None,
                position: Some(on_road(x)),
                accuracy_m: Some(accuracy_m),
                decision: None,
            };
            (x, fix)
        })
        .collect()
}

fn normal(rng: &mut StdRng) -> f64 {
    let (u, v): (f64, f64) = (
        rng.random_range(f64::EPSILON..1.0),
        rng.random_range(0.0..TAU),
    );
    (-2.0 * u.ln()).sqrt() * v.cos()
}

#[test]
fn no_stay_is_told_as_several_where_a_naive_test_tells_thousands() {
    let scene = Scene::empty().customer("acme", 0.0, 50.0);
    let mut rng = StdRng::seed_from_u64(46);
    let (mut ours, mut naive, mut missed) = (0, 0, 0);
    for _ in 0..460 {
        let stay = stay(&mut rng);
        let inside: Vec<bool> = stay.iter().map(|(x, _)| x.abs() <= 50.0).collect();
        naive += inside.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        let fixes: Vec<_> = stay.iter().map(|(_, fix)| scene.locate(*fix)).collect();
        let visits = derive(&scene.world, None, &fixes, midnight()).visits.len();
        ours += visits.saturating_sub(1);
        missed += usize::from(visits == 0);
    }
    assert_snapshot!(format!("460 stays: {ours} flaps, {missed} missed; naive {naive} flaps"), @"460 stays: 0 flaps, 0 missed; naive 2457 flaps");
}
