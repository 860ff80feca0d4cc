//! The weekly hours in which positions are kept: of a user, of a team, or of the company.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Select};

use crate::id::{TeamId, UserId, WorkingHoursId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One version of somebody's working hours.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "working_hours")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkingHoursId,
    /// The user they hold for.
    pub user_id: Option<UserId>,
    /// The team they hold for; neither user nor team means the whole company.
    pub team_id: Option<TeamId>,
    /// From when on; until the next version for the same user, team or company.
    pub valid_from: DateTimeUtc,
    /// The spans of a week in the company's time zone, such as
    /// `[{"day":1,"from":"09:00","to":"18:00"}]` with Monday as day 1.
    pub weekly: Json,
}

belongs_to! {
    User(UserId) => crate::people::user,
    Team(TeamId) => crate::people::team
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the company, of the viewer and of the viewer's team and the teams above; for a
    /// manager also those of their members and teams.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(
            Condition::any()
                .add(
                    Condition::all()
                        .add(Column::UserId.is_null())
                        .add(Column::TeamId.is_null()),
                )
                .add(scope.reps(Column::UserId))
                .add(scope.teams(Column::TeamId)),
        )
    }
}
