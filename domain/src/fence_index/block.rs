//! One built set of fences: the fences, and for each grid the way from a cell to them.

use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cover::{cover, extent};
use super::grid::{GRIDS, Grid};
use crate::geofence::{Circle, Shape, reach_degrees};
use crate::position::Position;

/// A fence goes into the finest grid where its rectangle has no more cells than this.
const MAX_CELLS: i64 = 64;

/// Fences that do not change.
#[derive(Debug)]
pub(super) struct Block<K> {
    /// Neighbours on the ground are neighbours here.
    fences: Vec<Fence<K>>,
    /// Numbers of fences in the order of their keys.
    by_key: Vec<u32>,
    /// For each of [`GRIDS`].
    levels: [Level; 3],
}

/// A fence, its test at hand.
#[derive(Clone, Debug)]
pub(super) struct Fence<K> {
    key: K,
    test: Test,
}

/// Circles lie in place, for they are most and small.
#[derive(Clone, Debug)]
enum Test {
    Circle(Circle),
    Other(Arc<Shape>),
}

/// The fences of one grid.
#[derive(Debug, Default)]
struct Level {
    cells: FxHashMap<u64, Slot>,
    /// The candidates of the cells that have several.
    crowds: Vec<Candidate>,
}

/// The candidates of a cell: the only one, or a stretch of `crowds`.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The one candidate when `count` is 1, else where the stretch begins.
    first: u32,
    count: u32,
}

/// A fence that touches a cell: its number, and in the lowest bit whether it covers the cell whole.
type Candidate = u32;

