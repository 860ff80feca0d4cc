//! Who is in an area.

use presence::Area;
use rstest::rstest;

use crate::bed::{Bed, Kind, facts_at, off_duty, rep};

const SHANGHAI: Area = Area {
    south: 31.0,
    west: 121.0,
    north: 31.5,
    east: 122.0,
};

async fn near(bed: &Bed, area: Area) -> Vec<u64> {
    let reps = bed.presence.near(area).await.unwrap();
    let mut numbers: Vec<u64> = reps
        .into_iter()
        .map(|rep| rep.uuid().as_u64_pair().1)
        .collect();
    numbers.sort_unstable();
    numbers
}

#[rstest]
#[tokio::test]
async fn the_edges_belong_to_the_area(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let places = [
        (31.0, 121.0),
        (31.5, 122.0),
        (31.25, 121.5),
        (30.999_999, 121.5),
        (31.2, 122.1),
    ];
    let facts: Vec<_> = places
        .iter()
        .zip(1..)
        .map(|(place, number)| facts_at(number, 1, Some(*place)))
        .collect();
    bed.presence.put(&facts).await.unwrap();

    assert_eq!(near(&bed, SHANGHAI).await, [1, 2, 3]);
}

#[rstest]
#[tokio::test]
async fn a_rep_without_a_place_leaves_the_map(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    bed.presence
        .put(&[facts_at(1, 1, Some((31.2, 121.5)))])
        .await
        .unwrap();
    assert_eq!(near(&bed, SHANGHAI).await, [1]);

    bed.presence.put(&[facts_at(1, 2, None)]).await.unwrap();

    assert_eq!(near(&bed, SHANGHAI).await, [] as [u64; 0]);
    assert_eq!(bed.presence.get(&[rep(1)]).await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_rep_off_duty_is_on_no_map(#[values(Kind::Local, Kind::Redis)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let facts = facts_at(1, 1, Some((31.2, 121.5)));
    bed.presence.put(&[off_duty(facts)]).await.unwrap();

    assert_eq!(near(&bed, SHANGHAI).await, [] as [u64; 0]);
}

#[rstest]
#[case::over_the_antimeridian(Area { south: -20.0, west: 179.0, north: -15.0, east: -179.0 }, vec![1, 2])]
#[case::at_the_pole(Area { south: 88.0, west: -180.0, north: 90.0, east: 180.0 }, vec![3])]
#[case::the_whole_world(Area { south: -90.0, west: -180.0, north: 90.0, east: 180.0 }, vec![1, 2, 3, 4])]
#[case::over_the_equator(Area { south: -1.0, west: 9.0, north: 1.0, east: 10.0 }, vec![4])]
#[case::upside_down(Area { south: 1.0, west: 9.0, north: -1.0, east: 10.0 }, vec![])]
#[tokio::test]
async fn strange_areas_are_searched_right(
    #[values(Kind::Local, Kind::Redis)] kind: Kind,
    #[case] area: Area,
    #[case] expected: Vec<u64>,
) {
    let bed = Bed::new(kind).await;
    let places = [(-17.7, 179.5), (-17.0, -179.5), (89.0, 30.0), (0.5, 10.0)];
    let facts: Vec<_> = places
        .iter()
        .zip(1..)
        .map(|(place, number)| facts_at(number, 1, Some(*place)))
        .collect();
    bed.presence.put(&facts).await.unwrap();

    assert_eq!(near(&bed, area).await, expected);
}
