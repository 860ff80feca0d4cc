//! Reading orders.

use async_graphql::{Context, InputObject, Object};
use entity::sales::{order, order_line};
use sea_orm::{Condition, QueryFilter};

use super::types::{Order, OrderStatus};
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering, IdFilter, InstantFilter, StringFilter, any_of, ids};
use crate::page::{Connection, Page};
use crate::{guard, order_by, relation_filter};

order_by! {
    /// How orders are ordered; the newest first when not given.
    OrderOrder of order, by default PlacedAt Desc {
        /// By the time they were placed.
        PlacedAt,
        /// By number.
        Number,
        /// By total, whatever the currency.
        TotalMinor,
    }
}

order_by! {
    /// How the lines of an order are ordered; as they were written when not given.
    OrderLineOrder of order_line, by default Position Asc {
        /// By their place in the order.
        Position,
    }
}

/// Which orders.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OrderFilter {
    /// By number.
    pub number: Option<StringFilter>,
    /// By customer.
    pub customer_id: Option<IdFilter>,
    /// By whose sale it is.
    pub rep_id: Option<IdFilter>,
    /// By the time they were placed.
    pub placed_at: Option<InstantFilter>,
    /// By status.
    pub status: Option<Vec<OrderStatus>>,
}

impl Filter for OrderFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use order::Column;
        let mut condition = Condition::all();
        if let Some(number) = &self.number {
            condition = condition.add(number.condition(at, Column::Number)?);
        }
        if let Some(customer) = &self.customer_id {
            let column = Column::CustomerId;
            condition = condition.add(customer.condition(at, column, ids::CUSTOMERS)?);
        }
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, Column::RepId, ids::USERS)?);
        }
        if let Some(placed_at) = &self.placed_at {
            condition = condition.add(placed_at.condition(Column::PlacedAt));
        }
        if let Some(status) = &self.status {
            condition = condition.add(any_of(status, Column::Status)?);
        }
        Ok(condition)
    }
}

relation_filter! {
    /// Through orders.
    OrderRelation of OrderFilter
}

/// Reading orders.
#[derive(Default)]
pub struct SalesQuery;

#[Object]
impl SalesQuery {
    /// The orders in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<OrderFilter>,
        order_by: Option<OrderOrder>,
    ) -> Result<Connection<Order>> {
        let rows =
            order::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }
}
