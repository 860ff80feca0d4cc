//! Inside, outside, how far and how large, against independent geodesy.

use geo::{Destination, Distance, Geodesic, GeodesicArea, Point};
use proptest::prelude::*;

use super::*;

fn geodesic_m(a: Position, b: Position) -> f64 {
    let point = |place: Position| Point::new(place.longitude(), place.latitude());
    Geodesic.distance(point(a), point(b))
}

fn destination(from: Position, bearing: f64, distance_m: f64) -> Position {
    let to = Geodesic.destination(
        Point::new(from.longitude(), from.latitude()),
        bearing,
        distance_m,
    );
    Position::wrapped(to.y(), to.x())
}

/// The distance to a ring by walking along its edges in small steps.
fn walked_m(ring: &Value, place: Position) -> f64 {
    let corners: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
    let step = |pair: &[[f64; 2]], share: f64| {
        let [[ax, ay], [bx, by]] = [pair[0], pair[1]];
        geodesic_m(
            place,
            Position::wrapped(ay + share * (by - ay), ax + share * (bx - ax)),
        )
    };
    let mut least = f64::INFINITY;
    for pair in corners.windows(2) {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..80 {
            let (left, right) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if step(pair, left) < step(pair, right) {
                high = right
            } else {
                low = left
            }
        }
        least = least.min(step(pair, low));
    }
    least
}

#[test]
fn the_edge_is_inside() {
    let square = polygon(&[square(10.0, 20.0, 0.1), square(10.04, 20.04, 0.02)]).unwrap();
    for (latitude, longitude) in [
        (20.0, 10.0),
        (20.05, 10.0),
        (20.1, 10.07),
        (20.04, 10.05),
        (20.06, 10.06),
    ] {
        assert!(square.contains(at(latitude, longitude)));
        assert_eq!(square.signed_distance_m(at(latitude, longitude)), 0.0);
    }
    assert!(square.contains(at(20.03, 10.03)));
    assert!(!square.contains(at(20.05, 10.05)), "in the hole");
    assert!(!square.contains(at(20.05, 10.100_001)));

    let circle = Shape::circle(at(48.0, 11.0), 120.0).unwrap();
    for bearing in [0.0, 45.0, 137.0, 290.0] {
        assert_eq!(
            circle.signed_distance_m(destination(at(48.0, 11.0), bearing, 120.0)),
            0.0
        );
    }
}

#[test]
fn a_place_on_a_slanting_edge_of_microdegrees_is_inside() {
    let triangle = polygon(&[json!([
        [10.000001, 20.000001],
        [10.3, 20.1],
        [10.1, 20.3],
        [10.000001, 20.000001]
    ])]);
    let triangle = triangle.unwrap();
    for share in [0.1, 0.25, 0.333_333, 0.9] {
        let place = at(
            20.000_001 + share * 0.099_999,
            10.000_001 + share * 0.299_999,
        );
        assert_eq!(triangle.signed_distance_m(place), 0.0);
    }
}

#[test]
fn the_antimeridian_is_written_in_three_ways_and_means_one_place() {
    let beyond = polygon(&[json!([
        [179.9, 0],
        [180.1, 0],
        [180.1, 0.2],
        [179.9, 0.2],
        [179.9, 0]
    ])])
    .unwrap();
    let jump = polygon(&[json!([
        [179.9, 0],
        [-179.9, 0],
        [-179.9, 0.2],
        [179.9, 0.2],
        [179.9, 0]
    ])])
    .unwrap();
    let below = polygon(&[json!([
        [-180.1, 0],
        [-179.9, 0],
        [-179.9, 0.2],
        [-180.1, 0.2],
        [-180.1, 0]
    ])])
    .unwrap();
    let cut = multi(&[
        &[json!([
            [179.9, 0],
            [180, 0],
            [180, 0.2],
            [179.9, 0.2],
            [179.9, 0]
        ])],
        &[json!([
            [-180, 0],
            [-179.9, 0],
            [-179.9, 0.2],
            [-180, 0.1],
            [-180, 0]
        ])],
        &[json!([
            [-180, 0.1],
            [-179.9, 0.2],
            [-180, 0.2],
            [-180, 0.1]
        ])],
    ])
    .unwrap();
    for shape in [&beyond, &jump, &below, &cut] {
        assert!(shape.contains(at(0.1, 180.0)) && shape.contains(at(0.1, -180.0)));
        assert!(shape.contains(at(0.1, 179.95)) && shape.contains(at(0.1, -179.95)));
        assert!(!shape.contains(at(0.1, 179.8)) && !shape.contains(at(0.1, 0.0)));
        let middle = shape.signed_distance_m(at(0.1, 180.0));
        let expected = -geodesic_m(at(0.1, 180.0), at(0.0, 180.0));
        assert!(
            (middle - expected).abs() < 2.0,
            "the seam is no boundary: {middle}"
        );
        assert!((shape.area_m2() / beyond.area_m2() - 1.0).abs() < 1e-9);
        let bounds = shape.bounds();
        assert!(bounds.crosses_antimeridian() && (bounds.width() - 0.2).abs() < 1e-9);
    }
}

