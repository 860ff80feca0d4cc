//! A stay of a rep at a customer, derived from check-ins.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, GeofenceId, PlannedVisitId, UserId, VisitId, VisitRuleId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// How a visit ended.
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
pub enum EndReason {
    /// The rep was seen outside.
    Exit,
    /// The rep said so.
    Departed,
    /// Nothing was heard for too long.
    Silence,
    /// The rep was at another customer.
    Superseded,
}

/// What opened a visit.
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
pub enum OpenedBy {
    /// The phone's trail stayed within the fence.
    Trail,
    /// The rep said so, within range.
    Arrive,
    /// The rep said so out of range, and a manager accepted it.
    Accepted,
    /// The rep said so at a customer without a fence.
    NoFence,
    /// A person corrected which customer it was.
    Correction,
}

/// One visit.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visit")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitId,
    /// Who was there.
    pub rep_id: UserId,
    /// Where.
    pub customer_id: CustomerId,
    /// The fence it opened with.
    pub geofence_id: Option<GeofenceId>,
    /// The version of that fence.
    pub geofence_version: Option<i32>,
    /// The rule it opened with; none means the built-in one.
    pub visit_rule_id: Option<VisitRuleId>,
    /// The plan it fulfils.
    pub planned_visit_id: Option<PlannedVisitId>,
    /// The first evidence of the stay.
    pub arrived_at: DateTimeUtc,
    /// The last evidence of the stay, once it has ended.
    pub left_at: Option<DateTimeUtc>,
    /// How it ended; none while it is open.
    pub end_reason: Option<EndReason>,
    /// What opened it.
    pub opened_by: OpenedBy,
    /// How certain it is, from 0 to 1.
    pub confidence: f64,
    /// Counts the changes, from 1.
    pub revision: i32,
    /// Why it was last amended or withdrawn.
    pub reason: Option<String>,
    /// What it was derived from.
    pub evidence: Json,
    /// Since when it is known not to have happened; it is kept to say so.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// When it was first derived.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Customer(CustomerId) => crate::customers::customer,
    Geofence(GeofenceId) => crate::field::geofence,
    VisitRule(VisitRuleId) => crate::field::visit_rule,
    PlannedVisit(PlannedVisitId) => crate::field::planned_visit
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members. Withdrawn ones are among them.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
