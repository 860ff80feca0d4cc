//! All fences of the company, shared by everyone who looks for them: swapped whole, never locked.
//!
//! Every version that ever stood is in it, because a late check-in is judged by the fences of its
//! own time.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use domain::fence_index::FenceIndex;
use domain::geofence::Shape;
use domain::position::Position;
use domain::visit::{FenceRef, FenceVersion, Near};
use entity::Database;
use entity::field::counter;
use entity::id::CustomerId;
use entity::keys::any_of_text;
use presence::{Presence, Topic};
use rustc_hash::FxHashMap;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
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
        if read_counter(&self.database).await? != self.current().counter {
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
        let counter = read_counter(&self.database).await?;
        if counter == known.counter {
            return Ok(());
        }
        let versions = read_versions(&self.database).await?;
        let shapes = read_shapes(&self.database, &known, &versions).await?;
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
}

async fn query(
    database: &Database,
    text: String,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let statement = Statement::from_sql_and_values(database.backend(), text, values);
    database.read.query_all_raw(statement).await
}

async fn read_counter(database: &Database) -> Result<i64, DbErr> {
    let text = "SELECT value FROM counter WHERE name = $1".to_owned();
    let rows = query(database, text, vec![counter::FENCES.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// All versions, without their shapes, which never change.
async fn read_versions(database: &Database) -> Result<Vec<FenceVersion<Uuid>>, DbErr> {
    let text = "SELECT v.geofence_id, v.version, g.customer_id, v.area_m2, v.valid_from, v.valid_to
        FROM geofence_version v JOIN geofence g ON g.id = v.geofence_id";
    let rows = query(database, text.to_owned(), Vec::new()).await?;
    rows.iter()
        .map(|row| {
            Ok(FenceVersion {
                fence: FenceRef {
                    fence: row.try_get_by_index(0)?,
                    version: row.try_get_by_index(1)?,
                },
                customer: row.try_get_by_index(2)?,
                area_m2: row.try_get_by_index(3)?,
                valid_from: row.try_get_by_index::<DateTime<Utc>>(4)?,
                valid_to: row.try_get_by_index(5)?,
            })
        })
        .collect()
}

/// The shapes that the next set of fences takes: those not known yet, or all.
async fn read_shapes(
    database: &Database,
    known: &FenceSet,
    versions: &[FenceVersion<Uuid>],
) -> Result<Vec<(FenceRef<Uuid>, Arc<Shape>)>, DbErr> {
    let is_known = |fence: &FenceRef<Uuid>| !known.is_worn() && known.versions.contains_key(fence);
    let (condition, values) = if known.is_worn() {
        ("TRUE".to_owned(), Vec::new())
    } else {
        let new = versions.iter().map(|version| version.fence);
        let new: Vec<Uuid> = new
            .filter(|fence| !is_known(fence))
            .map(|fence| fence.fence)
            .collect();
        let (condition, value) = any_of_text(database.backend(), "geofence_id", "$1", &new);
        (condition, vec![value])
    };
    let text = format!(
        "SELECT geofence_id, version, latitude, longitude, radius_m, geojson
        FROM geofence_version WHERE {condition}"
    );
    let mut shapes = Vec::new();
    for row in query(database, text, values).await? {
        let fence = FenceRef {
            fence: row.try_get_by_index(0)?,
            version: row.try_get_by_index(1)?,
        };
        if is_known(&fence) {
            continue;
        }
        match shape(&row)? {
            Ok(shape) => shapes.push((fence, Arc::new(shape))),
            Err(fault) => {
                tracing::error!(geofence.id = %fence.fence, version = fence.version, fault,
                    "a stored fence is not usable and stands nowhere");
            }
        }
    }
    Ok(shapes)
}

/// A stored shape, or what is wrong with it.
fn shape(row: &QueryResult) -> Result<Result<Shape, String>, DbErr> {
    let geojson: Option<serde_json::Value> = row.try_get_by_index(5)?;
    if let Some(geojson) = geojson {
        return Ok(Shape::from_geojson(&geojson).map_err(|fault| fault.to_string()));
    }
    let (latitude, longitude): (Option<f64>, Option<f64>) =
        (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
    let radius_m: Option<f64> = row.try_get_by_index(4)?;
    let (Some(latitude), Some(longitude), Some(radius_m)) = (latitude, longitude, radius_m) else {
        return Ok(Err("neither a circle nor a polygon".to_owned()));
    };
    let centre = Position::new(latitude, longitude).map_err(|fault| fault.to_string());
    Ok(
        centre
            .and_then(|centre| Shape::circle(centre, radius_m).map_err(|fault| fault.to_string())),
    )
}
