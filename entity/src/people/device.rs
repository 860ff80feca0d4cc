//! A phone or a browser of one user, with its own credential.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What kind of device it is.
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
    /// An installed app with a credential of its own.
    App,
    /// The one browser device of a user, without a credential.
    Browser,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeviceId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The system it runs, such as `android 15`.
    pub platform: String,
    /// An enrolled app, or the browser that the user signed in with.
    pub kind: Kind,
    /// The hash of its credential; the credential itself is shown once.
    pub token_hash: Option<Vec<u8>>,
    /// When it was added.
    pub enrolled_at: DateTimeUtc,
    /// Since when its credential is refused; what it recorded before is still taken.
    pub revoked_at: Option<DateTimeUtc>,
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
