//! The derivation's state between two check-ins of a rep, from which a later one goes on.

use sea_orm::entity::prelude::*;

use crate::id::UserId;
use crate::relation::belongs_to;

/// One checkpoint. Nobody reads this table through the API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "track_checkpoint")]
pub struct Model {
    /// Whose track.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rep_id: UserId,
    /// It belongs before the first check-in at or after this time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: DateTimeUtc,
    /// The state, as JSON text, to be compared byte for byte.
    pub state: String,
}

belongs_to! {
    Rep(RepId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}
