//! The index against a look at every fence: at ordinary places, poles and the antimeridian.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn at(latitude: f64, longitude: f64) -> Position {
    Position::new(latitude, longitude).unwrap()
}

fn circle(latitude: f64, longitude: f64, radius_m: f64) -> Arc<Shape> {
    Arc::new(Shape::circle(at(latitude, longitude), radius_m).unwrap())
}

fn containing(index: &FenceIndex<u32>, place: Position) -> Vec<u32> {
    let mut found = vec![99];
    index.containing(place, &mut found);
    found
}

/// The obvious index.
type Every = BTreeMap<u32, Arc<Shape>>;

fn check(
    index: &FenceIndex<u32>,
    every: &Every,
    place: Position,
    reach_m: f64,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(index.len(), every.len());
    let expected: Vec<u32> = every
        .iter()
        .filter(|(_, shape)| shape.contains(place))
        .map(|(key, _)| *key)
        .collect();
    prop_assert_eq!(containing(index, place), expected);
    let mut found = Vec::new();
    index.near(place, reach_m, &mut found);
    let expected: Vec<(u32, f64)> = every
        .iter()
        .map(|(key, shape)| (*key, shape.signed_distance_m(place)))
        .filter(|(_, distance_m)| *distance_m <= reach_m)
        .collect();
    prop_assert_eq!(found, expected);
    for (key, shape) in every {
        prop_assert_eq!(
            index.signed_distance_m(key, place),
            Some(shape.signed_distance_m(place))
        );
    }
    Ok(())
}

/// Places where an index may err: a city, edges of rows and bands, the antimeridian, the caps.
const HAUNTS: [(f64, f64); 9] = [
    (31.2304, 121.4737),
    (0.0, 0.0),
    (60.0, 10.0),
    (-17.0, 180.0),
    (65.999_9, -179.999_9),
    (89.0, 179.99),
    (-89.0, 45.0),
    (90.0, 0.0),
    (-89.999, -180.0),
];

/// A place within a distance (metres) of a haunt.
fn place(reach_m: f64) -> impl Strategy<Value = Position> {
    (0..HAUNTS.len(), -1.0..1.0f64, -1.0..1.0f64).prop_map(move |(haunt, north, east)| {
        let (latitude, longitude) = HAUNTS[haunt];
        let latitude = (latitude + north * reach_m / 111_320.0).clamp(-90.0, 90.0);
        let per_degree = (111_320.0 * latitude.to_radians().cos()).max(reach_m / 180.0);
        Position::wrapped(latitude, longitude + east * reach_m / per_degree)
    })
}

/// A star with arms about a place; a circle where such a star is no polygon (around a pole).
fn star(centre: Position, radius_m: f64, arms: &[f64], has_hole: bool) -> Arc<Shape> {
    let per_degree = 111_320.0 * centre.latitude().to_radians().cos();
    let ring = |scale: f64| -> Vec<[f64; 2]> {
        let corner = |index: usize| {
            let angle = std::f64::consts::TAU * index as f64 / arms.len() as f64;
            let arm = radius_m * scale * arms[index % arms.len()];
            [
                centre.longitude() + arm * angle.cos() / per_degree,
                centre.latitude() + arm * angle.sin() / 111_320.0,
            ]
        };
        (0..=arms.len())
            .map(|index| corner(index % arms.len()))
            .collect()
    };
    let rings = if has_hole {
        vec![ring(1.0), ring(0.5)]
    } else {
        vec![ring(1.0)]
    };
    match Shape::from_geojson(&json!({"type": "Polygon", "coordinates": rings})) {
        Ok(shape) => Arc::new(shape),
        Err(_) => Arc::new(Shape::circle(centre, radius_m).unwrap()),
    }
}

fn fence() -> impl Strategy<Value = Arc<Shape>> {
    let radius =
        || prop_oneof![6 => 5.0..300.0f64, 2 => 300.0..3_000.0f64, 1 => 3_000.0..50_000.0f64];
    prop_oneof![
        (place(600.0), radius())
            .prop_map(|(centre, radius_m)| { Arc::new(Shape::circle(centre, radius_m).unwrap()) }),
        (
            place(600.0),
            radius(),
            prop::collection::vec(0.3..1.0f64, 4..40),
            any::<bool>()
        )
            .prop_map(|(centre, radius_m, arms, has_hole)| star(centre, radius_m, &arms, has_hole)),
    ]
}

