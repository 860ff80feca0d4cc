//! A check-in that was not believed: kept as it came, with the reason, for a person to decide.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, QuarantineId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What was decided on a quarantined check-in.
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
pub enum Resolution {
    /// Nothing yet.
    Held,
    /// It was accepted after all.
    Released,
    /// It stays out.
    Discarded,
}

/// One quarantined check-in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quarantine")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuarantineId,
    /// Who sent it.
    pub rep_id: UserId,
    /// From which device.
    pub device_id: DeviceId,
    /// The point's id, as the device chose it.
    pub client_id: String,
    /// The point, byte for byte.
    pub raw: Vec<u8>,
    /// The code of the reason.
    pub reason: String,
    /// The reason, for people.
    pub message: String,
    /// When the hub received it.
    pub received_at: DateTimeUtc,
    /// What was decided.
    pub resolution: Resolution,
    /// When.
    pub resolved_at: Option<DateTimeUtc>,
    /// By whom; none if a repeat of the point passed.
    pub resolved_by: Option<UserId>,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Device(DeviceId) => crate::people::device;
    ResolvedBy(ResolvedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
