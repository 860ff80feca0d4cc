//! An order of a customer.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, OrderId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// Whether an order stands.
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
    /// It stands and counts.
    Placed,
    /// It no longer counts.
    Cancelled,
}

/// One order. The table is `sales_order`, because `order` is a word of SQL.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sales_order")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    /// Its number in the company's books, unique.
    pub number: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// Whose sale it is.
    pub rep_id: UserId,
    /// When it was placed.
    pub placed_at: DateTimeUtc,
    /// Its total in minor units of the currency, such as cents.
    pub total_minor: i64,
    /// The currency, ISO 4217.
    pub currency: String,
    /// Whether it stands.
    pub status: Status,
    /// What the rep wrote about it.
    pub note: Option<String>,
    /// When it was entered.
    pub created_at: DateTimeUtc,
}

belongs_to! {
    Customer(CustomerId) => crate::customers::customer,
    Rep(RepId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's own, at customers the viewer may see; for a manager also those of their
    /// members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>()
            .filter(scope.reps(Column::RepId))
            .filter(scope.customers(Column::CustomerId))
    }
}
