//! The company that this deployment serves: one row.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// The settings that belong to the company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// What the company calls itself.
    pub name: String,
    /// The IANA time zone in which days and periods are cut, such as `Asia/Shanghai`.
    pub time_zone: String,
    /// The first day of a week, from 1 (Monday) to 7 (Sunday).
    pub week_start: i16,
    /// The currency of new orders, ISO 4217.
    pub currency: String,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Everyone who signed in.
    pub fn visible_to(_scope: &Scope) -> Select<Self> {
        rows::<Self>()
    }
}
