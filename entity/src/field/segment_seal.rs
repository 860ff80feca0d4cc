//! A month whose check-ins were purged: no check-in of that month is taken any more.

use sea_orm::entity::prelude::*;

use crate::relation::belongs_to;

/// One sealed month. Nobody reads this table through the API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "segment_seal")]
pub struct Model {
    /// The first day of the month, in UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    /// When it was purged.
    pub sealed_at: DateTimeUtc,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}
