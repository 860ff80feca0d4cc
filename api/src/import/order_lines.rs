//! What was ordered: lines of orders, by the order's number and their place in it. The order's total
//! stays as the orders' own table says.

use std::collections::{HashMap, HashSet};

use domain::money::{Currency, Money, MoneyError};
use entity::decimal::Exact;
use entity::id::{OrderId, OrderLineId};
use entity::keys;
use entity::sales::order;
use entity::sales::order_line::{self, Model};
use entity::viewer::Scope;
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError};
use crate::filter::one_of;
use crate::sales::lines::MOST_LINES;

type Key = (OrderId, i32);

#[derive(Default)]
pub(super) struct OrderLines {
    seen: HashSet<Key>,
    /// The place of the last line of each order.
    last: HashMap<OrderId, i32>,
}

/// What a row says.
struct Said {
    key: Key,
    product: String,
    quantity: Decimal,
    price: Money,
    total: Money,
}

impl OrderLines {
    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let orders = orders(txn, &rows).await?;
        let said = report.understood(rows, |row| self.read(row, &orders));
        let mut known = known(txn, &said).await?;
        let mut new = Vec::new();
        for one in said {
            let became = match known.remove(&one.key) {
                Some(before) => change(txn, before, one).await?,
                None => {
                    new.push(made(one));
                    Became::New
                }
            };
            report.count(became);
        }
        insert(txn, new).await
    }

    fn read(&mut self, row: &Row, orders: &HashMap<String, order::Model>) -> Result<Said, Fault> {
        let number = row.needed(Field::Number)?;
        let order = orders.get(&number).ok_or_else(|| {
            let reason = format!("no order has the number {number:?}; import orders first");
            row.fault(Field::Number, reason)
        })?;
        let most = i32::try_from(MOST_LINES).unwrap_or(i32::MAX);
        let last = self.last.entry(order.id).or_default();
        let place = row.whole(Field::Position, 1..=most)?.unwrap_or(*last + 1);
        *last = place;
        if place > most {
            let reason = format!("an order has at most {most} lines");
            return Err(row.fault(Field::Position, reason));
        }
        let quantity: Option<Decimal> = row.read(Field::Quantity, "number")?;
        let quantity = quantity.filter(|quantity| *quantity > Decimal::ZERO);
        let quantity = quantity.ok_or_else(|| row.fault(Field::Quantity, "must be more than 0"))?;
        let (price, total) = priced(row, order, quantity)?;
        let product = row.needed(Field::Product)?;
        let key = (order.id, place);
        if !self.seen.insert(key) {
            return Err(row.fault(Field::Position, "stands in a line above already"));
        }
        Ok(Said {
            key,
            product,
            quantity: quantity.normalize(),
            price,
            total,
        })
    }
}

/// The price of one and of all, in the order's currency.
fn priced(row: &Row, order: &order::Model, quantity: Decimal) -> Result<(Money, Money), Fault> {
    let fault = |error: MoneyError| row.fault(Field::Price, error.to_string());
    let currency: Currency = order.currency.parse().map_err(fault)?;
    let text = row.needed(Field::Price)?.replace(',', "");
    let amount: Decimal = text
        .parse()
        .map_err(|_| row.fault(Field::Price, format!("{text:?} is no amount")))?;
    if amount < Decimal::ZERO {
        return Err(row.fault(Field::Price, "a price is not negative"));
    }
    let price = Money::exactly(amount, currency).map_err(fault)?;
    let total = price.times(quantity).map_err(fault)?;
    Ok((price, total))
}

fn made(said: Said) -> Model {
    let (order_id, position) = said.key;
    Model {
        id: OrderLineId::new(),
        order_id,
        position,
        product: said.product,
        quantity: Exact(said.quantity),
        unit_price_minor: said.price.minor,
        total_minor: said.total.minor,
    }
}

async fn change(
    txn: &DatabaseTransaction,
    before: Model,
    said: Said,
) -> Result<Became, ImportError> {
    let after = Model {
        id: before.id,
        ..made(said)
    };
    update(txn, before, after).await
}

/// The orders that rows name, by their number.
async fn orders(
    txn: &DatabaseTransaction,
    rows: &[Row],
) -> Result<HashMap<String, order::Model>, ImportError> {
    let numbers = rows.iter().filter_map(|row| row.text(Field::Number));
    let numbers: Vec<String> = numbers.map(str::to_owned).collect();
    let backend = txn.get_database_backend();
    let orders = order::Entity::visible_to(&Scope::All)
        .filter(one_of(backend, order::Column::Number, &numbers))
        .all(txn)
        .await?;
    let keyed = orders.into_iter();
    Ok(keyed.map(|order| (order.number.clone(), order)).collect())
}

async fn known(
    txn: &DatabaseTransaction,
    said: &[Said],
) -> Result<HashMap<Key, Model>, ImportError> {
    let orders: Vec<OrderId> = said.iter().map(|one| one.key.0).collect();
    let column = order_line::Column::OrderId.into_expr();
    let lines = order_line::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(txn.get_database_backend(), column, &orders))
        .all(txn)
        .await?;
    let keyed = lines.into_iter();
    Ok(keyed
        .map(|line| ((line.order_id, line.position), line))
        .collect())
}