impl<K: Copy + Eq + Ord + Hash> Block<K> {
    pub(super) fn build(mut given: Vec<(K, Arc<Shape>)>) -> Block<K> {
        // Of fences with one key the last stays.
        given.reverse();
        given.sort_by_key(|(key, _)| *key);
        given.dedup_by_key(|(key, _)| *key);
        given.sort_by_cached_key(|(_, shape)| {
            let (south, west, north, east) = shape.extent();
            GRIDS[0].cell((south + north) / 2.0, (west + east) / 2.0)
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
        Block {
            fences: given
                .into_iter()
                .map(|(key, shape)| Fence::new(key, shape))
                .collect(),
            by_key,
            levels: entries.map(Level::build),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.fences.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fences.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (K, Arc<Shape>)> {
        self.fences.iter().map(|fence| match &fence.test {
            Test::Circle(circle) => (fence.key, Arc::new(Shape::Circle(*circle))),
            Test::Other(shape) => (fence.key, Arc::clone(shape)),
        })
    }

    pub(super) fn find(&self, key: &K) -> Option<&Fence<K>> {
        let fence = |number: &u32| &self.fences[*number as usize];
        let rank = self
            .by_key
            .binary_search_by_key(key, |number| fence(number).key)
            .ok()?;
        self.by_key.get(rank).map(fence)
    }

    #[inline]
    pub(super) fn containing(&self, place: Position, mut call: impl FnMut(K)) {
        for (level, grid) in self.levels.iter().zip(GRIDS.iter()) {
            if level.cells.is_empty() {
                continue;
            }
            let cell = grid.cell(place.latitude(), place.longitude());
            level.for_each_candidate(cell, |candidate| {
                let fence = &self.fences[number(candidate)];
                if is_whole(candidate) || fence.contains(place) {
                    call(fence.key);
                }
            });
        }
    }

    pub(super) fn near(&self, place: Position, reach_m: f64, mut call: impl FnMut(K, f64)) {
        if self.fences.is_empty() || reach_m.is_nan() {
            return;
        }
        let mut measure = |fence: &Fence<K>| {
            let distance_m = fence.signed_distance_m(place);
            if distance_m <= reach_m {
                call(fence.key, distance_m);
            }
        };
        let (north, east) = reach_degrees(place.latitude(), reach_m.max(0.0));
        let (latitude, longitude) = (place.latitude(), place.longitude());
        let around = (
            (latitude - north).max(-90.0),
            longitude - east,
            (latitude + north).min(90.0),
            longitude + east,
        );
        let grids = || {
            self.levels
                .iter()
                .zip(GRIDS.iter())
                .filter(|(level, _)| !level.cells.is_empty())
        };
        let cells: i64 = grids().map(|(_, grid)| grid.count(around)).sum();
        if cells as usize > 64 + 2 * self.fences.len() {
            self.fences.iter().for_each(measure);
            return;
        }
        let mut numbers: Vec<usize> = Vec::new();
        for (level, grid) in grids() {
            level.collect(grid, around, &mut numbers);
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .for_each(|number| measure(&self.fences[number]));
    }
}

impl<K: Copy> Fence<K> {
    fn new(key: K, shape: Arc<Shape>) -> Fence<K> {
        let test = match shape.as_ref() {
            Shape::Circle(circle) => Test::Circle(*circle),
            Shape::MultiPolygon(_) => Test::Other(shape),
        };
        Fence { key, test }
    }

    #[inline]
    fn contains(&self, place: Position) -> bool {
        match &self.test {
            Test::Circle(circle) => circle.signed_distance_m(place) <= 0.0,
            Test::Other(shape) => shape.contains(place),
        }
    }

    pub(super) fn signed_distance_m(&self, place: Position) -> f64 {
        match &self.test {
            Test::Circle(circle) => circle.signed_distance_m(place),
            Test::Other(shape) => shape.signed_distance_m(place),
        }
    }
}

impl Level {
    fn build(mut entries: Vec<Entry>) -> Level {
        entries.sort_unstable();
        // One fence may meet a cell twice, from both ends of a turn.
        entries.dedup_by_key(|entry| entry.cell_and_number());
        let same_cell = |a: &Entry, b: &Entry| a.cell() == b.cell();
        let mut level = Level::default();
        level.cells.reserve(entries.chunk_by(same_cell).count());
        for group in entries.chunk_by(same_cell) {
            let count = group.len() as u32;
            let first = if count == 1 {
                group[0].candidate()
            } else {
                level.crowds.len() as u32
            };
            level.cells.insert(group[0].cell(), Slot { first, count });
            if count > 1 {
                level
                    .crowds
                    .extend(group.iter().map(|entry| entry.candidate()));
            }
        }
        level.crowds.shrink_to_fit();
        level
    }

    #[inline]
    fn for_each_candidate(&self, cell: u64, mut call: impl FnMut(Candidate)) {
        match self.cells.get(&cell) {
            None => {}
            Some(Slot { first, count: 1 }) => call(*first),
            Some(Slot { first, count }) => {
                let stretch = *first as usize..(*first + *count) as usize;
                self.crowds[stretch]
                    .iter()
                    .for_each(|candidate| call(*candidate));
            }
        }
    }

    /// Adds the numbers of the fences in all cells of a rectangle (south, west, north, east).
    fn collect(&self, grid: &Grid, around: (f64, f64, f64, f64), numbers: &mut Vec<usize>) {
        let (south, west, north, east) = around;
        for row in grid.row(south)..=grid.row(north) {
            let span = grid.span(row, west, east);
            for column in span.first..span.first + span.count {
                self.for_each_candidate(grid.key(row, column), |candidate| {
                    numbers.push(number(candidate))
                });
            }
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

fn number(candidate: Candidate) -> usize {
    (candidate >> 1) as usize
}

fn is_whole(candidate: Candidate) -> bool {
    candidate & 1 == 1
}

/// A cell and a candidate in one word, so that many sort fast: 37 bits, 26 bits, 1 bit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    const NUMBER_BITS: u32 = 26;

    fn new(cell: u64, number: u32, is_whole: bool) -> Entry {
        Entry(cell << (Entry::NUMBER_BITS + 1) | u64::from(number) << 1 | u64::from(is_whole))
    }

    fn cell(self) -> u64 {
        self.0 >> (Entry::NUMBER_BITS + 1)
    }

    fn cell_and_number(self) -> u64 {
        self.0 >> 1
    }

    fn candidate(self) -> Candidate {
        (self.0 & ((1 << (Entry::NUMBER_BITS + 1)) - 1)) as u32
    }
}
