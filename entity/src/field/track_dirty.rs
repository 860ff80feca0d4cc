//! A note that something of a rep's track changed, from a time on: the worker's queue.
//!
//! There is no foreign key, for the reason given at [`super::check_in`].

use sea_orm::entity::prelude::*;

use crate::id::UserId;
use crate::relation::belongs_to;

/// One note. Nobody reads this table through the API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "track_dirty")]
pub struct Model {
    /// Counts up; the worker deletes exactly the rows it read.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose track.
    pub rep_id: UserId,
    /// The earliest recorded-at that is touched.
    pub earliest: DateTimeUtc,
    /// The latest recorded-at that is touched; none if everything from the earliest on is.
    pub latest: Option<DateTimeUtc>,
    /// When it was noted.
    pub queued_at: DateTimeUtc,
}

belongs_to! {
    Rep(RepId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}
