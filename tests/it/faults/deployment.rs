//! A deployment of real processes: one on SQLite, or an API and two workers on PostgreSQL and Redis.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use entity::{Database, field::track_dirty};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use testbed::{PostgresServer, RedisServer};

use crate::{
    faults::scene::Scene,
    harness::{Process, Settings},
};

/// What is queued is derived within this time.
const SETTLE_LIMIT: Duration = Duration::from_secs(120);

/// Which deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// SQLite, one process.
    Embedded,
    /// PostgreSQL and Redis, one API, two workers.
    Parted,
}

/// The processes.
pub(crate) struct Deployment {
    pub(crate) profile: Profile,
    pub(crate) settings: Settings,
    pub(crate) db: Database,
    pub(crate) api: Process,
    pub(crate) workers: Vec<Process>,
    pub(crate) postgres: Option<PostgresServer>,
    pub(crate) redis: Option<RedisServer>,
    /// Where SQLite's file is; removed with this value.
    _folder: tempfile::TempDir,
}

impl Deployment {
    /// Starts the servers, plants the company, starts the processes.
    pub(crate) async fn start(profile: Profile, scene: &Scene) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (postgres, redis) = match profile {
            Profile::Embedded => (None, None),
            Profile::Parted => {
                let starting = tokio::task::spawn_blocking(|| {
                    anyhow::Ok((PostgresServer::start()?, RedisServer::start()?))
                });
                let (postgres, redis) = starting.await??;
                (Some(postgres), Some(redis))
            }
        };
        let mut settings = match &postgres {
            Some(server) => Settings::over(&server.url("postgres")),
            None => Settings::sqlite(folder.path()),
        };
        let photos = folder.path().join("photos").display().to_string();
        settings = settings
            .with("FIELDHUB_PHOTOS", &photos)
            .with("FIELDHUB_WEBHOOK_NETWORKS", "127.0.0.0/8");
        if let Some(redis) = &redis {
            settings = settings.with("FIELDHUB_REDIS_URL", &redis.url());
        }
        let db = Database::connect(&settings.database_url(), 4).await?;
        migration::up(&db.write).await?;
        scene.plant(&db).await?;
        let api = Process::start(&settings, serve_arguments(profile))?;
        let settings = settings.with("FIELDHUB_LISTEN", &api.address()?);
        let workers = match profile {
            Profile::Embedded => Vec::new(),
            Profile::Parted => vec![worker(&settings)?, worker(&settings)?],
        };
        Ok(Self {
            profile,
            settings,
            db,
            api,
            workers,
            postgres,
            redis,
            _folder: folder,
        })
    }

    /// Kills the process that derives visits, and starts it anew.
    pub(crate) fn kill_a_worker(&mut self, which: usize) -> anyhow::Result<()> {
        if self.profile == Profile::Embedded {
            return self.kill_the_api();
        }
        let which = which % self.workers.len();
        self.workers[which].kill();
        self.workers[which] = worker(&self.settings)?;
        Ok(())
    }

    /// Kills the process that takes check-ins, and starts it anew at the same address.
    pub(crate) fn kill_the_api(&mut self) -> anyhow::Result<()> {
        self.api.kill();
        self.api = Process::start(&self.settings, serve_arguments(self.profile))?;
        Ok(())
    }

    /// Waits until nothing is queued.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let queued = self.queued().await.unwrap_or(u64::MAX);
            if queued == 0 {
                return Ok(());
            }
            if begun.elapsed() > SETTLE_LIMIT {
                bail!(
                    "{queued} rows are still queued after {SETTLE_LIMIT:?}: {}",
                    self.logs()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Rows that no worker has dealt with, of tracks that are not set aside.
    async fn queued(&self) -> anyhow::Result<u64> {
        use entity::field::track;
        use sea_orm::{QuerySelect, sea_query::Query};

        let aside = Query::select()
            .column(track::Column::RepId)
            .from(track::Entity)
            .and_where(track::Column::SetAsideAt.is_not_null())
            .to_owned();
        let queued = track_dirty::Entity::find()
            .filter(track_dirty::Column::RepId.not_in_subquery(aside))
            .limit(1_000_000)
            .count(&self.db.read);
        queued.await.context("the queue")
    }

    /// What all processes have logged.
    pub(crate) fn logs(&self) -> String {
        let workers = self.workers.iter().map(Process::log);
        std::iter::once(self.api.log())
            .chain(workers)
            .collect::<Vec<_>>()
            .join("\n--\n")
    }
}

fn serve_arguments(profile: Profile) -> &'static [&'static str] {
    match profile {
        Profile::Embedded => &["serve"],
        Profile::Parted => &["serve", "--no-worker"],
    }
}

fn worker(settings: &Settings) -> anyhow::Result<Process> {
    let settings = settings
        .clone()
        .with("FIELDHUB_INGEST_LISTEN", "127.0.0.1:0");
    Process::start(&settings, &["ingest"])
}
