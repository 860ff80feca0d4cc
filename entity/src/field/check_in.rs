//! An accepted check-in, in the position and at the time that the phone reported.
//!
//! The primary key is the fix itself: two rows that agree in it are the same check-in. Absent parts
//! are stored as empty values instead of NULL, so that the key holds for them too. There are no
//! foreign keys: at thousands of rows a second each would cost a lookup and a lock on the user's row,
//! and all of them were proved when the request was let in.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::CustomerId;
use crate::id::{CheckInId, DeviceId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What a check-in says.
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
    /// Where the phone is, by itself.
    Trail,
    /// The rep says that they have arrived at a customer.
    Arrive,
    /// The rep says that they leave a customer.
    Depart,
    /// The phone is alive; no position.
    Heartbeat,
    /// A shift begins.
    ShiftStart,
    /// The shift ends.
    ShiftEnd,
    /// Tracking is paused.
    Pause,
    /// Tracking goes on.
    Resume,
}

/// How an arrival by button stood to the customer's fences.
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
    /// Inside one of them, or near enough.
    InRange,
    /// Outside all of them.
    OutOfRange,
    /// The customer had none.
    NoFence,
    /// Not yet judged.
    Undecided,
}

/// One check-in.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "check_in")]
pub struct Model {
    /// Who was there.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rep_id: UserId,
    /// When, by the phone's clock.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recorded_at: DateTimeUtc,
    /// Which device said so.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: DeviceId,
    /// What it says.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    /// The customer named by the rep, as a bare UUID; nil if none was. See
    /// [`Model::customer_id`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_key: Uuid,
    /// Millionths of a degree of WGS-84, or [`NO_POSITION`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub latitude_e6: i32,
    /// Millionths of a degree of WGS-84, or [`NO_POSITION`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub longitude_e6: i32,
    /// Its id.
    pub id: CheckInId,
    /// When the hub received it.
    pub received_at: DateTimeUtc,
    /// The radius in metres within which the phone is with 68 % certainty.
    pub accuracy_m: Option<f64>,
    /// Metres above the ellipsoid.
    pub altitude_m: Option<f64>,
    /// Metres a second.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north.
    pub heading_deg: Option<f64>,
    /// The battery's charge, from 0 to 100.
    pub battery_pct: Option<i16>,
    /// Whether the phone says that the position was set by an app.
    pub is_mock: bool,
    /// What the rep wrote.
    pub note: Option<String>,
    /// How an `ARRIVE` stood to the customer's fences; written by the worker.
    pub outcome: Option<Outcome>,
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

/// Stands in both coordinates of a check-in that has no position.
pub const NO_POSITION: i32 = i32::MIN;

impl Model {
    /// The customer that the rep named.
    pub fn customer_id(&self) -> Option<CustomerId> {
        (!self.customer_key.is_nil()).then(|| self.customer_key.into())
    }
}
