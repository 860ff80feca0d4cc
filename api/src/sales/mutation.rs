//! The verbs of sales: placing, correcting and cancelling orders.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use entity::customers::customer;
use entity::id::{CustomerId, OrderId, UserId};
use entity::people::user;
use entity::sales::order::{self, Status};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};

use super::lines::{self, OrderLineInput};
use super::types::Order;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH, TEXT_LENGTH};
use crate::performance::calendar::Calendar;
use crate::performance::sums::Orders;
use crate::scalar::whole_millis;
use crate::{guard, payload};

/// A new order.
#[derive(Clone, Debug, InputObject)]
pub struct PlaceOrderInput {
    /// Its number in the company's books, unique.
    pub number: String,
    /// Who orders: a customer in your sight.
    pub customer_id: ID,
    /// Whose sale it is; you when left out.
    pub rep_id: Option<ID>,
    /// When it was placed; now when left out, never in the future.
    pub placed_at: Option<DateTime<Utc>>,
    /// The currency, ISO 4217; the company's when left out.
    pub currency: Option<String>,
    /// What is ordered: 1 to 200 lines, together at most 10^15 of the currency's smallest unit.
    pub lines: Vec<OrderLineInput>,
    /// What the rep wrote about it.
    pub note: Option<String>,
}

/// What to change of an order; what is left out stays.
#[derive(Clone, Debug, InputObject)]
pub struct EditOrderInput {
    /// The order.
    pub id: ID,
    /// When it was placed; never in the future.
    pub placed_at: Option<DateTime<Utc>>,
    /// All its lines anew: 1 to 200.
    pub lines: Option<Vec<OrderLineInput>>,
    /// What the rep wrote about it; null takes it away.
    pub note: MaybeUndefined<String>,
}

payload! {
    /// What a verb on an order did.
    OrderPayload {
        /// The order; null when the input was refused.
        order: Order,
    }
}

/// The verbs of sales.
#[derive(Default)]
pub struct SalesMutation;

#[Object]
impl SalesMutation {
    /// Places an order, with its effect on every sum it counts in.
    #[graphql(guard = "guard::signed_in()")]
    async fn place_order(&self, ctx: &Context<'_>, input: PlaceOrderInput) -> Result<OrderPayload> {
        OrderPayload::of(place(ctx, input).await)
    }

    /// Corrects an order that stands.
    #[graphql(guard = "guard::signed_in()")]
    async fn edit_order(&self, ctx: &Context<'_>, input: EditOrderInput) -> Result<OrderPayload> {
        OrderPayload::of(edit(ctx, input).await)
    }

    /// Cancels an order: it stays readable and no longer counts.
    #[graphql(guard = "guard::signed_in()")]
    async fn cancel_order(&self, ctx: &Context<'_>, id: ID) -> Result<OrderPayload> {
        OrderPayload::of(cancel(ctx, &id).await)
    }
}

async fn place(ctx: &Context<'_>, input: PlaceOrderInput) -> Result<order::Model> {
    let (scope, txn) = (ctx.scope()?, ctx.db()?.begin().await?);
    let calendar = Calendar::hold(&txn).await?;
    let (visible, read) = (customer::Entity::visible_to, CustomerId::from_global);
    let customer = input::seen(&txn, scope, visible, read, &input.customer_id, "customer").await?;
    let rep_id = match &input.rep_id {
        Some(id) => {
            let (visible, read) = (user::Entity::visible_to, UserId::from_global);
            input::seen(&txn, scope, visible, read, id, "user")
                .await?
                .id
        }
        None => ctx.viewer()?.user,
    };
    let mut faults = Faults::default();
    let code = input
        .currency
        .as_deref()
        .unwrap_or(calendar.currency.code());
    let currency = code
        .parse()
        .unwrap_or_else(|error: domain::money::MoneyError| {
            faults.add("INVALID", "currency", error.to_string());
            calendar.currency
        });
    let id = OrderId::new();
    let lines = lines::checked(&mut faults, id, currency, &input.lines);
    let now = whole_millis(Utc::now());
    let order = order::Model {
        id,
        number: faults.required("number", &input.number, NAME_LENGTH),
        customer_id: customer.id,
        rep_id,
        placed_at: placed_at(&mut faults, input.placed_at.unwrap_or(now), now),
        total_minor: lines::total(&mut faults, &lines),
        currency: currency.code().to_owned(),
        status: Status::Placed,
        note: faults.optional("note", input.note.as_deref(), TEXT_LENGTH),
        created_at: now,
    };
    faults.finish()?;
    let orders = Orders::lock(&txn, customer.id).await?;
    let order = order.into_active_model().insert(&txn).await?;
    lines::write(&txn, lines).await?;
    orders.written(&txn, calendar, None, Some(&order)).await?;
    txn.commit().await?;
    Ok(order)
}

async fn edit(ctx: &Context<'_>, input: EditOrderInput) -> Result<order::Model> {
    let txn = ctx.db()?.begin().await?;
    let calendar = Calendar::hold(&txn).await?;
    let (before, orders) = standing(ctx, &txn, &input.id).await?;
    let currency = before.currency.parse().map_err(Error::internal)?;
    let mut faults = Faults::default();
    let mut after = before.clone().into_active_model();
    if let Some(instant) = input.placed_at {
        after.placed_at = Set(placed_at(&mut faults, instant, whole_millis(Utc::now())));
    }
    if let Some(note) = input.note.as_opt_deref() {
        after.note = Set(faults.optional("note", note, TEXT_LENGTH));
    }
    if let Some(lines) = &input.lines {
        let lines = lines::checked(&mut faults, before.id, currency, lines);
        after.total_minor = Set(lines::total(&mut faults, &lines));
        faults.finish()?;
        lines::forget(&txn, before.id).await?;
        lines::write(&txn, lines).await?;
    } else {
        faults.finish()?;
    }
    let after = after.update(&txn).await?;
    orders
        .written(&txn, calendar, Some(&before), Some(&after))
        .await?;
    txn.commit().await?;
    Ok(after)
}

async fn cancel(ctx: &Context<'_>, id: &ID) -> Result<order::Model> {
    let txn = ctx.db()?.begin().await?;
    let calendar = Calendar::hold(&txn).await?;
    let (before, orders) = standing(ctx, &txn, id).await?;
    let mut after = before.clone().into_active_model();
    after.status = Set(Status::Cancelled);
    let after = after.update(&txn).await?;
    orders
        .written(&txn, calendar, Some(&before), Some(&after))
        .await?;
    txn.commit().await?;
    Ok(after)
}

/// An order in the viewer's sight that was not cancelled, with its customer's orders locked.
async fn standing(
    ctx: &Context<'_>,
    txn: &DatabaseTransaction,
    id: &ID,
) -> Result<(order::Model, Orders)> {
    let (scope, visible) = (ctx.scope()?, order::Entity::visible_to);
    let order = input::seen(txn, scope, visible, OrderId::from_global, id, "order").await?;
    let orders = Orders::lock(txn, order.customer_id).await?;
    // Read again behind the lock: somebody may have written it meanwhile.
    let order = input::seen(txn, scope, visible, OrderId::from_global, id, "order").await?;
    if order.status == Status::Cancelled {
        return Err(Error::refuse("CANCELLED", "id", "the order was cancelled"));
    }
    Ok((order, orders))
}

fn placed_at(faults: &mut Faults, instant: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if instant > now {
        faults.add(
            "OUT_OF_RANGE",
            "placedAt",
            "an order is not placed in the future",
        );
    }
    whole_millis(instant)
}
