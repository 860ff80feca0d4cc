//! Which device of a rep tracks, from when on.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{DeviceId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One choice of a tracking device.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tracking_device")]
pub struct Model {
    /// The rep.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// From when on; until the next row of the rep.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: DateTimeUtc,
    /// The device whose trail takes part in visits.
    pub device_id: DeviceId,
}

belongs_to! {
    User(UserId) => crate::people::user,
    Device(DeviceId) => crate::people::device
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::UserId))
    }
}
