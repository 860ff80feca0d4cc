//! How far the worker is behind, for those who watch.

use chrono::{DateTime, Utc};
use entity::Database;
use entity::field::{track, track_dirty};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

/// What waits for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Since when the oldest change of a track waits; none if nothing does.
    pub oldest: Option<DateTime<Utc>>,
    /// Tracks that were set aside after too many failures.
    pub set_aside: u64,
}

impl Backlog {
    /// What waits now.
    pub async fn read(database: &Database) -> Result<Backlog, DbErr> {
        let aside = Query::select()
            .column(track::Column::RepId)
            .from(track::Entity)
            .and_where(track::Column::SetAsideAt.is_not_null())
            .take();
        #[expect(clippy::disallowed_methods, reason = "counts the work, of whomever")]
        let oldest = track_dirty::Entity::find()
            .select_only()
            .column_as(track_dirty::Column::QueuedAt.min(), "oldest")
            .filter(track_dirty::Column::RepId.not_in_subquery(aside))
            .into_tuple::<Option<DateTime<Utc>>>()
            .one(&database.read)
            .await?;
        #[expect(clippy::disallowed_methods, reason = "counts the work, of whomever")]
        let set_aside = track::Entity::find().filter(track::Column::SetAsideAt.is_not_null());
        Ok(Backlog {
            oldest: oldest.flatten(),
            set_aside: set_aside.count(&database.read).await?,
        })
    }
}
