//! The faults that the hub must survive, with real processes. Each prints its seed, and what was
//! acknowledged, lost and doubled. `just faults` runs them at full length.

mod bombs;
mod clocks;
mod crashes;
pub(crate) mod deployment;
mod migrations;
mod oracle;
mod outages;
pub(crate) mod phones;
mod poison;
mod readers;
mod repeats;
pub(crate) mod scene;
mod stop;
mod tracker;

use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use entity::field::track;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::faults::{
    deployment::{Deployment, Profile},
    oracle::digest,
    phones::{Phones, Upload},
    scene::{Scene, Sent},
};

/// `full` at full length (`FIELDHUB_FAULTS=all`), else `quick`.
fn scaled(quick: usize, full: usize) -> usize {
    let is_full = std::env::var("FIELDHUB_FAULTS").is_ok_and(|value| value == "all");
    if is_full { full } else { quick }
}

/// The seed of a test: `FIELDHUB_SEED`, else of its own.
fn seed(own: u64) -> u64 {
    std::env::var("FIELDHUB_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(own)
}

/// Yesterday in the morning, to the millisecond: far enough for every silence to be over.
fn yesterday() -> DateTime<Utc> {
    let now = Utc::now() - TimeDelta::hours(36);
    now.duration_trunc(TimeDelta::seconds(1))
        .expect("a second is an interval")
}

/// A scenario: a company, its deployment, its phones, and what they have to send.
struct Scenario {
    name: String,
    seed: u64,
    scene: Arc<Scene>,
    deployment: Deployment,
    phones: Phones,
    tracks: Vec<Vec<Sent>>,
}

impl Scenario {
    async fn start(name: &str, profile: Profile, reps: usize, own_seed: u64) -> Self {
        let seed = seed(own_seed);
        let scene = Arc::new(Scene::new(reps, 25, seed));
        let begin = yesterday();
        let tracks = (0..reps).map(|rep| scene.track(rep, begin, 6)).collect();
        let deployment = Deployment::start(profile, &scene)
            .await
            .expect("the deployment is up");
        let phones = Phones::new(scene.clone(), vec![deployment.api.url.clone()]);
        let name = format!("{name} {profile:?}");
        Self {
            name,
            seed,
            scene,
            deployment,
            phones,
            tracks,
        }
    }

    /// Each rep's track cut into batches.
    fn uploads(&self, batch: usize) -> Vec<Upload> {
        let tracks = self.tracks.iter().enumerate();
        let uploads = tracks.map(|(number, track)| Upload {
            number,
            rep: self.scene.reps[number].clone(),
            batches: track.chunks(batch).map(<[Sent]>::to_vec).collect(),
        });
        uploads.collect()
    }

    /// How many tracks were set aside.
    async fn set_aside(&self) -> u64 {
        let aside = track::Entity::find().filter(track::Column::SetAsideAt.is_not_null());
        aside
            .count(&self.deployment.db.read)
            .await
            .expect("the tracks")
    }

    /// What the database holds as a rep's newest facts.
    async fn live(&self, rep: usize) -> Option<serde_json::Value> {
        let track = track::Entity::find_by_id(self.scene.reps[rep].id);
        let track = track
            .one(&self.deployment.db.read)
            .await
            .expect("the track");
        track.and_then(|track| track.live)
    }

    /// Waits until all is derived; then nothing may be lost, nothing doubled, and the visits be
    /// those of the oracle.
    async fn check(&self) {
        self.deployment.settle().await.expect("all is derived");
        let tracks: Vec<(usize, &[Sent])> =
            self.tracks.iter().map(Vec::as_slice).enumerate().collect();
        let expected = oracle::expected(&self.scene, &tracks, Utc::now());
        let found = oracle::found(&self.scene, &self.deployment.db)
            .await
            .expect("the visits");
        let stored = oracle::stored_fixes(&self.deployment.db)
            .await
            .expect("the fixes") as usize;
        let sent: usize = self.tracks.iter().map(Vec::len).sum();
        let acknowledged = self.phones.heard.acknowledged();
        println!(
            "{}: seed {}, acknowledged {acknowledged}, lost {}, doubled {}, visits {}, digest {} (oracle {})",
            self.name,
            self.seed,
            acknowledged.saturating_sub(stored),
            stored.saturating_sub(sent),
            found.len(),
            digest(&found),
            digest(&expected),
        );
        assert_eq!(acknowledged, sent, "each point is acknowledged in the end");
        assert_eq!(stored, sent, "each fix is stored once");
        assert!(!expected.is_empty(), "the scenario has visits");
        assert_eq!(found, expected, "the visits are those of the oracle");
    }
}
