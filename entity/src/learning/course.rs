//! Something that can be learnt.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::CourseId;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "course")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CourseId,
    /// Its short name, unique.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// What it teaches.
    pub description: Option<String>,
    /// After how many days a pass expires; none means never.
    pub valid_for_days: Option<i32>,
    /// The score from which it is passed; none if it has no score.
    pub pass_score: Option<i32>,
    /// When it was added.
    pub created_at: DateTimeUtc,
    /// Since when nobody is enrolled any more.
    pub archived_at: Option<DateTimeUtc>,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Everyone who signed in.
    pub fn visible_to(_scope: &Scope) -> Select<Self> {
        rows::<Self>()
    }
}
