//! The lines of an order: checked, priced and written.

use async_graphql::InputObject;
use domain::money::{Currency, Money, MoneyError};
use entity::id::{OrderId, OrderLineId};
use entity::sales::order_line;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::error::Result;
use crate::input::{Faults, NAME_LENGTH};
use crate::scalar::Decimal;

/// The most lines of an order.
pub(crate) const MOST_LINES: usize = 200;

/// The most an order comes to, in minor units: thousands of such orders still have a sum of 64 bits.
const MOST_MINOR: i64 = 1_000_000_000_000_000;

/// One line of an order.
#[derive(Clone, Debug, InputObject)]
pub struct OrderLineInput {
    /// What is ordered.
    pub product: String,
    /// How many; more than 0.
    pub quantity: Decimal,
    /// The price of one in the order's currency; 0 for a gift.
    pub unit_price: Decimal,
}

/// The lines as they will be written; faults name the line by its place, from 0.
pub(super) fn checked(
    faults: &mut Faults,
    order: OrderId,
    currency: Currency,
    lines: &[OrderLineInput],
) -> Vec<order_line::Model> {
    if !(1..=MOST_LINES).contains(&lines.len()) {
        let message = format!("an order has 1 to {MOST_LINES} lines");
        faults.add("OUT_OF_RANGE", "lines", message);
        return Vec::new();
    }
    let lines = lines.iter().zip(0..);
    lines
        .map(|(line, index)| checked_line(faults, order, currency, line, index))
        .collect()
}

fn checked_line(
    faults: &mut Faults,
    order: OrderId,
    currency: Currency,
    line: &OrderLineInput,
    index: i32,
) -> order_line::Model {
    let at = |field: &str| format!("lines.{index}.{field}");
    if line.quantity.0 <= rust_decimal::Decimal::ZERO {
        faults.add(
            "OUT_OF_RANGE",
            &at("quantity"),
            "the quantity is more than 0",
        );
    }
    let price = Money::exactly(line.unit_price.0, currency);
    let total = price.clone().and_then(|price| price.times(line.quantity.0));
    let (price, total) = match price.and_then(|price| Ok((price, total?))) {
        Ok((price, total)) => (price.minor, total.minor),
        Err(error) => {
            let code = match error {
                MoneyError::TooPrecise { .. } => "TOO_PRECISE",
                _ => "OUT_OF_RANGE",
            };
            faults.add(code, &at("unitPrice"), error.to_string());
            (0, 0)
        }
    };
    if price < 0 {
        faults.add("OUT_OF_RANGE", &at("unitPrice"), "a price is not negative");
    }
    order_line::Model {
        id: OrderLineId::new(),
        order_id: order,
        position: index + 1,
        product: faults.required(&at("product"), &line.product, NAME_LENGTH),
        quantity: line.quantity.0.into(),
        unit_price_minor: price,
        total_minor: total,
    }
}

/// What the lines come to, in minor units.
pub(super) fn total(faults: &mut Faults, lines: &[order_line::Model]) -> i64 {
    let total = lines
        .iter()
        .try_fold(0_i64, |sum, line| sum.checked_add(line.total_minor))
        .filter(|total| *total <= MOST_MINOR);
    total.unwrap_or_else(|| {
        faults.add("OUT_OF_RANGE", "lines", "the order's total is too large");
        0
    })
}

/// Writes all lines of an order.
pub(super) async fn write(db: &impl ConnectionTrait, lines: Vec<order_line::Model>) -> Result<()> {
    let lines = lines.into_iter().map(IntoActiveModel::into_active_model);
    order_line::Entity::insert_many(lines).exec(db).await?;
    Ok(())
}

/// Takes all lines of an order away.
pub(super) async fn forget(db: &impl ConnectionTrait, order: OrderId) -> Result<()> {
    order_line::Entity::delete_many()
        .filter(order_line::Column::OrderId.eq(order))
        .exec(db)
        .await?;
    Ok(())
}
