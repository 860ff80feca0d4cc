//! A team: a node of the tree by which visibility is granted.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{TeamId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One team.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    /// The team directly above; none for a root.
    pub parent_id: Option<TeamId>,
    /// What people call it.
    pub name: String,
    /// Who manages it, and with it all teams below.
    pub manager_id: Option<UserId>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Since when it takes no new members.
    pub archived_at: Option<DateTimeUtc>,
    /// Since when its members see each other's positions on their phones; none means they do not.
    pub presence_shared_at: Option<DateTimeUtc>,
}

belongs_to! {
    Manager(ManagerId) => crate::people::user;
    Parent(ParentId) => crate::people::team
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's own team and those above it; for a manager also their teams and all below.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.teams(Column::Id))
    }
}
