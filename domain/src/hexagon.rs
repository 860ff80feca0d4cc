//! Hexagons of the H3 grid (h3geo.org), for maps of coverage, activity and territory.
//!
//! Everything here is bounded: no polygon of a user reaches h3o's tiler, which never ends on some
//! rings, and a covering names how many cells it may have.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use h3o::{CellIndex, LatLng, Resolution};
use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::bounds::Bounds;
use crate::position::{Position, wrap_degrees};

/// A cell of the grid: a hexagon, or one of the twelve pentagons of each resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(CellIndex);

/// Why there are no cells.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HexagonError {
    /// A resolution the grid does not have.
    #[error("the resolution {resolution} is out of range: it must be between 0 and 15")]
    ResolutionOutOfRange {
        /// What was given.
        resolution: u8,
    },
    /// More cells than asked for at most.
    #[error(
        "the area has more than {at_most} cells at resolution {resolution}; choose a smaller one"
    )]
    TooManyCells {
        /// What was asked for.
        resolution: u8,
        /// The most cells that were allowed.
        at_most: usize,
    },
    /// Not the id of a cell.
    #[error("{id} is not the id of an H3 cell")]
    UnknownCell {
        /// What was given, at most 40 characters of it.
        id: String,
    },
}

/// The cell a place lies in; resolution 0 (cells of 1,100 km) to 15 (of 0.6 m).
pub fn cell(place: Position, resolution: u8) -> Result<Cell, HexagonError> {
    let level = level(resolution)?;
    Ok(Cell(
        at(place.latitude(), place.longitude(), resolution)?.to_cell(level),
    ))
}

/// The corners of a cell against the clock, the first not repeated: 5 to 10.
pub fn boundary(cell: Cell) -> Vec<Position> {
    cell.0
        .boundary()
        .iter()
        .map(|corner| Position::wrapped(corner.lat(), corner.lng()))
        .collect()
}

/// The corners of a cell as a closed ring of `[longitude, latitude]` for a map; its longitudes run
/// on beyond 180 across the antimeridian. Around a pole no flat ring is whole.
pub fn ring(cell: Cell) -> Vec<[f64; 2]> {
    let mut longitude = centre(cell).longitude();
    let mut ring: Vec<[f64; 2]> = boundary(cell)
        .iter()
        .map(|corner| {
            longitude += wrap_degrees(corner.longitude() - longitude);
            [longitude, corner.latitude()]
        })
        .collect();
    ring.extend(ring.first().copied());
    ring
}

/// The middle of a cell.
pub fn centre(cell: Cell) -> Position {
    let centre = LatLng::from(cell.0);
    Position::wrapped(centre.lat(), centre.lng())
}

/// How many cells of a resolution the area of a rectangle holds, about: by the mean size of a cell,
/// which at a place may be half as large again.
pub fn roughly(bounds: &Bounds, resolution: u8) -> Result<f64, HexagonError> {
    let all = level(resolution)?.cell_count() as f64;
    let height = bounds.north().to_radians().sin() - bounds.south().to_radians().sin();
    Ok(all * height / 2.0 * bounds.width() / 360.0)
}

/// The cells that cover a rectangle, each once, in the order of their ids; an error if there are
/// more than `at_most`. Cells that only come near its edge may be among them.
pub fn covering(
    bounds: &Bounds,
    resolution: u8,
    at_most: usize,
) -> Result<Vec<Cell>, HexagonError> {
    let level = level(resolution)?;
    let latitude = (bounds.south() + bounds.north()) / 2.0;
    let middle = Position::wrapped(latitude, bounds.west() + bounds.width() / 2.0);
    let start = at(middle.latitude(), middle.longitude(), resolution)?.to_cell(level);
    let mut seen = FxHashSet::from_iter([start]);
    let mut waiting = VecDeque::from([start]);
    let mut cells = Vec::new();
    while let Some(cell) = waiting.pop_front() {
        if !may_meet(cell, bounds) {
            continue;
        }
        if cells.len() == at_most {
            return Err(HexagonError::TooManyCells {
                resolution,
                at_most,
            });
        }
        cells.push(Cell(cell));
        let neighbours: Vec<CellIndex> = cell.grid_disk(1);
        waiting.extend(
            neighbours
                .into_iter()
                .filter(|neighbour| seen.insert(*neighbour)),
        );
    }
    cells.sort_unstable();
    Ok(cells)
}

impl Cell {
    /// The cell's resolution, 0 to 15.
    pub fn resolution(self) -> u8 {
        self.0.resolution().into()
    }
}

/// The id as H3 writes it: hexadecimal, 15 characters.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cell {
    type Err = HexagonError;

    fn from_str(id: &str) -> Result<Cell, HexagonError> {
        id.parse().map(Cell).map_err(|_| HexagonError::UnknownCell {
            id: id.chars().take(40).collect(),
        })
    }
}

fn level(resolution: u8) -> Result<Resolution, HexagonError> {
    Resolution::try_from(resolution).map_err(|_| HexagonError::ResolutionOutOfRange { resolution })
}

/// A place as h3o has it; finite by construction, so the error cannot happen.
fn at(latitude: f64, longitude: f64, resolution: u8) -> Result<LatLng, HexagonError> {
    LatLng::new(latitude, longitude).map_err(|_| HexagonError::ResolutionOutOfRange { resolution })
}

/// Whether the circle through a cell's farthest corner meets a rectangle.
fn may_meet(cell: CellIndex, bounds: &Bounds) -> bool {
    let centre = LatLng::from(cell);
    let radius = cell
        .boundary()
        .iter()
        .map(|corner| centre.distance_rads(*corner))
        .fold(0.0, f64::max);
    angle_to(centre, bounds) <= radius * 1.001
}

