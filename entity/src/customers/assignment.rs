//! Who looks after a customer, how often, from when to when: a rep or a whole team.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{AssignmentId, CustomerId, TeamId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One assignment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    /// The customer.
    pub customer_id: CustomerId,
    /// The rep; either a rep or a team.
    pub user_id: Option<UserId>,
    /// The team; either a rep or a team.
    pub team_id: Option<TeamId>,
    /// At the latest how many days after a visit the next one is due; none means no set
    /// frequency.
    pub due_every_days: Option<i32>,
    /// From when on.
    pub valid_from: DateTimeUtc,
    /// Until when, exclusive; none means it still holds.
    pub valid_to: Option<DateTimeUtc>,
    /// Who decided it; none if it was imported.
    pub assigned_by: Option<UserId>,
}

belongs_to! {
    Customer(CustomerId) => crate::customers::customer,
    User(UserId) => crate::people::user,
    Team(TeamId) => crate::people::team;
    AssignedBy(AssignedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the customers the viewer may see.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.customers(Column::CustomerId))
    }
}
