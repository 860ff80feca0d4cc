//! What the hub answered to one point of one device: the memory of every client id.
//!
//! There are no foreign keys, for the reason given at [`super::check_in`].

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{CheckInId, DeviceId, QuarantineId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What became of a point.
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
pub enum Status {
    /// It was stored.
    Accepted,
    /// It was already stored.
    Duplicate,
    /// It was kept aside, with a reason.
    Quarantined,
    /// It was not kept, because the rep was off duty or had paused.
    Ignored,
}

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    /// Who sent it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rep_id: UserId,
    /// From which device.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: DeviceId,
    /// The point's id, as the device chose it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    /// What became of it.
    pub status: Status,
    /// The code of the reason, unless it was accepted.
    pub reason: Option<String>,
    /// A digest of the point's content, to notice another point under the same client id.
    pub fix_digest: Option<i64>,
    /// The check-in it became, or whose duplicate it is.
    pub check_in_id: Option<CheckInId>,
    /// When that check-in was recorded; with the rep it finds the row.
    pub recorded_at: Option<DateTimeUtc>,
    /// Where it is kept aside.
    pub quarantine_id: Option<QuarantineId>,
    /// When the hub received it.
    pub received_at: DateTimeUtc,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Device(DeviceId) => crate::people::device
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
