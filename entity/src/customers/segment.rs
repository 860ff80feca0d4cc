//! A class of customers, such as pharmacies: it chooses the visit rule.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::SegmentId;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "segment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SegmentId,
    /// What people call it, unique.
    pub name: String,
}

belongs_to! {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Everyone who signed in.
    pub fn visible_to(_scope: &Scope) -> Select<Self> {
        rows::<Self>()
    }
}
