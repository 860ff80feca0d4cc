//! A photo that a rep took for a check-in. The picture itself lies in the photo store, under
//! [`Model::key`]; no object is there without a row here, so that none is ever forgotten.
//!
//! There are no foreign keys, for the reason given at [`super::check_in`]: the receipt by which the
//! check-in is known is purged on its own.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use super::receipt;
use crate::id::{DeviceId, PhotoId, UserId};
use crate::scope::rows;
use crate::viewer::Scope;

/// One photo.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhotoId,
    /// Who took it.
    pub rep_id: UserId,
    /// With which device.
    pub device_id: DeviceId,
    /// The check-in it belongs to, by the id that the device chose.
    pub client_id: String,
    /// The photo's own id, as the device chose it.
    pub name: String,
    /// BLAKE3 of what came in, to notice another photo under the same name.
    pub digest: Vec<u8>,
    /// Pixels across, as stored.
    pub width: i32,
    /// Pixels down, as stored.
    pub height: i32,
    /// The stored picture's bytes.
    pub bytes: i32,
    /// When the hub received it.
    pub received_at: DateTimeUtc,
    /// Since when the picture is in the photo store; none while it is on its way there.
    pub stored_at: Option<DateTimeUtc>,
}

/// The to-one links of a row.
#[derive(Clone, Copy, Debug, EnumIter)]
pub enum Relation {
    /// The receipt of its check-in.
    Receipt,
}

impl RelationTrait for Relation {
    fn def(&self) -> RelationDef {
        match self {
            Self::Receipt => Entity::belongs_to(receipt::Entity)
                .from((Column::RepId, Column::DeviceId, Column::ClientId))
                .to((
                    receipt::Column::RepId,
                    receipt::Column::DeviceId,
                    receipt::Column::ClientId,
                ))
                .into(),
        }
    }
}

impl Related<receipt::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Receipt.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members. Only what is stored.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>()
            .filter(scope.reps(Column::RepId))
            .filter(Column::StoredAt.is_not_null())
    }
}

impl Model {
    /// Where the hub gives the picture, on its own host.
    pub fn url(&self) -> String {
        format!("/v1/photos/{}", self.id.global())
    }

    /// Where the picture lies in the photo store.
    pub fn key(&self) -> String {
        key(self.rep_id, self.id)
    }
}

/// Where the picture of a photo lies in the photo store: a rep's lie together.
pub fn key(rep: UserId, photo: PhotoId) -> String {
    format!("{rep}/{photo}.jpg")
}
