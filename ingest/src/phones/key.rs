//! The key with which a device's app encrypts.

use entity::Database;
use entity::id::DeviceId;
use entity::people::device_key;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, DbErr, QueryFilter};

/// The passphrase, if the device's app encrypts.
pub(super) async fn passphrase(
    database: &Database,
    device: Option<DeviceId>,
) -> Result<Option<String>, DbErr> {
    let Some(device) = device else {
        return Ok(None);
    };
    let found = device_key::Entity::visible_to(&Scope::All)
        .filter(device_key::Column::DeviceId.eq(device))
        .one(&database.read)
        .await?;
    Ok(found.map(|key| key.passphrase))
}
