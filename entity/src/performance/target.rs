//! A number to reach in a period: of a rep or of a team.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Select};

use crate::decimal::Exact;
use crate::id::{TargetId, TeamId, UserId};
use crate::performance::{Metric, PeriodKind};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One target.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "target")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TargetId,
    /// What is measured.
    pub metric: Metric,
    /// How long the period is.
    pub period_kind: PeriodKind,
    /// Its first day, in the company's time zone.
    pub period_start: Date,
    /// The rep; either a rep or a team.
    pub user_id: Option<UserId>,
    /// The team; either a rep or a team.
    pub team_id: Option<TeamId>,
    /// The number to reach; of money in whole units of the company's currency.
    pub value: Exact,
    /// Who set it.
    pub created_by: UserId,
    /// When it was set.
    pub created_at: DateTimeUtc,
}

belongs_to! {
    User(UserId) => crate::people::user,
    Team(TeamId) => crate::people::team;
    CreatedBy(CreatedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members and of their teams.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(
            Condition::any()
                .add(scope.reps(Column::UserId))
                .add(scope.managed_teams(Column::TeamId)),
        )
    }
}
