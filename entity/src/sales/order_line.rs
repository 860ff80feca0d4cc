//! A line of an order.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::decimal::Exact;
use crate::id::{OrderId, OrderLineId};
use crate::relation::belongs_to;
use crate::sales::order;
use crate::scope::rows;
use crate::viewer::Scope;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderLineId,
    /// The order it belongs to.
    pub order_id: OrderId,
    /// Its place in the order, from 1.
    pub position: i32,
    /// What was ordered.
    pub product: String,
    /// How many.
    pub quantity: Exact,
    /// The price of one, in minor units of the order's currency.
    pub unit_price_minor: i64,
    /// The line's total, in minor units of the order's currency.
    pub total_minor: i64,
}

belongs_to! {
    Order(OrderId) => crate::sales::order
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the orders the viewer may see.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.within(
            Column::OrderId,
            order::Entity::visible_to(scope),
            order::Column::Id,
        ))
    }
}
