//! Which GeoJSON makes a geofence, and what is said about the rest.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// The code and the message of what is wrong.
fn fault(result: Result<Shape, FenceError>) -> String {
    let error = result.unwrap_err();
    format!("{}: {error}", error.code())
}

fn fault_of(geojson: Value) -> String {
    fault(Shape::from_geojson(&geojson))
}

#[rstest]
#[case(0.0)]
#[case(-5.0)]
#[case(50_000.1)]
#[case(f64::NAN)]
#[case(f64::INFINITY)]
fn a_radius_must_be_above_0_and_at_most_50_km(#[case] radius_m: f64) {
    let error = Shape::circle(at(0.0, 0.0), radius_m).unwrap_err();
    assert_eq!(error.code(), "RADIUS_OUT_OF_RANGE");
    assert!(error.to_string().contains(&radius_m.to_string()));
    assert!(Shape::circle(at(0.0, 0.0), 50_000.0).is_ok());
}

#[test]
fn only_polygons_enclose_something() {
    assert_eq!(
        fault_of(json!({"type": "LineString", "coordinates": [[0, 0], [1, 1]]})),
        "WRONG_GEOJSON_TYPE: a geofence must be a GeoJSON Polygon or MultiPolygon, not LineString"
    );
    assert_eq!(
        fault_of(json!(7)),
        "MALFORMED_GEOJSON: the GeoJSON has no type"
    );
    assert_eq!(
        fault_of(json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 0]}})),
        "WRONG_GEOJSON_TYPE: a geofence must be a GeoJSON Polygon or MultiPolygon, not Point"
    );
}

#[test]
fn what_is_missing_is_named_by_its_place() {
    assert_eq!(
        fault_of(json!({"type": "Polygon"})),
        "MALFORMED_GEOJSON: polygon 1 must be an array"
    );
    assert_eq!(
        fault(multi(&[&[square(0.0, 0.0, 0.1)], &[json!([])]])),
        "EMPTY: polygon 2, exterior is empty"
    );
    assert_eq!(fault(multi(&[])), "EMPTY: coordinates is empty");
    assert_eq!(
        fault(polygon(&[
            square(0.0, 0.0, 0.1),
            json!([[0, 0], [0, "1"], [1, 1], [0, 0]])
        ])),
        "MALFORMED_GEOJSON: polygon 1, hole 1, point 2 must be a [longitude, latitude] pair of numbers"
    );
    assert_eq!(
        fault(polygon(&[json!([[0, 0], [1, null], [1, 1], [0, 0]])])),
        "MALFORMED_GEOJSON: polygon 1, exterior, point 2 must be a [longitude, latitude] pair of numbers"
    );
}

#[test]
fn swapped_coordinates_are_pointed_at() {
    assert_eq!(
        fault(polygon(&[json!([
            [31.2, 121.4],
            [31.3, 121.4],
            [31.3, 121.5],
            [31.2, 121.4]
        ])])),
        "COORDINATE_OUT_OF_RANGE: polygon 1, exterior, point 1: latitude 121.4 is out of range: \
         it must be between -90 and 90 degrees (GeoJSON order is longitude, latitude)"
    );
    assert!(
        fault(polygon(&[json!([[400, 0], [1, 0], [1, 1], [400, 0]])])).contains("longitude 400")
    );
}

#[test]
fn a_ring_needs_three_points_and_its_end_at_its_start() {
    assert_eq!(
        fault(polygon(&[json!([[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1]])])),
        "NOT_CLOSED: polygon 1, exterior is not closed: its last point must repeat its first"
    );
    assert_eq!(
        fault(polygon(&[json!([[0, 0], [0.1, 0], [0.1, 0], [0, 0]])])),
        "TOO_FEW_POINTS: polygon 1, exterior has only 2 different points; a ring needs at least 3"
    );
    assert_eq!(
        fault(polygon(&[json!([[0, 0], [0.1, 0.1], [0.2, 0.2], [0, 0]])])),
        "ZERO_AREA: polygon 1, exterior has no area: its points lie on a line"
    );
    assert_eq!(
        fault(polygon(&[square(10.0, 10.0, 0.000_000_5)])),
        "ZERO_AREA: polygon 1, exterior has no area: its points lie on a line"
    );
}