/// The angle (radians) on the sphere from a point to a rectangle; 0 inside.
fn angle_to(point: LatLng, bounds: &Bounds) -> f64 {
    let (south, north) = (bounds.south().to_radians(), bounds.north().to_radians());
    let latitude = point.lat_radians();
    let half_width = bounds.width() / 2.0;
    let from_middle = wrap_degrees(point.lng() - bounds.west() - half_width);
    if from_middle.abs() <= half_width {
        return (south - latitude).max(latitude - north).max(0.0);
    }
    let to_meridian = |longitude: f64| {
        let east = (longitude - point.lng()).to_radians();
        // Where the great circle across the meridian through the point meets it.
        let foot = latitude.sin().atan2(latitude.cos() * east.cos());
        [south, north, foot.clamp(south, north)]
            .into_iter()
            .map(|on_meridian| angle_between(latitude, on_meridian, east))
            .fold(f64::INFINITY, f64::min)
    };
    to_meridian(bounds.west()).min(to_meridian(bounds.east()))
}

/// The angle between two points by their latitudes and the longitude between them (haversine).
fn angle_between(a: f64, b: f64, east: f64) -> f64 {
    let half = ((b - a) / 2.0).sin().powi(2) + a.cos() * b.cos() * (east / 2.0).sin().powi(2);
    2.0 * half.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    #[test]
    fn a_known_place_has_its_known_cell() {
        // The example of h3-js: near San Francisco at resolution 7.
        let cell = cell(position(37.361_559_3, -122.055_323_8), 7).unwrap();
        assert_eq!(cell.to_string(), "87283472bffffff");
        assert_eq!(cell.to_string().parse(), Ok(cell));
        assert_eq!(cell.resolution(), 7);
    }

    #[test]
    fn a_wrong_resolution_or_id_is_named() {
        let error = cell(position(0.0, 0.0), 16).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the resolution 16 is out of range: it must be between 0 and 15"
        );
        assert_eq!(
            "no cell".parse::<Cell>().unwrap_err().to_string(),
            "no cell is not the id of an H3 cell"
        );
    }

    #[test]
    fn the_number_of_cells_is_known_about_before_they_are_counted() {
        let world = Bounds::new(-90.0, -180.0, 90.0, 180.0).unwrap();
        assert_eq!(roughly(&world, 0), Ok(122.0));
        for (south, west, north, east) in [
            (52.0, 13.0, 53.0, 14.0),
            (-34.0, 178.5, -33.0, -179.5),
            (0.0, 30.0, 2.0, 31.0),
        ] {
            let bounds = Bounds::new(south, west, north, east).unwrap();
            let counted = covering(&bounds, 7, 10_000).unwrap().len() as f64;
            let ratio = roughly(&bounds, 7).unwrap() / counted;
            assert!((0.6..1.5).contains(&ratio), "{ratio}");
        }
        assert!(roughly(&world, 16).is_err());
    }

    #[test]
    fn a_covering_never_has_more_cells_than_allowed() {
        let world = Bounds::new(-90.0, -180.0, 90.0, 180.0).unwrap();
        assert_eq!(covering(&world, 0, 122).unwrap().len(), 122);
        assert_eq!(
            covering(&world, 15, 1_000),
            Err(HexagonError::TooManyCells {
                resolution: 15,
                at_most: 1_000
            })
        );
        assert_eq!(
            covering(&world, 3, 0),
            Err(HexagonError::TooManyCells {
                resolution: 3,
                at_most: 0
            })
        );
    }

    #[test]
    fn a_ring_across_the_antimeridian_is_continuous() {
        let ring = ring(cell(position(-17.0, 180.0), 5).unwrap());
        assert_eq!(ring.first(), ring.last());
        assert!(
            ring.windows(2)
                .all(|pair| (pair[1][0] - pair[0][0]).abs() < 1.0)
        );
        assert!(ring.iter().any(|corner| corner[0].abs() > 180.0));
    }

    proptest! {
        #[test]
        fn every_place_of_a_rectangle_lies_in_its_covering(
            south in prop_oneof![-90.0..89.0f64, 84.0..89.0f64, -90.0..-84.0f64],
            west in prop_oneof![-180.0..180.0f64, 178.0..180.0f64],
            width in prop_oneof![0.0..3.0f64, 0.0..120.0f64],
            height in prop_oneof![0.0..3.0f64, 0.0..60.0f64],
            places in prop::collection::vec((0.0..=1.0f64, 0.0..=1.0f64), 50),
            resolution in 0..4u8,
        ) {
            let north = (south + height).min(90.0);
            let bounds = Bounds::new(south, west, north, wrap_degrees(west + width)).unwrap();
            let cells = covering(&bounds, resolution, 50_000).unwrap();
            prop_assert!(cells.windows(2).all(|pair| pair[0] < pair[1]));
            for (up, along) in places {
                let place = Position::wrapped(south + up * (north - south), west + along * width);
                prop_assert!(cells.binary_search(&cell(place, resolution).unwrap()).is_ok());
            }
        }

        #[test]
        fn a_cell_has_its_corners_around_its_middle(
            latitude in -90.0..=90.0f64,
            longitude in -180.0..=180.0f64,
            resolution in 0..=15u8,
        ) {
            let cell = cell(position(latitude, longitude), resolution).unwrap();
            let corners = boundary(cell);
            prop_assert!((5..=10).contains(&corners.len()));
            prop_assert_eq!(super::cell(centre(cell), resolution), Ok(cell));
        }
    }
}
