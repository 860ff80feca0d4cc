//! The key with which a device's app encrypts what it sends.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{DeviceId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One key.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device_key")]
pub struct Model {
    /// The device.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: DeviceId,
    /// Whose it is.
    pub user_id: UserId,
    /// 1 to 32 bytes, as its owner wrote it into the app.
    pub passphrase: String,
    /// When it was set.
    pub set_at: DateTimeUtc,
}

impl std::fmt::Debug for Model {
    /// Never the passphrase.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("device_key::Model")
            .field("device_id", &self.device_id)
            .finish_non_exhaustive()
    }
}

belongs_to! {
    Device(DeviceId) => crate::people::device,
    User(UserId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's own; an administrator's reach is everyone's.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.viewer(Column::UserId))
    }
}