#[test]
fn a_ring_that_crosses_itself_is_named_with_its_edges_and_the_point() {
    let bow_tie = json!([[0, 0], [0.2, 0.2], [0.2, 0], [0, 0.2], [0, 0]]);
    assert_eq!(
        fault(polygon(&[bow_tie])),
        "SELF_INTERSECTION: polygon 1, exterior crosses itself: edges 1 and 3 meet at longitude \
         0.1000000, latitude 0.1000000"
    );
    let spike = json!([
        [0, 0],
        [0.2, 0],
        [0.2, 0.2],
        [0.2, 0.4],
        [0.2, 0.2],
        [0, 0.2],
        [0, 0]
    ]);
    assert!(fault(polygon(&[spike])).starts_with("SELF_INTERSECTION: polygon 1, exterior"));
    let pinched = json!([
        [0, 0],
        [0.2, 0],
        [0.1, 0.1],
        [0.2, 0.2],
        [0, 0.2],
        [0.1, 0.1],
        [0, 0]
    ]);
    assert!(fault(polygon(&[pinched])).starts_with("SELF_INTERSECTION"));
}

#[test]
fn the_edges_are_numbered_as_drawn_whatever_the_orientation() {
    let clockwise = json!([
        [0, 0],
        [0, 0.3],
        [0.3, 0.3],
        [0.3, 0.1],
        [-0.1, 0.1],
        [-0.1, 0],
        [0, 0]
    ]);
    assert!(fault(polygon(&[clockwise])).contains("edges 1 and 4 meet"));
}

#[test]
fn a_hole_must_lie_in_its_exterior() {
    assert_eq!(
        fault(polygon(&[square(0.0, 0.0, 0.1), square(0.3, 0.3, 0.1)])),
        "HOLE_OUTSIDE: polygon 1, hole 1 lies outside its exterior"
    );
    assert_eq!(
        fault(polygon(&[square(0.0, 0.0, 0.1), square(-0.1, -0.1, 0.3)])),
        "HOLE_OUTSIDE: polygon 1, hole 1 lies outside its exterior"
    );
    assert!(
        fault(polygon(&[square(0.0, 0.0, 0.1), square(0.05, 0.02, 0.07)])).starts_with(
            "HOLE_CROSSES: polygon 1, hole 1 crosses or overlaps polygon 1, exterior near"
        )
    );
    assert!(
        fault(polygon(&[square(0.0, 0.0, 0.1), square(0.0, 0.02, 0.05)]))
            .starts_with("HOLE_CROSSES"),
        "a hole along the exterior's edge"
    );
    let kite = json!([[0.05, 0], [0.1, 0.05], [0.05, 0.1], [0, 0.05], [0.05, 0]]);
    assert!(
        polygon(&[square(0.0, 0.0, 0.1), kite]).is_ok(),
        "touching in points"
    );
}

#[test]
fn holes_must_lie_beside_each_other() {
    let exterior = square(0.0, 0.0, 1.0);
    let crossing = fault(polygon(&[
        exterior.clone(),
        square(0.1, 0.1, 0.2),
        square(0.2, 0.2, 0.2),
    ]));
    assert!(
        crossing
            .starts_with("HOLE_CROSSES: polygon 1, hole 2 crosses or overlaps polygon 1, hole 1")
    );
    let nested = fault(polygon(&[
        exterior.clone(),
        square(0.1, 0.1, 0.4),
        square(0.2, 0.2, 0.1),
    ]));
    assert!(nested.starts_with("HOLE_CROSSES"));
    assert!(polygon(&[exterior, square(0.1, 0.1, 0.2), square(0.5, 0.5, 0.2)]).is_ok());
}

#[test]
fn polygons_must_not_lie_over_each_other() {
    let crossing = fault(multi(&[&[square(0.0, 0.0, 0.2)], &[square(0.1, 0.1, 0.2)]]));
    assert!(crossing.starts_with("PARTS_OVERLAP: polygon"), "{crossing}");
    let inside = fault(multi(&[&[square(0.0, 0.0, 0.4)], &[square(0.1, 0.1, 0.1)]]));
    assert!(inside.starts_with("PARTS_OVERLAP"));
    let twice = fault(multi(&[&[square(0.0, 0.0, 0.4)], &[square(0.0, 0.0, 0.4)]]));
    assert!(twice.starts_with("PARTS_OVERLAP"));
    let diamond = json!([[0.2, 0], [0.4, 0.2], [0.2, 0.4], [0, 0.2], [0.2, 0]]);
    let through_corners = json!([[0, 0.2], [0.2, 0], [0.6, 0.4], [0.4, 0.6], [0, 0.2]]);
    assert!(fault(multi(&[&[diamond], &[through_corners]])).starts_with("PARTS_OVERLAP"));
}

