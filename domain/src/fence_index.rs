//! Finds the geofences at a place among millions, in about a microsecond.
//!
//! The Earth is cut into rows of latitude and, in each row, into columns, so that cells stay near
//! square; a hash table leads from a cell to the fences that touch it. A fence that covers a whole
//! cell needs no further test there; the others are tested exactly. Columns are counted modulo the
//! row's number of them, so the antimeridian is a column like any other; each polar cap beyond 89°
//! is one cell. Fences larger than about 1 km lie in coarser grids, so that a fence never takes
//! more than some hundred cells.
//!
//! An index never changes. [`FenceIndex::with`] makes the next one, which shares all but the
//! difference; when the differences grow, the whole is built anew.

mod block;
mod cover;
mod grid;
mod level;
mod table;

use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use self::block::Block;
use crate::geofence::Shape;
use crate::position::Position;

/// Up to this many differences are always kept beside the base.
const SMALL_DELTA: usize = 512;
/// Beyond this many the base is built anew, whatever its size.
const LARGE_DELTA: usize = 20_000;
/// Between those, one part in this many of the base may differ.
const DELTA_SHARE: usize = 50;

/// Which geofences there are where, by key.
#[derive(Clone, Debug)]
pub struct FenceIndex<K> {
    base: Arc<Block<K>>,
    /// Keys of the base that were removed or replaced since.
    hidden: Arc<FxHashSet<K>>,
    /// What was added since.
    added: Arc<Block<K>>,
}

impl<K: Copy + Eq + Ord + Hash> FenceIndex<K> {
    /// An index of fences; of two with one key the later counts.
    ///
    /// Takes about 3 µs a fence.
    ///
    /// # Panics
    /// With more than 67 million fences.
    pub fn build(fences: impl IntoIterator<Item = (K, Arc<Shape>)>) -> FenceIndex<K> {
        FenceIndex {
            base: Arc::new(Block::build(fences.into_iter().collect())),
            hidden: Arc::default(),
            added: Arc::new(Block::build(Vec::new())),
        }
    }

    /// The index without some fences and with others; one added under a known key replaces it.
    ///
    /// Takes about 3 µs for each fence that differs from the last full build, and now and then a
    /// full build.
    pub fn with(&self, removed: &[K], added: Vec<(K, Arc<Shape>)>) -> FenceIndex<K> {
        let gone: FxHashSet<K> = removed
            .iter()
            .copied()
            .chain(added.iter().map(|(key, _)| *key))
            .collect();
        let mut hidden = FxHashSet::clone(&self.hidden);
        hidden.extend(gone.iter().filter(|key| self.base.find(key).is_some()));
        let kept = self.added.iter().filter(|(key, _)| !gone.contains(key));
        let added: Vec<(K, Arc<Shape>)> = kept.chain(added).collect();
        let allowed = (self.base.len() / DELTA_SHARE).clamp(SMALL_DELTA, LARGE_DELTA);
        if hidden.len() + added.len() > allowed {
            let base = self.base.iter().filter(|(key, _)| !hidden.contains(key));
            return FenceIndex::build(base.chain(added));
        }
        FenceIndex {
            base: Arc::clone(&self.base),
            hidden: Arc::new(hidden),
            added: Arc::new(Block::build(added)),
        }
    }

    /// The fences that contain a place, their edge included, in the order of their keys. Replaces
    /// what `found` held.
    pub fn containing(&self, place: Position, found: &mut Vec<K>) {
        found.clear();
        self.base.containing(place, |key| {
            if self.is_shown(key) {
                found.push(key);
            }
        });
        if !self.added.is_empty() {
            self.added.containing(place, |key| found.push(key));
        }
        found.sort_unstable();
    }

    /// The fences whose signed distance from a place is at most `reach_m`, with that distance in
    /// metres (negative inside), in the order of their keys. Replaces what `found` held.
    ///
    /// Meant for a reach of up to some hundred metres; a larger one costs by its square, up to a
    /// look at every fence. A reach that is not a number finds nothing.
    pub fn near(&self, place: Position, reach_m: f64, found: &mut Vec<(K, f64)>) {
        found.clear();
        self.base.near(place, reach_m, |key, distance_m| {
            if self.is_shown(key) {
                found.push((key, distance_m));
            }
        });
        if !self.added.is_empty() {
            self.added.near(place, reach_m, |key, distance_m| {
                found.push((key, distance_m))
            });
        }
        found.sort_unstable_by_key(|(key, _)| *key);
    }

    /// The signed distance from a place to one fence in metres, however far; none if unknown.
    pub fn signed_distance_m(&self, key: &K, place: Position) -> Option<f64> {
        if let Some(fence) = self.added.find(key) {
            return Some(fence.signed_distance_m(place));
        }
        let fence = self.base.find(key)?;
        self.is_shown(*key).then(|| fence.signed_distance_m(place))
    }

    /// How many fences there are.
    pub fn len(&self) -> usize {
        self.base.len() - self.hidden.len() + self.added.len()
    }

    /// Whether there is no fence.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many fences differ from the last full build.
    pub fn delta_len(&self) -> usize {
        self.hidden.len() + self.added.len()
    }

    fn is_shown(&self, key: K) -> bool {
        self.hidden.is_empty() || !self.hidden.contains(&key)
    }
}

impl<K: Copy + Eq + Ord + Hash> Default for FenceIndex<K> {
    fn default() -> FenceIndex<K> {
        FenceIndex::build([])
    }
}

#[cfg(test)]
mod tests;