fn reach() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => 0.0..300.0f64,
        2 => 300.0..5_000.0f64,
        1 => -200.0..0.0f64,
        1 => prop::sample::select(vec![1e6, 1e8, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_index_finds_what_a_look_at_every_fence_finds(
        fences in prop::collection::vec(fence(), 0..60),
        places in prop::collection::vec((place(1_500.0), reach()), 25),
    ) {
        let every: Every = (0..).zip(fences).collect();
        let index = FenceIndex::build(every.clone());
        for (place, reach_m) in places {
            check(&index, &every, place, reach_m)?;
        }
    }

    #[test]
    fn additions_and_removals_are_seen_at_once(
        fences in prop::collection::vec((0u32..40, fence()), 0..40),
        steps in prop::collection::vec(
            (prop::collection::vec(0u32..40, 0..5), prop::collection::vec((0u32..40, fence()), 0..5)),
            1..8,
        ),
        places in prop::collection::vec((place(1_500.0), reach()), 10),
    ) {
        let mut every: Every = fences.iter().cloned().collect();
        let mut index = FenceIndex::build(fences);
        for (removed, added) in steps {
            for key in &removed {
                every.remove(key);
            }
            every.extend(added.iter().cloned());
            index = index.with(&removed, added);
            for (place, reach_m) in &places {
                check(&index, &every, *place, *reach_m)?;
            }
        }
    }
}

#[test]
fn an_empty_index_finds_nothing() {
    let index: FenceIndex<u32> = FenceIndex::default();
    assert!(index.is_empty());
    assert!(containing(&index, at(0.0, 0.0)).is_empty());
    let mut found = vec![(1, 0.0)];
    index.near(at(0.0, 0.0), f64::INFINITY, &mut found);
    assert!(found.is_empty());
}

#[test]
fn a_reach_that_is_no_number_finds_nothing() {
    let index = FenceIndex::build([(1, circle(0.0, 0.0, 50.0))]);
    let mut found = Vec::new();
    index.near(at(0.0, 0.0), f64::NAN, &mut found);
    assert!(found.is_empty());
}

#[test]
fn the_index_before_a_change_stays_as_it_was() {
    let before = FenceIndex::build([(1, circle(0.0, 0.0, 50.0)), (2, circle(0.0, 0.0, 80.0))]);
    let after = before.with(&[1], vec![(3, circle(0.0, 0.0, 20.0))]);
    assert_eq!(containing(&before, at(0.0, 0.0)), [1, 2]);
    assert_eq!(containing(&after, at(0.0, 0.0)), [2, 3]);
    assert_eq!(after.delta_len(), 2);
    assert_eq!(after.signed_distance_m(&1, at(0.0, 0.0)), None);
}

#[test]
fn of_two_fences_with_one_key_the_later_counts() {
    let index = FenceIndex::build([(1, circle(0.0, 0.0, 50.0)), (1, circle(10.0, 0.0, 50.0))]);
    assert_eq!(index.len(), 1);
    assert!(containing(&index, at(0.0, 0.0)).is_empty());
    assert_eq!(containing(&index, at(10.0, 0.0)), [1]);
}

#[test]
fn many_changes_are_folded_into_the_base() {
    let mut index =
        FenceIndex::build((0..100).map(|key| (key, circle(0.0, f64::from(key) / 100.0, 50.0))));
    for key in 100..2_000 {
        index = index.with(
            &[key - 100],
            vec![(key, circle(0.0, f64::from(key) / 100.0, 50.0))],
        );
        assert_eq!(index.len(), 100);
        assert!(index.delta_len() <= SMALL_DELTA);
    }
    assert_eq!(containing(&index, at(0.0, 19.99)), [1_999]);
    assert!(containing(&index, at(0.0, 18.99)).is_empty());
}

#[test]
fn large_fences_take_few_cells() {
    let country =
        json!({"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]});
    let shapes = [
        circle(0.0, 0.0, 50_000.0),
        circle(88.7, 0.0, 50_000.0),
        circle(90.0, 0.0, 50_000.0),
        Arc::new(Shape::from_geojson(&country).unwrap()),
    ];
    for shape in shapes {
        let count = grid::GRIDS[2].count(cover::extent(&shape));
        assert!(count <= 400, "{count} cells");
    }
}

#[test]
fn neighbours_lie_across_the_antimeridian() {
    let index = FenceIndex::build([
        (1, circle(10.0, 179.999_9, 20.0)),
        (2, circle(10.0, -179.999, 20.0)),
    ]);
    let mut found = Vec::new();
    index.near(at(10.0, -179.999_9), 150.0, &mut found);
    assert_eq!(
        found.iter().map(|(key, _)| *key).collect::<Vec<_>>(),
        [1, 2]
    );
}
