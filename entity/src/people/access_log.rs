//! Looks at other people's positions and tracks, one row per viewer, subject, purpose and hour.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{AccessLogId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One or more looks within an hour.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_log")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessLogId,
    /// Who looked.
    pub viewer_id: UserId,
    /// Whom they looked at.
    pub subject_id: UserId,
    /// Why, as the viewer or the operation says.
    pub purpose: String,
    /// The beginning of the hour of the look.
    pub hour: DateTimeUtc,
    /// The first look in that hour.
    pub first_at: DateTimeUtc,
}

belongs_to! {
    Viewer(ViewerId) => crate::people::user;
    Subject(SubjectId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The looks at the viewer: not even a manager reads who looked at their members. An
    /// administrator reads all.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.viewer(Column::SubjectId))
    }
}
