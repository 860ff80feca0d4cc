//! Who should learn a course, by when.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{CourseId, EnrolmentId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One enrolment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enrolment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnrolmentId,
    /// The course.
    pub course_id: CourseId,
    /// Who should learn it.
    pub user_id: UserId,
    /// By when.
    pub due_at: Option<DateTimeUtc>,
    /// Who decided it; none if it was imported.
    pub enrolled_by: Option<UserId>,
    /// When it was decided.
    pub enrolled_at: DateTimeUtc,
    /// Since when it is off.
    pub cancelled_at: Option<DateTimeUtc>,
}

belongs_to! {
    Course(CourseId) => crate::learning::course,
    User(UserId) => crate::people::user;
    EnrolledBy(EnrolledBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::UserId))
    }
}
