//! A set of weighted metrics that makes one score.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::ScorecardId;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One scorecard.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scorecard")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ScorecardId,
    /// What people call it, unique.
    pub name: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Since when it is no longer used.
    pub archived_at: Option<DateTimeUtc>,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Everyone who signed in.
    pub fn visible_to(_scope: &Scope) -> Select<Self> {
        rows::<Self>()
    }
}
