//! The sums a ranking reads, kept true in the very transaction that writes an order or a training
//! record. Visits are summed up where they are derived, in `ingest`.
//!
//! An order counts while it is placed, on the day it was placed: 1 to ORDERS and, if it is in the
//! company's currency, its total to REVENUE. The earliest such order of a customer, by instant and
//! then by id, counts 1 to its rep's NEW_CUSTOMERS. A passed training record counts 1 to
//! TRAINING_COMPLETED on the day of completion.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::customers::customer;
use entity::id::{CustomerId, OrderId, UserId};
use entity::learning::training_record::{self, Outcome};
use entity::performance::Metric;
use entity::sales::order::{self, Status};
use entity::viewer::Scope;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
};

use super::calendar::Calendar;

/// The most rows of one statement: each binds four values.
const ROWS_A_STATEMENT: usize = 1_000;

/// What is to be added to the sums of reps and days.
#[derive(Debug)]
pub struct Sums {
    calendar: Calendar,
    added: BTreeMap<(UserId, NaiveDate, Metric), i64>,
}

impl Sums {
    /// Nothing to add yet.
    pub fn new(calendar: Calendar) -> Self {
        Self {
            calendar,
            added: BTreeMap::new(),
        }
    }

    /// A training record was added, changed or removed.
    pub fn training(
        &mut self,
        before: Option<&training_record::Model>,
        after: Option<&training_record::Model>,
    ) {
        for (record, sign) in [(before, -1), (after, 1)] {
            let passed = record.filter(|record| record.result == Outcome::Passed);
            if let Some(record) = passed {
                let when = record.completed_at;
                self.add(record.user_id, when, Metric::TrainingCompleted, sign);
            }
        }
    }

    /// Writes the sums; their rows are locked in the order of rep, day and metric.
    pub async fn write(self, txn: &impl ConnectionTrait) -> Result<(), DbErr> {
        let changed: Vec<_> = self.added.into_iter().filter(|(_, by)| *by != 0).collect();
        for rows in changed.chunks(ROWS_A_STATEMENT) {
            txn.execute_raw(addition(txn.get_database_backend(), rows))
                .await?;
        }
        Ok(())
    }

    pub(super) fn order(&mut self, order: &order::Model, sign: i64) {
        if order.status != Status::Placed {
            return;
        }
        self.add(order.rep_id, order.placed_at, Metric::Orders, sign);
        if order.currency == self.calendar.currency.code() {
            let total = sign * order.total_minor;
            self.add(order.rep_id, order.placed_at, Metric::Revenue, total);
        }
    }

    pub(super) fn new_customer(&mut self, first: &FirstOrder, sign: i64) {
        self.add(first.rep_id, first.placed_at, Metric::NewCustomers, sign);
    }

    pub(super) fn add(&mut self, rep: UserId, at: DateTime<Utc>, metric: Metric, by: i64) {
        let day = self.calendar.day(at);
        *self.added.entry((rep, day, metric)).or_default() += by;
    }
}

fn addition(backend: DbBackend, rows: &[((UserId, NaiveDate, Metric), i64)]) -> Statement {
    let mut values: Vec<Value> = Vec::with_capacity(rows.len() * 4);
    let mut tuples: Vec<String> = Vec::with_capacity(rows.len());
    for ((rep, day, metric), by) in rows {
        let n = values.len();
        tuples.push(format!("(${}, ${}, ${}, ${})", n + 1, n + 2, n + 3, n + 4));
        let row: [Value; 4] = [
            (*rep).into(),
            (*day).into(),
            metric.to_value().into(),
            (*by).into(),
        ];
        values.extend(row);
    }
    let text = format!(
        "INSERT INTO rep_day (rep_id, day, metric, value) VALUES {} \
         ON CONFLICT (rep_id, day, metric) DO UPDATE SET value = rep_day.value + excluded.value",
        tuples.join(", ")
    );
    Statement::from_sql_and_values(backend, text, values)
}

/// The order that made somebody a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FirstOrder {
    pub(super) id: OrderId,
    pub(super) rep_id: UserId,
    pub(super) placed_at: DateTime<Utc>,
}

impl From<order::Model> for FirstOrder {
    fn from(order: order::Model) -> Self {
        Self {
            id: order.id,
            rep_id: order.rep_id,
            placed_at: order.placed_at,
        }
    }
}

/// A customer whose orders nobody else changes until the transaction ends.
#[derive(Debug)]
pub struct Orders {
    customer: CustomerId,
    first: Option<FirstOrder>,
}

impl Orders {
    /// Locks a customer's orders. Call it before writing one, and [`Orders::written`] after.
    pub async fn lock(txn: &impl ConnectionTrait, customer: CustomerId) -> Result<Self, DbErr> {
        if txn.get_database_backend() == DbBackend::Postgres {
            let text = "SELECT id FROM customer WHERE id = $1 FOR NO KEY UPDATE";
            let lock = Statement::from_sql_and_values(DbBackend::Postgres, text, [customer.into()]);
            txn.execute_raw(lock).await?;
        }
        let first = first_order(txn, customer).await?;
        Ok(Self { customer, first })
    }

    /// Adds the written change to the sums, and tells the customer since when they are one.
    pub async fn written(
        self,
        txn: &impl ConnectionTrait,
        calendar: Calendar,
        before: Option<&order::Model>,
        after: Option<&order::Model>,
    ) -> Result<(), DbErr> {
        let mut sums = Sums::new(calendar);
        for (order, sign) in [(before, -1), (after, 1)] {
            if let Some(order) = order {
                sums.order(order, sign);
            }
        }
        let first = first_order(txn, self.customer).await?;
        if first != self.first {
            for (first, sign) in [(&self.first, -1), (&first, 1)] {
                if let Some(first) = first {
                    sums.new_customer(first, sign);
                }
            }
            let since = first.map(|first| first.placed_at);
            customer::Entity::update_many()
                .col_expr(customer::Column::BecameCustomerAt, Expr::value(since))
                .filter(customer::Column::Id.eq(self.customer))
                .exec(txn)
                .await?;
        }
        sums.write(txn).await
    }
}

async fn first_order(
    txn: &impl ConnectionTrait,
    customer: CustomerId,
) -> Result<Option<FirstOrder>, DbErr> {
    let first = order::Entity::visible_to(&Scope::All)
        .filter(order::Column::CustomerId.eq(customer))
        .filter(order::Column::Status.eq(Status::Placed))
        .order_by_asc(order::Column::PlacedAt)
        .order_by_asc(order::Column::Id)
        .limit(1)
        .one(txn)
        .await?;
    Ok(first.map(FirstOrder::from))
}
