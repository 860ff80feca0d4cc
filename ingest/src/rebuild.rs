//! Fills the live state from the database: at the start, after it was emptied, and after facts
//! could not be published.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entity::Database;
use entity::id::UserId;
use presence::{Facts, Presence};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the live state is asked whether it is whole.
const POLL: Duration = Duration::from_secs(1);
/// The tracks read at once.
const PAGE: usize = 1_000;

/// Keeps the live state whole. A clone is a handle on the same.
#[derive(Clone, Debug)]
pub struct Rebuild {
    database: Database,
    presence: Presence,
    /// Something in the database may not have reached the live state.
    is_behind: Arc<AtomicBool>,
}

/// Why the live state could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The database could not be read.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The live state could not be written.
    #[error(transparent)]
    Presence(#[from] presence::Error),
}

impl Rebuild {
    /// Begins with a live state that is taken for incomplete.
    pub fn new(database: Database, presence: Presence) -> Rebuild {
        Rebuild {
            database,
            presence,
            is_behind: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Notes that facts did not reach the live state.
    pub(crate) fn note_loss(&self) {
        self.is_behind.store(true, Ordering::Relaxed);
    }

    /// Rebuilds whenever it is needed, until the token is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        let mut was_well = true;
        while !stop.is_cancelled() {
            let outcome = stop.run_until_cancelled(self.ensure()).await;
            match outcome {
                Some(Err(error)) if std::mem::take(&mut was_well) => {
                    tracing::warn!(%error, "the live state cannot be kept up to date");
                }
                Some(Ok(())) => was_well = true,
                _ => {}
            }
            let _ = stop.run_until_cancelled(tokio::time::sleep(POLL)).await;
        }
    }

    /// Fills the live state if it is not whole.
    pub async fn ensure(&self) -> Result<(), RebuildError> {
        let emptied = self.presence.needs_rebuild().await?;
        let is_behind = self.is_behind.swap(false, Ordering::Relaxed);
        if emptied.is_none() && !is_behind {
            return Ok(());
        }
        let outcome = self.fill().await;
        match &outcome {
            Ok(tracks) => tracing::info!(tracks, "the live state was filled from the database"),
            Err(_) => self.note_loss(),
        }
        outcome?;
        if let Some(epoch) = emptied {
            self.presence.mark_rebuilt(&epoch).await?;
        }
        Ok(())
    }

    async fn fill(&self) -> Result<usize, RebuildError> {
        let mut tracks = 0;
        let mut after = UserId::from(Uuid::nil());
        loop {
            let page = self.page(after).await?;
            let Some((last, _)) = page.last() else {
                return Ok(tracks);
            };
            after = *last;
            let facts: Vec<Facts> = page
                .into_iter()
                .filter_map(|(_, live)| serde_json::from_value(live).ok())
                .collect();
            tracks += facts.len();
            self.presence.put(&facts).await?;
        }
    }

    async fn page(&self, after: UserId) -> Result<Vec<(UserId, serde_json::Value)>, DbErr> {
        let statement = Statement::from_sql_and_values(
            self.database.backend(),
            format!(
                "SELECT rep_id, live FROM track WHERE rep_id > $1 AND live IS NOT NULL
                ORDER BY rep_id LIMIT {PAGE}"
            ),
            [after.into()],
        );
        let rows = self.database.read.query_all_raw(statement).await?;
        rows.iter()
            .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
            .collect()
    }
}
