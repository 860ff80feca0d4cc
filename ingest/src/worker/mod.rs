//! The worker: turns check-ins into visits and presence.
//!
//! claim → load → locate → derive → save → publish. Any number of workers may run on one database;
//! one that dies leaves nothing behind but claims that expire.

mod claim;
mod derive;
mod hearing;
mod load;
mod locate;
mod long;
mod publish;
mod readings;
mod save;
mod step;
mod stored;
mod surroundings;
pub mod trial;

use std::time::Duration;

use entity::Database;
use presence::{Presence, Topic};
use sea_orm::{DbBackend, DbErr};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::fences::Fences;
use crate::rebuild::Rebuild;
use claim::{Class, Round, claim, pending};

/// A track that became due without a hint is found within this time.
const POLL: Duration = Duration::from_secs(1);
/// The pause after the database could not be used.
const AWAY: Duration = Duration::from_millis(500);

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many tracks are claimed at once.
    pub tracks: usize,
    /// How many such claims are worked on at the same time.
    pub claims: usize,
    /// How long a claim outlives its worker before another may take its tracks.
    pub lease: Duration,
    /// The pause before the second try of a track; it doubles with each.
    pub backoff: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            tracks: 32,
            claims: 2,
            lease: Duration::from_secs(15),
            backoff: Duration::from_millis(500),
        }
    }
}

/// Works on tracks that are due. A clone is one more pair of hands.
#[derive(Clone, Debug)]
pub struct Worker {
    database: Database,
    presence: Presence,
    fences: Fences,
    rebuild: Rebuild,
    pace: Pace,
}

impl Worker {
    /// A worker on a database.
    pub fn new(database: Database, presence: Presence, fences: Fences, rebuild: Rebuild) -> Worker {
        let pace = match database.backend() {
            // There is one writer: more hands would only wait for it.
            DbBackend::Sqlite => Pace {
                claims: 1,
                ..Pace::default()
            },
            _ => Pace::default(),
        };
        Worker {
            database,
            presence,
            fences,
            rebuild,
            pace,
        }
    }

    /// The same at another pace.
    #[must_use]
    pub fn at(mut self, pace: Pace) -> Worker {
        self.pace = pace;
        self
    }

    /// Works until the token is cancelled; what was begun is finished first.
    pub async fn run(&self, stop: CancellationToken) {
        let mut hands = JoinSet::new();
        for _ in 0..self.pace.claims {
            hands.spawn(self.clone().work_on(Class::Sound, stop.clone()));
        }
        hands.spawn(self.clone().work_on(Class::Suspect, stop));
        hands.join_all().await;
    }

    async fn work_on(self, class: Class, stop: CancellationToken) {
        let mut hints = self.presence.listen(Topic::Tracks);
        let mut round = Round::default();
        while !stop.is_cancelled() {
            let pause = match self.step(class, &mut round).await {
                Ok(0) => POLL,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(%error, "the worker cannot use the database");
                    AWAY
                }
            };
            // Hints are about new check-ins: what failed before waits for its time.
            let _ = match class {
                Class::Sound if pause == POLL => stop.run_until_cancelled(hints.wait(pause)).await,
                _ => stop.run_until_cancelled(tokio::time::sleep(pause)).await,
            };
        }
    }

    /// Works until no track is due: for imports, the demo and tests. Tracks that were set aside are
    /// not waited for.
    pub async fn drain(&self) -> Result<(), DbErr> {
        let mut round = Round::default();
        loop {
            let sound = self.step(Class::Sound, &mut round).await?;
            if sound + self.step(Class::Suspect, &mut round).await? > 0 {
                continue;
            }
            if pending(&self.database).await? == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Claims and works; tells how many tracks there were.
    async fn step(&self, class: Class, round: &mut Round) -> Result<usize, DbErr> {
        let most = match class {
            Class::Sound => self.pace.tracks,
            Class::Suspect => 1,
        };
        let claim = claim(&self.database, class, most, self.pace.lease, round).await?;
        let count = claim.tracks.len();
        if count > 0 {
            metrics::counter!("fieldhub_worker_claims_total").increment(1);
            self.work(claim).await?;
        }
        Ok(count)
    }
}
