//! Making every sum anew from the orders, visits and training records, as a repair, after a bulk
//! import, or when the company's time zone or currency has changed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::Database;
use entity::field::visit;
use entity::id::{CustomerId, UserId, VisitId};
use entity::learning::training_record;
use entity::performance::{Metric, rep_customer_day, rep_day};
use entity::sales::order::{self, Status};
use entity::viewer::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::calendar::Calendar;
use super::sums::{FirstOrder, Sums};
use crate::Result;

/// The most rows of one statement.
const ROWS_A_STATEMENT: usize = 1_000;
/// The most rows held at once of a table that is read.
const ROWS_A_PAGE: u64 = 5_000;

/// Replaces all sums by what the records say, in one transaction that others' sums wait for.
pub async fn rebuild_sums(db: &Database) -> Result<()> {
    let txn = db.begin().await?;
    let calendar = Calendar::of(&Calendar::take(&txn).await?)?;
    rebuild(&txn, calendar).await?;
    txn.commit().await?;
    Ok(())
}

/// The same by a calendar, in a transaction that has taken the company's row.
pub(crate) async fn rebuild(txn: &DatabaseTransaction, calendar: Calendar) -> Result<()> {
    rep_day::Entity::delete_many().exec(txn).await?;
    rep_customer_day::Entity::delete_many().exec(txn).await?;
    let mut sums = Sums::new(calendar);
    add_orders(txn, &mut sums).await?;
    add_training(txn, &mut sums).await?;
    let visited = add_visits(txn, calendar, &mut sums).await?;
    sums.write(txn).await?;
    write_visited(txn, visited).await?;
    txn.execute_unprepared(BECAME_CUSTOMER).await?;
    Ok(())
}

/// A customer whose orders were kept elsewhere keeps the day they brought along.
const BECAME_CUSTOMER: &str = "UPDATE customer SET became_customer_at = first.placed_at FROM \
    (SELECT customer_id, MIN(placed_at) AS placed_at FROM sales_order \
     WHERE status = 'PLACED' GROUP BY customer_id) AS first WHERE first.customer_id = customer.id";

async fn add_orders(txn: &DatabaseTransaction, sums: &mut Sums) -> Result<(), DbErr> {
    let mut first_orders: BTreeMap<CustomerId, FirstOrder> = BTreeMap::new();
    let placed = order::Column::Status.eq(Status::Placed);
    let orders = order::Entity::visible_to(&Scope::All).filter(placed);
    let mut orders = orders.cursor_by(order::Column::Id);
    loop {
        let page = orders.first(ROWS_A_PAGE).all(txn).await?;
        let Some(last) = page.last() else { break };
        orders.after(last.id);
        for order in page {
            sums.order(&order, 1);
            let customer = order.customer_id;
            let order = FirstOrder::from(order);
            let first = first_orders
                .entry(customer)
                .or_insert_with(|| order.clone());
            if (order.placed_at, order.id) < (first.placed_at, first.id) {
                *first = order;
            }
        }
    }
    for first in first_orders.values() {
        sums.new_customer(first, 1);
    }
    Ok(())
}

async fn add_training(txn: &DatabaseTransaction, sums: &mut Sums) -> Result<(), DbErr> {
    let records = training_record::Entity::visible_to(&Scope::All);
    let mut records = records.cursor_by(training_record::Column::Id);
    loop {
        let page = records.first(ROWS_A_PAGE).all(txn).await?;
        let Some(last) = page.last() else { break };
        records.after(last.id);
        for record in &page {
            sums.training(None, Some(record));
        }
    }
    Ok(())
}

type Visited = BTreeMap<(UserId, NaiveDate, CustomerId), i32>;

async fn add_visits(
    txn: &DatabaseTransaction,
    calendar: Calendar,
    sums: &mut Sums,
) -> Result<Visited, DbErr> {
    use visit::Column;

    let mut visited = Visited::new();
    let mut after = VisitId::from(Uuid::nil());
    loop {
        // Without their evidence, which is most of a row.
        let page: Vec<(VisitId, UserId, CustomerId, DateTime<Utc>)> =
            visit::Entity::visible_to(&Scope::All)
                .filter(Column::WithdrawnAt.is_null())
                .filter(Column::Id.gt(after))
                .order_by_asc(Column::Id)
                .limit(ROWS_A_PAGE)
                .select_only()
                .columns([
                    Column::Id,
                    Column::RepId,
                    Column::CustomerId,
                    Column::ArrivedAt,
                ])
                .into_tuple()
                .all(txn)
                .await?;
        let Some(last) = page.last() else { break };
        after = last.0;
        for (_, rep, customer, arrived_at) in page {
            sums.add(rep, arrived_at, Metric::Visits, 1);
            let day = calendar.day(arrived_at);
            *visited.entry((rep, day, customer)).or_default() += 1;
        }
    }
    Ok(visited)
}

async fn write_visited(txn: &DatabaseTransaction, visited: Visited) -> Result<(), DbErr> {
    let row = |((rep, day, customer), visits)| rep_customer_day::ActiveModel {
        rep_id: Set(rep),
        day: Set(day),
        customer_id: Set(customer),
        visits: Set(visits),
    };
    let rows: Vec<_> = visited.into_iter().map(row).collect();
    for rows in rows.chunks(ROWS_A_STATEMENT) {
        rep_customer_day::Entity::insert_many(rows.to_vec())
            .exec_without_returning(txn)
            .await?;
    }
    Ok(())
}
