//! A visit that somebody intends.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{CustomerId, PlannedVisitId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One planned visit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "planned_visit")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlannedVisitId,
    /// Who shall go.
    pub rep_id: UserId,
    /// Where to.
    pub customer_id: CustomerId,
    /// On which day, in the company's time zone.
    pub day: Date,
    /// What for.
    pub note: Option<String>,
    /// Who planned it.
    pub created_by: UserId,
    /// When it was planned.
    pub created_at: DateTimeUtc,
    /// Since when it is off.
    pub cancelled_at: Option<DateTimeUtc>,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Customer(CustomerId) => crate::customers::customer;
    CreatedBy(CreatedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
