//! One built set of fences: the fences, and for each grid the way from a cell to them.

use std::hash::Hash;
use std::sync::Arc;

use super::cover::{cover, extent};
use super::grid::{Extent, GRIDS};
use super::level::{Entry, Level};
use crate::geofence::{Circle, Shape, Vertex, reach_degrees, ring_contains};
use crate::position::Position;

/// A fence goes into the finest grid where its rectangle has no more cells than this.
const MAX_CELLS: i64 = 64;

/// Fences that do not change; neighbours on the ground have near numbers.
#[derive(Debug)]
pub(super) struct Block<K> {
    /// The keys by number.
    keys: Vec<K>,
    /// The tests by number.
    tests: Vec<Test>,
    /// The numbers in the order of their keys.
    by_key: Vec<u32>,
    /// For each of [`GRIDS`].
    levels: [Level; 3],
}

/// A fence's exact test, in one cache line. Circles lie in place, for they are most and small; of
/// the others their rectangle, which rules out many places; of a single ring its corners, to save
/// the way through the shape.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) enum Test {
    Circle(Circle),
    Ring {
        corners: Arc<[Vertex]>,
        extent: Extent,
        shape: Arc<Shape>,
    },
    Other {
        shape: Arc<Shape>,
        extent: Extent,
    },
}

impl<K: Copy + Eq + Ord + Hash> Block<K> {
    pub(super) fn build(mut given: Vec<(K, Arc<Shape>)>) -> Block<K> {
        // Of fences with one key the last stays.
        given.reverse();
        given.sort_by_key(|(key, _)| *key);
        given.dedup_by_key(|(key, _)| *key);
        given.sort_by_cached_key(|(_, shape)| {
            let extent = extent(shape);
            let (latitude, longitude) = extent.middle();
            (
                GRIDS[1].cell(latitude, longitude),
                GRIDS[0].cell(latitude, longitude),
            )
        });
        assert!(
            given.len() < 1 << Entry::NUMBER_BITS,
            "too many fences for one index"
        );
        let mut entries: [Vec<Entry>; 3] = Default::default();
        for (number, (_, shape)) in (0_u32..).zip(&given) {
            let level = level_of(shape);
            cover(shape, &GRIDS[level], |cell, is_whole| {
                entries[level].push(Entry::new(cell, number, is_whole));
            });
        }
        let mut by_key: Vec<u32> = (0..given.len() as u32).collect();
        by_key.sort_unstable_by_key(|number| given[*number as usize].0);
        let (keys, tests) = given
            .into_iter()
            .map(|(key, shape)| (key, Test::new(shape)))
            .unzip();
        Block {
            keys,
            tests,
            by_key,
            levels: entries.map(Level::build),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (K, Arc<Shape>)> {
        self.keys
            .iter()
            .zip(&self.tests)
            .map(|(key, test)| (*key, test.shape()))
    }

    pub(super) fn find(&self, key: &K) -> Option<&Test> {
        let rank = self
            .by_key
            .binary_search_by_key(key, |number| self.keys[*number as usize])
            .ok()?;
        Some(&self.tests[self.by_key[rank] as usize])
    }

    #[inline]
    pub(super) fn containing(&self, place: Position, mut call: impl FnMut(K)) {
        for (level, grid) in self.levels.iter().zip(GRIDS.iter()) {
            if level.is_empty() {
                continue;
            }
            let cell = grid.cell(place.latitude(), place.longitude());
            level.for_each_candidate(cell, |candidate| {
                let number = candidate.number();
                if candidate.is_whole() || self.tests[number].contains(place) {
                    call(self.keys[number]);
                }
            });
        }
    }

    pub(super) fn near(&self, place: Position, reach_m: f64, mut call: impl FnMut(K, f64)) {
        if self.is_empty() || reach_m.is_nan() {
            return;
        }
        let mut measure = |number: usize| {
            let distance_m = self.tests[number].signed_distance_m(place);
            if distance_m <= reach_m {
                call(self.keys[number], distance_m);
            }
        };
        let around = around(place, reach_m.max(0.0));
        let grids = || {
            self.levels
                .iter()
                .zip(GRIDS.iter())
                .filter(|(level, _)| !level.is_empty())
        };
        let cells: i64 = grids().map(|(_, grid)| grid.count(around)).sum();
        if cells as usize > 64 + 2 * self.len() {
            (0..self.len()).for_each(measure);
            return;
        }
        let mut numbers: Vec<usize> = Vec::new();
        for (level, grid) in grids() {
            level.collect(grid, around, &mut numbers);
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().for_each(&mut measure);
    }
}

impl Test {
    fn new(shape: Arc<Shape>) -> Test {
        match shape.as_ref() {
            Shape::Circle(circle) => Test::Circle(*circle),
            Shape::MultiPolygon(polygon) => {
                let extent = extent(&shape);
                match polygon.only_ring() {
                    Some(corners) => Test::Ring {
                        corners,
                        extent,
                        shape,
                    },
                    None => Test::Other { shape, extent },
                }
            }
        }
    }

    fn shape(&self) -> Arc<Shape> {
        match self {
            Test::Circle(circle) => Arc::new(Shape::Circle(*circle)),
            Test::Ring { shape, .. } | Test::Other { shape, .. } => Arc::clone(shape),
        }
    }

    #[inline]
    fn contains(&self, place: Position) -> bool {
        match self {
            Test::Circle(circle) => circle.contains(place),
            Test::Ring {
                corners, extent, ..
            } => extent.longitude_of(place).is_some_and(|x| {
                ring_contains(
                    corners,
                    Vertex {
                        x,
                        y: place.latitude(),
                    },
                )
            }),
            Test::Other { shape, extent } => {
                extent.longitude_of(place).is_some() && shape.contains(place)
            }
        }
    }

    pub(super) fn signed_distance_m(&self, place: Position) -> f64 {
        match self {
            Test::Circle(circle) => circle.signed_distance_m(place),
            Test::Ring { shape, .. } | Test::Other { shape, .. } => shape.signed_distance_m(place),
        }
    }
}

/// The finest grid in which the shape's rectangle has few enough cells, else the coarsest.
fn level_of(shape: &Shape) -> usize {
    let extent = extent(shape);
    GRIDS
        .iter()
        .position(|grid| grid.count(extent) <= MAX_CELLS)
        .unwrap_or(GRIDS.len() - 1)
}

/// A rectangle that holds all places within a distance.
fn around(place: Position, reach_m: f64) -> Extent {
    let (north, east) = reach_degrees(place.latitude(), reach_m);
    Extent {
        south: (place.latitude() - north).max(-90.0),
        west: place.longitude() - east,
        north: (place.latitude() + north).min(90.0),
        east: place.longitude() + east,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_fills_one_cache_line() {
        assert_eq!(size_of::<Test>(), 64);
    }
}
