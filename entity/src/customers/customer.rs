//! A customer: a shop, clinic or firm that reps visit.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, SegmentId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// How far the business with a customer has come.
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
    /// Not yet a customer.
    Prospect,
    /// Buys.
    Active,
    /// No longer in business, or no longer with us.
    Closed,
}

/// One customer.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerId,
    /// The number by which the company's other systems know it, unique.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its class.
    pub segment_id: Option<SegmentId>,
    /// Street and house number.
    pub address: Option<String>,
    /// Town or city.
    pub city: Option<String>,
    /// Where it is, in degrees of WGS-84; both coordinates or neither.
    pub latitude: Option<f64>,
    /// Where it is, in degrees of WGS-84.
    pub longitude: Option<f64>,
    /// How far the business with it has come.
    pub status: Status,
    /// When it placed its first order.
    pub became_customer_at: Option<DateTimeUtc>,
    /// When it was added.
    pub created_at: DateTimeUtc,
    /// Since when it is hidden from lists.
    pub archived_at: Option<DateTimeUtc>,
}

belongs_to! {
    Segment(SegmentId) => crate::customers::segment
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those assigned to the viewer, to the viewer's team or to a team above it, and those the
    /// viewer has visited; for a manager also those assigned to or visited by a member of their
    /// teams.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.customers(Column::Id))
    }
}
