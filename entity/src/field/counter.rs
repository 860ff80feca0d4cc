//! Numbers that count up: `fences` at each change of a fence, `changes` at each change of a visit.

use sea_orm::entity::prelude::*;

use crate::relation::belongs_to;

/// One counter. Nobody reads this table through the API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "counter")]
pub struct Model {
    /// What is counted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The number last given.
    pub value: i64,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}

/// The counter that rises with every change of a geofence.
pub const FENCES: &str = "fences";
/// The counter from which [`super::change`] takes its sequence.
pub const CHANGES: &str = "changes";
