//! All fences of the company, shared by everyone who looks for them: swapped whole, never locked.
//!
//! Every version that ever stood is in it, because a late check-in is judged by the fences of its
//! own time.

mod read;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use domain::fence_index::FenceIndex;
use domain::geofence::Shape;
use domain::position::Position;
use domain::visit::{FenceRef, FenceVersion, Near};
use entity::Database;
use entity::id::CustomerId;
use presence::{Presence, Topic};
use rustc_hash::FxHashMap;
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::intake::{Sighted, Surroundings};

/// A change is noticed within this time even when its hint is lost.
const POLL: Duration = Duration::from_secs(1);

/// The index is built anew when more than this, and more than a tenth, has changed.
const MOST_DELTA: usize = 1_000;

/// A handle on the fences; a clone is a handle on the same ones.
#[derive(Clone, Debug)]
pub struct Fences {
    database: Database,
    current: Arc<ArcSwap<FenceSet>>,
    /// One reload at a time.
    loading: Arc<tokio::sync::Mutex<()>>,
}

/// The fences as of one change of theirs.
#[derive(Debug)]
pub struct FenceSet {
    /// The value of the counter `fences` not later than which all of them were read.
    counter: i64,
    index: FenceIndex<FenceRef<Uuid>>,
    versions: FxHashMap<FenceRef<Uuid>, FenceVersion<Uuid>>,
    by_customer: FxHashMap<Uuid, Vec<FenceRef<Uuid>>>,
}

/// A fence that stands otherwise in a trial.
#[derive(Clone, Debug)]
pub struct TrialFence {
    /// Which; a new one has an id that no other has.
    pub fence: Uuid,
    /// Whose it is.
    pub customer: Uuid,
    /// From when on.
    pub since: DateTime<Utc>,
    /// Its shape from then on; none if it stands no longer.
    pub shape: Option<Shape>,
}

impl Fences {
    /// Loads all fences.
    pub async fn load(database: &Database) -> Result<Fences, DbErr> {
        let fences = Fences {
            database: database.clone(),
            current: Arc::new(ArcSwap::from_pointee(FenceSet::empty())),
            loading: Arc::default(),
        };
        fences.reload().await?;
        Ok(fences)
    }

    /// The fences as they are known now.
    pub fn current(&self) -> Arc<FenceSet> {
        self.current.load_full()
    }

    /// The fences as they stand in the database, or later.
    pub async fn fresh(&self) -> Result<Arc<FenceSet>, DbErr> {
        if read::counter(&self.database).await? != self.current().counter {
            self.reload().await?;
        }
        Ok(self.current())
    }

    /// What the intake asks when it answers with verdicts of the moment.
    pub fn surroundings(&self) -> Surroundings {
        let current = Arc::clone(&self.current);
        Surroundings::new(move |place, reach_m, named, at| {
            let fences = current.load();
            let near = fences.near(place, reach_m, named.map(CustomerId::uuid));
            let stand = near.iter().filter_map(|near| {
                let version = fences.version(near.fence).filter(|version| {
                    version.valid_from <= at && version.valid_to.is_none_or(|end| at < end)
                })?;
                Some(Sighted {
                    customer: version.customer.into(),
                    fence: near.fence.fence.into(),
                    distance_m: near.distance_m,
                })
            });
            stand.collect()
        })
    }

    /// Follows the changes until the token is cancelled.
    pub async fn run(&self, presence: &Presence, stop: CancellationToken) {
        let mut hints = presence.listen(Topic::Fences);
        while stop.run_until_cancelled(hints.wait(POLL)).await.is_some() {
            if let Err(error) = self.fresh().await {
                tracing::warn!(%error, "the fences could not be read; those known stay in use");
            }
        }
    }

    async fn reload(&self) -> Result<(), DbErr> {
        let _one_at_a_time = self.loading.lock().await;
        let known = self.current();
        // Read first: what changes while the rest is read makes the next reload, not a gap.
        let counter = read::counter(&self.database).await?;
        if counter == known.counter {
            return Ok(());
        }
        let versions = read::versions(&self.database).await?;
        let shapes = read::shapes(&self.database, &known, &versions).await?;
        let next = tokio::task::spawn_blocking(move || known.then(counter, versions, shapes));
        let next = next
            .await
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        metrics::gauge!("fieldhub_fences").set(next.len() as f64);
        self.current.store(Arc::new(next));
        Ok(())
    }
}