#[test]
fn a_circle_across_the_antimeridian_or_round_a_pole_is_ordinary() {
    let date_line = Shape::circle(at(-17.0, 179.999), 500.0).unwrap();
    assert!(date_line.contains(at(-17.0, -179.998)));
    assert!(date_line.bounds().contains(at(-17.0, -179.998)));
    let pole = Shape::circle(at(89.999, 0.0), 500.0).unwrap();
    assert!(pole.contains(at(90.0, 77.0)) && pole.contains(at(89.998, 180.0)));
    assert_eq!(pole.bounds().width(), 360.0);
    let ring = &pole.outline(32)[0][0];
    assert_eq!(ring.first(), ring.last());
    assert!(ring.iter().any(|corner| corner[1] == 90.0));
}

#[test]
fn a_button_pressed_far_away_still_gets_its_distance() {
    let circle = Shape::circle(at(31.2304, 121.4737), 100.0).unwrap();
    let ring = square(121.47, 31.23, 0.001);
    let square = polygon(std::slice::from_ref(&ring)).unwrap();
    for distance_m in [260.0, 3_000.0, 30_000.0, 300_000.0, 9_000_000.0] {
        let place = destination(at(31.2304, 121.4737), 60.0, distance_m);
        let relative = (circle.signed_distance_m(place) + 100.0) / distance_m - 1.0;
        assert!(
            relative.abs() < 2e-4,
            "circle at {distance_m} m errs by {relative}"
        );
        let relative = square.signed_distance_m(place) / walked_m(&ring, place) - 1.0;
        assert!(
            relative.abs() < 5e-3,
            "square at {distance_m} m errs by {relative}"
        );
    }
}

#[test]
fn areas_agree_with_geodesics() {
    let circle = Shape::circle(at(0.0, 0.0), 100.0).unwrap();
    assert!((circle.area_m2() - 31_415.926_535).abs() < 1e-3);
    // Short edges, so that a straight line in degrees and a geodesic enclose the same.
    for (latitude, longitude) in [(0.0, 0.0), (31.2, 121.4), (-64.0, 179.999), (78.0, -10.0)] {
        let yard = polygon(&[
            square(longitude, latitude, 0.003),
            square(longitude + 0.001, latitude + 0.001, 0.001),
        ]);
        let oracle = |west: f64, south: f64, side: f64| {
            let (east, north) = (west + side, south + side);
            let ring = vec![
                (west, south),
                (east, south),
                (east, north),
                (west, north),
                (west, south),
            ];
            geo::Polygon::new(ring.into(), vec![]).geodesic_area_signed()
        };
        let hole = oracle(longitude + 0.001, latitude + 0.001, 0.001);
        let relative = yard.unwrap().area_m2() / (oracle(longitude, latitude, 0.003) - hole) - 1.0;
        assert!(
            relative.abs() < 1e-6,
            "at {latitude}, {longitude}: {relative}"
        );
    }
}

#[test]
fn an_outline_lies_on_the_circle() {
    for (latitude, radius_m) in [
        (0.0, 30.0),
        (52.0, 300.0),
        (-71.0, 50_000.0),
        (88.0, 20_000.0),
    ] {
        let centre = at(latitude, 179.9);
        let ring = &Shape::circle(centre, radius_m).unwrap().outline(36)[0][0];
        assert_eq!(ring.len(), 37);
        for corner in ring {
            let distance = geodesic_m(centre, Position::wrapped(corner[1], corner[0]));
            assert!(
                (distance / radius_m - 1.0).abs() < 1e-5,
                "{distance} of {radius_m}"
            );
        }
    }
}

proptest! {
    #[test]
    fn a_circle_measures_like_a_geodesic(
        latitude in -90.0..=90.0f64,
        longitude in -180.0..=180.0f64,
        radius_m in prop_oneof![1.0..400.0f64, 400.0..50_000.0f64],
        bearing in 0.0..360.0f64,
        share in 0.0..3.0f64,
    ) {
        let centre = at(latitude, longitude);
        let circle = Shape::circle(centre, radius_m).unwrap();
        let place = destination(centre, bearing, radius_m * share);
        let expected = geodesic_m(centre, place) - radius_m;
        let error = (circle.signed_distance_m(place) - expected).abs();
        let bound = if radius_m * share <= 300.0 { 1.1e-4 } else { 2e-4 + 3e-5 * radius_m * share };
        prop_assert!(error < bound, "errs by {} m at {} m", error, radius_m * share);
        prop_assert_eq!(circle.contains(place), circle.signed_distance_m(place) <= 0.0);
        prop_assert!(!circle.contains(place) || circle.bounds().contains(place));
    }

    #[test]
    fn a_polygon_measures_like_walking_its_edges(
        latitude in prop_oneof![-75.0..75.0f64, 80.5..89.8f64],
        longitude in -180.0..180.0f64,
        side in 0.000_2..0.02f64,
        bearing in 0.0..360.0f64,
        distance_m in prop_oneof![1.0..300.0f64, 300.0..2_000.0f64],
    ) {
        let ring = json!([
            [longitude, latitude],
            [longitude + side, latitude + side / 7.0],
            [longitude + side * 0.7, latitude + side],
            [longitude - side * 0.2, latitude + side * 0.8],
            [longitude, latitude],
        ]);
        let shape = polygon(std::slice::from_ref(&ring)).unwrap();
        let place = destination(at(latitude, longitude), bearing, distance_m);
        let (distance, expected) = (shape.signed_distance_m(place).abs(), walked_m(&ring, place));
        let bound = if distance_m <= 300.0 { 0.02 } else { 0.005 * distance_m };
        prop_assert!((distance - expected).abs() < bound, "{} instead of {}", distance, expected);
        prop_assert_eq!(shape.contains(place), shape.signed_distance_m(place) <= 0.0);
    }
}
