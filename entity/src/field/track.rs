//! The state of work on one rep's check-ins, and the newest presence derived from them.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::UserId;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One track.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "track")]
pub struct Model {
    /// Whose track it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rep_id: UserId,
    /// Rises with each save; a lower one is never published over a higher.
    pub revision: i64,
    /// The worker that has it now.
    pub claim_token: Option<Uuid>,
    /// When that claim ends by itself, by the database's clock.
    pub claimed_until: Option<DateTimeUtc>,
    /// Claims since the last save.
    pub tries: i16,
    /// When a try last failed.
    pub failed_at: Option<DateTimeUtc>,
    /// Since when it is set aside after too many tries.
    pub set_aside_at: Option<DateTimeUtc>,
    /// When a track that was set aside is tried again.
    pub retry_at: Option<DateTimeUtc>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it must be looked at even without a new check-in.
    pub due_at: Option<DateTimeUtc>,
    /// The newest facts of the rep's presence, of this revision.
    pub live: Option<Json>,
    /// The state, and the customer, that was last compared with a new one.
    pub told: Option<Json>,
}

belongs_to! {
    Rep(RepId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
