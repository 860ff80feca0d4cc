//! Real tracks, with fences about their halts: what a person sees in them is what must come out.

use domain::distance::metres;
use domain::position::Position;
use domain::visit::{Located, derive};
use insta::assert_snapshot;

use super::scene::{Name, Scene};
use super::tracks::{Reading, bus, buses, drive, fix, hike, ride};

/// A named circle: latitude, longitude, radius in metres.
type Circle = (&'static str, f64, f64, f64);

/// The two ends of route 14 and the stop in between where drivers wait.
const ROUTE_14: [Circle; 3] = [
    ("station", 53.40754, -2.98235, 60.0),
    ("broadway", 53.44868, -2.91500, 60.0),
    ("walton", 53.44131, -2.93261, 50.0),
];

fn place(latitude: f64, longitude: f64) -> Position {
    Position::new(latitude, longitude).expect("a position")
}

fn located(circles: &[Circle], readings: &[Reading]) -> (Scene, Vec<Located<Name>>) {
    let mut scene = Scene::empty();
    for (customer, latitude, longitude, radius_m) in circles {
        scene = scene
            .fence(customer, customer, place(*latitude, *longitude), *radius_m)
            .assign(customer);
    }
    let fixes = readings
        .iter()
        .map(|reading| scene.locate(fix(*reading)))
        .collect();
    (scene, fixes)
}

/// The visits of a track, with their evidence in numbers.
fn summary(circles: &[Circle], readings: &[Reading]) -> String {
    let (scene, fixes) = located(circles, readings);
    let last = readings.iter().map(|(at, _)| *at).max().expect("a reading");
    let derivation = derive(&scene.world, None, &fixes, last);
    let lines = derivation.visits.iter().map(|visit| {
        let evidence = &visit.evidence;
        format!(
            "{} {}-{} ({} inside, {} undecided, {} outside, {} min bridged)",
            visit.customer,
            visit.arrived_at.format("%H:%M:%S"),
            visit
                .left_at
                .map_or("open".to_owned(), |at| at.format("%H:%M:%S").to_string()),
            evidence.inside,
            evidence.undecided,
            evidence.outside,
            evidence.bridged_for.num_minutes(),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How often a plain inside-or-outside test says "arrived".
fn naive_arrivals(circle: &Circle, readings: &[Reading]) -> usize {
    let (_, latitude, longitude, radius_m) = circle;
    let is_inside =
        |reading: &Reading| metres(place(*latitude, *longitude), reading.1) <= *radius_m;
    let inside: Vec<bool> = readings.iter().map(is_inside).collect();
    let entered = inside.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    entered + usize::from(inside[0])
}

#[test]
fn buses_stay_where_their_drivers_wait() {
    let told: Vec<String> = buses()
        .iter()
        .map(|vehicle| format!("{vehicle}\n{}", summary(&ROUTE_14, &bus(vehicle))))
        .collect();
    assert_snapshot!(told.join("\n"), @r"
    4716
    broadway 16:01:48-16:04:57 (7 inside, 0 undecided, 3 outside, 0 min bridged)
    station 17:07:28-17:11:25 (12 inside, 2 undecided, 3 outside, 0 min bridged)
    4720
    station 16:03:54-16:12:04 (33 inside, 4 undecided, 3 outside, 0 min bridged)
    station 17:22:08-17:25:26 (16 inside, 1 undecided, 3 outside, 0 min bridged)
    4722

    4733
    station 16:04:43-16:08:37 (2 inside, 6 undecided, 5 outside, 0 min bridged)
    station 17:40:58-17:45:39 (23 inside, 1 undecided, 3 outside, 0 min bridged)
    4803
    broadway 16:10:52-16:13:58 (7 inside, 7 undecided, 4 outside, 0 min bridged)
    4836
    broadway 15:56:31-16:00:15 (8 inside, 1 undecided, 4 outside, 0 min bridged)
    walton 17:17:16-17:23:22 (13 inside, 2 undecided, 5 outside, 0 min bridged)
    4841
    station 16:30:11-16:34:58 (22 inside, 2 undecided, 3 outside, 0 min bridged)
    4842
    ");
}

#[test]
fn a_naive_test_counts_drives_past_and_jitter_as_arrivals() {
    let naive: usize = buses()
        .iter()
        .flat_map(|vehicle| {
            ROUTE_14
                .iter()
                .map(move |circle| naive_arrivals(circle, &bus(vehicle)))
        })
        .sum();
    let ours: usize = buses()
        .iter()
        .map(|vehicle| summary(&ROUTE_14, &bus(vehicle)).lines().count())
        .sum();
    assert_snapshot!(format!("naive {naive}, ours {ours}"), @"naive 36, ours 10");
}

#[test]
fn waiting_at_traffic_lights_is_no_visit() {
    let lights: [Circle; 4] = [
        ("light1", 48.16152, 11.55370, 50.0),
        ("light2", 48.15985, 11.54780, 50.0),
        ("light3", 48.15225, 11.53677, 50.0),
        ("light4", 48.12604, 11.43870, 50.0),
    ];
    assert_snapshot!(summary(&lights, &drive()), @"");
    let passes: usize = lights
        .iter()
        .map(|light| naive_arrivals(light, &drive()))
        .sum();
    assert!(passes >= 4, "the naive test sees all of them: {passes}");
}

#[test]
fn a_hiker_rests_twice() {
    let rests: [Circle; 3] = [
        ("car", 45.45260, 14.01820, 60.0),
        ("summit", 45.46151, 14.00997, 60.0),
        ("hut", 45.45914, 14.01378, 60.0),
    ];
    assert_snapshot!(summary(&rests, &hike()), @r"
    car 09:36:30-09:48:44 (3 inside, 6 undecided, 3 outside, 0 min bridged)
    summit 10:49:20-11:15:03 (10 inside, 5 undecided, 5 outside, 16 min bridged)
    hut 11:31:10-12:12:06 (18 inside, 6 undecided, 7 outside, 34 min bridged)
    car 13:15:28-open (4 inside, 0 undecided, 0 outside, 0 min bridged)
    ");
}

#[test]
fn a_ride_past_customers_makes_no_visit() {
    let readings = ride();
    let passed: Vec<Circle> = readings
        .iter()
        .step_by(100)
        .zip(["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"])
        .map(|((_, position), customer)| {
            (customer, position.latitude(), position.longitude(), 60.0)
        })
        .collect();
    assert_eq!(passed.len(), 8);
    assert_snapshot!(summary(&passed, &readings), @"");
}
