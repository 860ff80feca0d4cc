//! Who did a course, with the result.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::decimal::Exact;
use crate::id::{CourseId, EnrolmentId, TrainingRecordId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// Whether a course was passed.
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
pub enum Outcome {
    /// It was.
    Passed,
    /// It was not.
    Failed,
}

/// One training record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "training_record")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TrainingRecordId,
    /// The course.
    pub course_id: CourseId,
    /// Who did it.
    pub user_id: UserId,
    /// The enrolment it fulfils.
    pub enrolment_id: Option<EnrolmentId>,
    /// When it was done.
    pub completed_at: DateTimeUtc,
    /// The score, in the course's own points.
    pub score: Option<Exact>,
    /// Whether it was passed.
    pub result: Outcome,
    /// The certificate's number.
    pub certificate: Option<String>,
    /// Until when a pass holds; none means for ever.
    pub expires_at: Option<DateTimeUtc>,
    /// Who entered it; none if it was imported.
    pub recorded_by: Option<UserId>,
}

belongs_to! {
    Course(CourseId) => crate::learning::course,
    User(UserId) => crate::people::user,
    Enrolment(EnrolmentId) => crate::learning::enrolment;
    RecordedBy(RecordedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::UserId))
    }
}
