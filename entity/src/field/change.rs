//! The feed of what happened to visits.
//!
//! The sequence is taken from [`super::counter::CHANGES`] as the last statement of the visit's
//! transaction, so that its order is the order of commits and a reader who has seen one has seen all
//! before it.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{UserId, VisitId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What happened to a visit.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    DeriveActiveEnum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "Text",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// It was seen for the first time.
    Opened,
    /// Later knowledge changed it.
    Amended,
    /// It ended.
    Closed,
    /// Later knowledge says that it did not happen.
    Withdrawn,
}

/// One change of one visit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// The place in the feed, from 1, without gaps among committed rows.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Whose visit.
    pub rep_id: UserId,
    /// Which visit.
    pub visit_id: VisitId,
    /// What happened to it.
    pub kind: Kind,
    /// The visit's revision after that.
    pub revision: i32,
    /// Why it was amended or withdrawn.
    pub reason: Option<String>,
    /// When it was written.
    pub at: DateTimeUtc,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Visit(VisitId) => crate::field::visit
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the viewer's visits; for a manager also those of their members' visits.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
