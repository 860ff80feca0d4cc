//! What every long-running process of a deployment shares: the database, the live state, the
//! fences, the worker, the night's work, the health.

use std::time::Duration;

use anyhow::Context;
use chrono::{TimeDelta, Utc};
use entity::Database;
use ingest::webhooks::{Courier, Reach};
use ingest::{Backlog, Committer, Fences, Intake, Photos, Rebuild, Worker};
use metrics::gauge;
use presence::Presence;
use sea_orm::ConnectionTrait;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{
        SettingError, setting,
        store::{DatabaseConfig, HubConfig},
    },
    edge::health::{Part, Readiness},
    lifecycle::Lifecycle,
    maintenance::Maintenance,
    store,
};

/// A worker that keeps up leaves nothing waiting for longer.
const LATE: TimeDelta = TimeDelta::seconds(60);
/// How often the metrics are told how far the workers are behind.
const MEASURE: Duration = Duration::from_secs(15);

/// The shared pieces of a process. Clones are the same.
#[derive(Clone)]
pub(crate) struct Hub {
    pub(crate) database: Database,
    pub(crate) presence: Presence,
    pub(crate) fences: Fences,
    pub(crate) photos: Photos,
    pub(crate) worker: Worker,
    /// Where webhooks may be posted to.
    pub(crate) webhooks: Reach,
}

impl Hub {
    /// Opens what is kept, and starts what keeps it current.
    pub(crate) async fn open(
        database: &DatabaseConfig,
        hub: &HubConfig,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Self> {
        let database = store::open(database).await?;
        let presence = live_state(hub)?;
        let fences = Fences::load(&database)
            .await
            .context("the fences cannot be read")?;
        let photos = Photos::new(database.clone(), hub.open_photos()?);
        let rebuild = Rebuild::new(database.clone(), presence.clone());
        let worker = Worker::new(
            database.clone(),
            presence.clone(),
            fences.clone(),
            rebuild.clone(),
        );
        let hub_pieces = Self {
            database,
            presence,
            fences,
            photos,
            worker,
            webhooks: hub.webhooks.clone(),
        };
        hub_pieces.start(rebuild, lifecycle);
        hub_pieces.start_courier(lifecycle)?;
        let maintenance = Maintenance {
            database: hub_pieces.database.clone(),
            photos: hub_pieces.photos.clone(),
            presence: hub_pieces.presence.clone(),
            check_in_retention_days: hub.check_in_retention_days,
        };
        lifecycle.keep("night's work", move |token| maintenance.clone().run(token));
        Ok(hub_pieces)
    }

    fn start(&self, rebuild: Rebuild, lifecycle: &Lifecycle) {
        let presence = self.presence.clone();
        lifecycle.keep("wake-ups", move |token| {
            let presence = presence.clone();
            async move { presence.run(token).await }
        });
        let database = self.database.clone();
        lifecycle.keep("backlog", move |token| {
            measure_backlog(database.clone(), token)
        });
        let (fences, presence) = (self.fences.clone(), self.presence.clone());
        lifecycle.keep("fences", move |token| {
            let (fences, presence) = (fences.clone(), presence.clone());
            async move { fences.run(&presence, token).await }
        });
        lifecycle.keep("live state", move |token| {
            let rebuild = rebuild.clone();
            async move { rebuild.run(token).await }
        });
    }

    /// Delivers webhooks in this process.
    fn start_courier(&self, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        let courier = Courier::new(self.database.clone(), self.webhooks.clone())
            .context("webhooks cannot be sent")?;
        lifecycle.keep("webhooks", move |token| courier.clone().run(token));
        Ok(())
    }

    /// Derives visits in this process.
    pub(crate) fn start_worker(&self, lifecycle: &Lifecycle) {
        let worker = self.worker.clone();
        lifecycle.keep("worker", move |token| {
            let worker = worker.clone();
            async move { worker.run(token).await }
        });
    }

    /// Takes check-ins in this process.
    pub(crate) fn start_intake(&self, lifecycle: &Lifecycle) -> Intake {
        let (intake, committer) = self.intake();
        lifecycle.spawn("intake", committer.run(lifecycle.halting()));
        intake
    }

    /// The intake, and what must run for it.
    pub(crate) fn intake(&self) -> (Intake, Committer) {
        let around = self.fences.surroundings();
        Intake::new(self.database.clone(), self.presence.clone(), around)
    }

    /// The parts whose health decides whether this process can serve.
    pub(crate) fn readiness(&self, lifecycle: &Lifecycle) -> Readiness {
        let (database, presence) = (self.database.clone(), self.presence.clone());
        let waiting = database.clone();
        Readiness::new(lifecycle.clone())
            .with("database", move || answers(database.clone()))
            .with("tracks", move || keeps_up(waiting.clone()))
            .with("presence", move || is_live(presence.clone()))
    }
}

/// The live state of a deployment.
pub(crate) fn live_state(config: &HubConfig) -> Result<Presence, SettingError> {
    match &config.redis_url {
        Some(url) => {
            Presence::redis(url.expose_secret()).map_err(|error| setting::REDIS_URL.unusable(error))
        }
        None => Ok(Presence::local()),
    }
}

async fn answers(database: Database) -> Part {
    match database.read.execute_unprepared("SELECT 1").await {
        Ok(_) => Part::ready(),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            Part::unavailable("the database does not answer")
        }
    }
}

async fn is_live(presence: Presence) -> Part {
    match presence.ping().await {
        Ok(()) => Part::ready(),
        Err(_) => Part::degraded("Redis does not answer: live positions may be old"),
    }
}

/// Tells the metrics how far the workers are behind.
async fn measure_backlog(database: Database, halting: CancellationToken) {
    while halting
        .run_until_cancelled(tokio::time::sleep(MEASURE))
        .await
        .is_some()
    {
        if let Ok(backlog) = Backlog::read(&database).await {
            let waits = backlog
                .oldest
                .map_or(TimeDelta::zero(), |oldest| Utc::now() - oldest);
            gauge!("fieldhub_backlog_seconds").set(waits.as_seconds_f64().max(0.0));
            gauge!("fieldhub_tracks_set_aside").set(backlog.set_aside as f64);
        }
    }
}

/// Whether some worker, of this process or another, keeps up with the check-ins.
async fn keeps_up(database: Database) -> Part {
    let backlog = match Backlog::read(&database).await {
        Ok(backlog) => backlog,
        Err(_) => return Part::degraded("what waits for a worker cannot be read"),
    };
    let waits = backlog
        .oldest
        .map_or(TimeDelta::zero(), |oldest| Utc::now() - oldest);
    if waits > LATE {
        let seconds = waits.num_seconds();
        return Part::degraded(format!("check-ins have waited {seconds} s for a worker"));
    }
    match backlog.set_aside {
        0 => Part::ready(),
        count => Part::degraded(format!("{count} tracks were set aside; see stalledTracks")),
    }
}
