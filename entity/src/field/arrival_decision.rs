//! A manager's decision on an arrival that was out of range.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{ArrivalDecisionId, CheckInId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// Whether an arrival out of range counts.
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
pub enum Decision {
    /// It opens a visit.
    Accepted,
    /// It does not.
    Refused,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "arrival_decision")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ArrivalDecisionId,
    /// Whose arrival.
    pub rep_id: UserId,
    /// The `ARRIVE`.
    pub check_in_id: CheckInId,
    /// When that was recorded; with the rep it finds the row.
    pub recorded_at: DateTimeUtc,
    /// Whether it counts.
    pub decision: Decision,
    /// Why.
    pub reason: Option<String>,
    /// Who decided.
    pub decided_by: UserId,
    /// When; the newest decision wins.
    pub decided_at: DateTimeUtc,
}

belongs_to! {
    Rep(RepId) => crate::people::user;
    DecidedBy(DecidedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those on the viewer's arrivals; for a manager also on those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
