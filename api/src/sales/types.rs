//! Orders as clients see them.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::customers::customer;
use entity::people::user;
use entity::sales::{order, order_line};

use super::query::OrderLineOrder;
use crate::context::Request;
use crate::customers::Customer;
use crate::error::Result;
use crate::loader;
use crate::page::{Connection, Page};
use crate::people::User;
use crate::scalar::{Decimal, main_unit};

/// Whether an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "order::Status")]
pub enum OrderStatus {
    /// It stands and counts.
    Placed,
    /// It no longer counts.
    Cancelled,
}

impl From<OrderStatus> for sea_orm::Value {
    fn from(status: OrderStatus) -> Self {
        order::Status::from(status).into()
    }
}

/// An order of a customer.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Order {
    /// Its id.
    pub id: ID,
    /// Its number in the company's books, unique.
    pub number: String,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// What it comes to, in its currency.
    pub total: Decimal,
    /// The currency of all its amounts, ISO 4217.
    pub currency: String,
    /// Whether it stands.
    pub status: OrderStatus,
    /// What the rep wrote about it.
    pub note: Option<String>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: order::Model,
}

impl From<order::Model> for Order {
    fn from(row: order::Model) -> Self {
        Self {
            id: row.id.global().into(),
            number: row.number.clone(),
            placed_at: row.placed_at,
            total: main_unit(row.total_minor, &row.currency),
            currency: row.currency.clone(),
            status: row.status.into(),
            note: row.note.clone(),
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Order {
    /// Who ordered.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(
            ctx,
            customer::Entity::visible_to,
            Some(self.row.customer_id),
        )
        .await
    }

    /// Whose sale it is.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }

    /// What was ordered, in the order's own order.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<OrderLineOrder>,
    ) -> Result<Connection<OrderLine>> {
        let rows = order_line::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, order_line::Column::OrderId, self.row.id)
            .await
    }
}

/// A line of an order.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct OrderLine {
    /// Its id.
    pub id: ID,
    /// Its place in the order, from 1.
    pub position: i32,
    /// What was ordered.
    pub product: String,
    /// How many.
    pub quantity: Decimal,
    #[graphql(skip)]
    pub(crate) row: order_line::Model,
}

impl From<order_line::Model> for OrderLine {
    fn from(row: order_line::Model) -> Self {
        Self {
            id: row.id.global().into(),
            position: row.position,
            product: row.product.clone(),
            quantity: Decimal(row.quantity.into()),
            row,
        }
    }
}

#[ComplexObject]
impl OrderLine {
    /// The price of one, in the order's currency.
    async fn unit_price(&self, ctx: &Context<'_>) -> Option<Result<Decimal>> {
        self.money(ctx, self.row.unit_price_minor).await
    }

    /// What the line comes to, in the order's currency.
    async fn total(&self, ctx: &Context<'_>) -> Option<Result<Decimal>> {
        self.money(ctx, self.row.total_minor).await
    }
}

impl OrderLine {
    /// The currency stands in the order.
    async fn money(&self, ctx: &Context<'_>, minor: i64) -> Option<Result<Decimal>> {
        let order = loader::row(ctx, order::Entity::visible_to, self.row.order_id).await;
        let order = order.transpose()?;
        Some(order.map(|order| main_unit(minor, &order.currency)))
    }
}
