//! What every long-running process of a deployment shares: the database, the live state, the health.

use entity::Database;
use presence::Presence;
use sea_orm::ConnectionTrait;
use secrecy::ExposeSecret;

use crate::{
    config::{
        SettingError, setting,
        store::{DatabaseConfig, HubConfig},
    },
    edge::health::{Part, Readiness},
    lifecycle::Lifecycle,
    store,
};

/// The shared pieces of a process. Clones are the same.
#[derive(Clone)]
pub(crate) struct Hub {
    pub(crate) database: Database,
    pub(crate) presence: Presence,
}

impl Hub {
    /// Opens what is kept and listens to the other processes.
    pub(crate) async fn open(
        database: &DatabaseConfig,
        hub: &HubConfig,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Self> {
        let database = store::open(database).await?;
        let presence = live_state(hub)?;
        let hearing = presence.clone();
        lifecycle.keep("wake-ups", move |token| {
            let presence = hearing.clone();
            async move { presence.run(token).await }
        });
        Ok(Self { database, presence })
    }

    /// The parts whose health decides whether this process can serve.
    pub(crate) fn readiness(&self, lifecycle: &Lifecycle) -> Readiness {
        let (database, presence) = (self.database.clone(), self.presence.clone());
        Readiness::new(lifecycle.clone())
            .with("database", move || answers(database.clone()))
            .with("live state", move || is_live(presence.clone()))
    }
}

fn live_state(config: &HubConfig) -> Result<Presence, SettingError> {
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
