//! A word of a rep that starts, pauses or ends their duty, taken from their check-ins.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What changes a rep's duty.
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
pub enum Kind {
    /// A shift begins.
    ShiftStart,
    /// The shift ends.
    ShiftEnd,
    /// Tracking is paused.
    Pause,
    /// Tracking goes on.
    Resume,
    /// An arrival by button counts as duty outside hours.
    Arrive,
    /// A departure by button counts as duty outside hours.
    Depart,
}

/// One duty event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_event")]
pub struct Model {
    /// The rep.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// When it was said, by the phone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recorded_at: DateTimeUtc,
    /// What was said.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
}

belongs_to! {
    User(UserId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::UserId))
    }
}