#[test]
fn polygons_may_adjoin_and_lie_in_holes() {
    assert!(multi(&[&[square(0.0, 0.0, 0.2)], &[square(0.2, 0.1, 0.2)]]).is_ok());
    let yard = [square(0.0, 0.0, 0.4), square(0.1, 0.1, 0.2)];
    assert!(multi(&[&yard, &[square(0.15, 0.15, 0.1)]]).is_ok());
    assert!(
        multi(&[&yard, &[square(0.1, 0.1, 0.2)]]).is_ok(),
        "filling the hole"
    );
}

#[test]
fn too_large_and_too_many_are_refused() {
    assert_eq!(
        fault(polygon(&[square(0.0, 0.0, 5.0)])),
        "TOO_LARGE: the geofence measures 557 km; at most 500 km are allowed"
    );
    let count = 10_001;
    let ring: Vec<[f64; 2]> = (0..count)
        .map(|corner| {
            let angle = f64::from(corner) / f64::from(count - 1) * std::f64::consts::TAU;
            [0.1 * angle.cos(), 0.1 * angle.sin()]
        })
        .collect();
    assert!(
        fault(polygon(&[json!(ring)]))
            .starts_with("TOO_MANY_VERTICES: the geofence has 10001 points")
    );
    let mut smaller = ring[..9_999].to_vec();
    smaller.push(ring[0]);
    assert!(polygon(&[json!(smaller)]).is_ok());
}

#[test]
fn a_pole_cannot_be_fenced_in() {
    let round_the_pole = json!([[0, 89], [120, 89], [-120, 89], [0, 89]]);
    assert_eq!(
        fault(polygon(&[round_the_pole])),
        "CONTAINS_POLE: polygon 1, exterior goes round the whole Earth; a geofence cannot contain a pole"
    );
    let flat = json!([
        [-180, -90],
        [180, -90],
        [180, -88],
        [-180, -88],
        [-180, -90]
    ]);
    assert!(fault(polygon(&[flat])).starts_with("CONTAINS_POLE"));
}

#[test]
fn repeated_points_are_passed_over() {
    let shape = polygon(&[json!([
        [0, 0],
        [0, 0],
        [0.1, 0],
        [0.1, 0.1],
        [0.1, 0.1],
        [0, 0]
    ])])
    .unwrap();
    let Shape::MultiPolygon(polygon) = shape else {
        panic!("a polygon")
    };
    assert_eq!(polygon.vertex_count(), 3);
}

#[test]
fn a_feature_and_altitudes_are_accepted() {
    let geometry =
        json!({"type": "Polygon", "coordinates": [[[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]]]});
    assert!(
        Shape::from_geojson(&json!({"type": "Feature", "geometry": geometry, "properties": null}))
            .is_ok()
    );
}

#[test]
fn what_is_written_reads_the_same() {
    let shapes = [
        Shape::circle(at(31.2, 121.4), 75.5).unwrap(),
        polygon(&[square(0.0, 0.0, 0.4), square(0.1, 0.1, 0.2)]).unwrap(),
        multi(&[&[square(179.9, 0.0, 0.1)], &[square(-180.0, 0.0, 0.1)]]).unwrap(),
    ];
    for shape in shapes {
        assert_eq!(Shape::from_geojson(&shape.to_geojson()).unwrap(), shape);
    }
}

proptest! {
    #[test]
    fn no_document_makes_it_fall_over(
        rings in prop::collection::vec(
            prop::collection::vec((-20i32..20, -20i32..20), 0..12),
            0..4,
        ),
        is_closed: bool,
        scale in prop::sample::select(vec![0.001, 0.1, 4.5, 18.0]),
    ) {
        let coordinates: Vec<Vec<[f64; 2]>> = rings
            .iter()
            .map(|ring| {
                let mut ring: Vec<[f64; 2]> = ring
                    .iter()
                    .map(|(x, y)| [f64::from(*x) * scale, f64::from(*y) * scale / 4.0])
                    .collect();
                if is_closed && let Some(first) = ring.first().copied() {
                    ring.push(first);
                }
                ring
            })
            .collect();
        let result = Shape::from_geojson(&json!({"type": "Polygon", "coordinates": coordinates}));
        if let Ok(shape) = result {
            prop_assert!(shape.area_m2() > 0.0);
            prop_assert!(shape.signed_distance_m(at(1.0, 1.0)).is_finite());
            prop_assert_eq!(Shape::from_geojson(&shape.to_geojson()).unwrap(), shape);
        }
    }
}