impl FenceSet {
    fn empty() -> FenceSet {
        FenceSet {
            counter: -1,
            index: FenceIndex::build([]),
            versions: FxHashMap::default(),
            by_customer: FxHashMap::default(),
        }
    }

    fn over(
        counter: i64,
        index: FenceIndex<FenceRef<Uuid>>,
        versions: FxHashMap<FenceRef<Uuid>, FenceVersion<Uuid>>,
    ) -> FenceSet {
        let mut by_customer: FxHashMap<Uuid, Vec<FenceRef<Uuid>>> = FxHashMap::default();
        for version in versions.values() {
            by_customer
                .entry(version.customer)
                .or_default()
                .push(version.fence);
        }
        FenceSet {
            counter,
            index,
            versions,
            by_customer,
        }
    }

    /// How many versions there are.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// A version by its reference.
    pub fn version(&self, fence: FenceRef<Uuid>) -> Option<&FenceVersion<Uuid>> {
        self.versions.get(&fence)
    }

    /// Every version whose signed distance to the place is at most `reach_m` metres, and all of
    /// the `named` customer's however far, with their signed distances in metres.
    pub fn near(&self, place: Position, reach_m: f64, named: Option<Uuid>) -> Vec<Near<Uuid>> {
        let mut found = Vec::new();
        self.index.near(place, reach_m, &mut found);
        let mut near: Vec<Near<Uuid>> = (found.into_iter())
            .map(|(fence, distance_m)| Near { fence, distance_m })
            .collect();
        let named = named.and_then(|customer| self.by_customer.get(&customer));
        for fence in named.into_iter().flatten() {
            if near.iter().any(|near| near.fence == *fence) {
                continue;
            }
            if let Some(distance_m) = self.index.signed_distance_m(fence, place) {
                near.push(Near {
                    fence: *fence,
                    distance_m,
                });
            }
        }
        near
    }

    /// The fences as they would stand with some of them otherwise.
    pub(crate) fn tried(&self, trial: &[TrialFence]) -> FenceSet {
        let mut versions = self.versions.clone();
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        for trial in trial {
            let mut last = 0;
            versions.retain(|fence, version| {
                if fence.fence != trial.fence {
                    return true;
                }
                last = last.max(fence.version);
                if version.valid_from >= trial.since {
                    gone.push(*fence);
                    return false;
                }
                let end = version.valid_to.unwrap_or(trial.since);
                version.valid_to = Some(end.min(trial.since));
                true
            });
            if let Some(shape) = &trial.shape {
                let fence = FenceRef {
                    fence: trial.fence,
                    version: last + 1,
                };
                let version = FenceVersion {
                    fence,
                    customer: trial.customer,
                    area_m2: shape.area_m2(),
                    valid_from: trial.since,
                    valid_to: None,
                };
                versions.insert(fence, version);
                new.push((fence, Arc::new(shape.clone())));
            }
        }
        FenceSet::over(self.counter, self.index.with(&gone, new), versions)
    }

    /// Whether so much has changed since the index was built that it is better built anew.
    fn is_worn(&self) -> bool {
        self.is_empty() || self.index.delta_len() > MOST_DELTA.max(self.index.len() / 10)
    }

    /// The next set: the versions as they are now. `shapes` are those of all of them if this set
    /// is worn, else of the new ones.
    fn then(
        &self,
        counter: i64,
        versions: Vec<FenceVersion<Uuid>>,
        shapes: Vec<(FenceRef<Uuid>, Arc<Shape>)>,
    ) -> FenceSet {
        let versions: FxHashMap<FenceRef<Uuid>, FenceVersion<Uuid>> = versions
            .into_iter()
            .map(|version| (version.fence, version))
            .collect();
        let index = if self.is_worn() {
            FenceIndex::build(shapes)
        } else {
            let gone: Vec<FenceRef<Uuid>> = self
                .versions
                .keys()
                .filter(|fence| !versions.contains_key(fence))
                .copied()
                .collect();
            self.index.with(&gone, shapes)
        };
        FenceSet::over(counter, index, versions)
    }
}
