//! Keeps the numbers of visits a day in step with the visits, in the same transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::zone;
use entity::id::UserId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use uuid::Uuid;

use super::run;
use crate::rows::{self, Column, Rows};

/// One visit more or less.
pub(crate) struct Move {
    pub(crate) rep: UserId,
    pub(crate) customer: Uuid,
    pub(crate) arrived_at: DateTime<Utc>,
    pub(crate) by: i64,
}

/// Adds the moves to the sums by day, in the company's time zone. A sum of nothing has no row, so
/// that the sums depend on the visits alone.
pub(crate) async fn write(transaction: &DatabaseTransaction, moves: &[Move]) -> Result<(), DbErr> {
    if moves.is_empty() {
        return Ok(());
    }
    let zone = zone(transaction).await?;
    let mut by_day: BTreeMap<(UserId, NaiveDate), i64> = BTreeMap::new();
    let mut by_customer: BTreeMap<(UserId, NaiveDate, Uuid), i64> = BTreeMap::new();
    for step in moves {
        let day = zone::day_of(step.arrived_at, zone);
        *by_day.entry((step.rep, day)).or_default() += step.by;
        *by_customer
            .entry((step.rep, day, step.customer))
            .or_default() += step.by;
    }
    let mut days = Rows::default();
    for ((rep, day), by) in by_day.into_iter().filter(|(_, by)| *by != 0) {
        days.push([
            ("rep_id", rows::id(rep)),
            ("day", rows::day(day)),
            ("moved", by.into()),
        ]);
    }
    let mut customers = Rows::default();
    for ((rep, day, customer), by) in by_customer.into_iter().filter(|(_, by)| *by != 0) {
        customers.push([
            ("rep_id", rows::id(rep)),
            ("day", rows::day(day)),
            ("customer_id", rows::id(customer)),
            ("moved", by.into()),
        ]);
    }
    add_to_days(transaction, days).await?;
    add_to_customers(transaction, customers).await
}

/// The company's time zone, which nobody changes until the transaction ends: whoever changes it
/// makes all sums anew, and would not see these.
async fn zone(transaction: &DatabaseTransaction) -> Result<Tz, DbErr> {
    let backend = transaction.get_database_backend();
    let text = match backend {
        DbBackend::Postgres => "SELECT time_zone FROM company WHERE id = 1 FOR SHARE",
        _ => "SELECT time_zone FROM company WHERE id = 1",
    };
    let row = transaction
        .query_one_raw(Statement::from_string(backend, text))
        .await?;
    let zone: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC))
}

async fn add_to_days(transaction: &DatabaseTransaction, days: Rows) -> Result<(), DbErr> {
    if days.is_empty() {
        return Ok(());
    }
    let columns = [
        ("rep_id", Column::Id),
        ("day", Column::Day),
        ("moved", Column::Whole),
    ];
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &columns);
    let given = days.into_parameter();
    let text = format!(
        "INSERT INTO rep_day (rep_id, day, metric, value)
        SELECT v.rep_id, v.day, 'VISITS', v.moved FROM {source} WHERE TRUE
        ON CONFLICT (rep_id, day, metric) DO UPDATE SET value = rep_day.value + excluded.value"
    );
    run(transaction, text, [given.clone()]).await?;
    let text = format!(
        "DELETE FROM rep_day WHERE metric = 'VISITS' AND value = 0
            AND (rep_id, day) IN (SELECT v.rep_id, v.day FROM {source})"
    );
    run(transaction, text, [given]).await
}

async fn add_to_customers(transaction: &DatabaseTransaction, customers: Rows) -> Result<(), DbErr> {
    if customers.is_empty() {
        return Ok(());
    }
    let columns = [
        ("rep_id", Column::Id),
        ("day", Column::Day),
        ("customer_id", Column::Id),
        ("moved", Column::Whole),
    ];
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &columns);
    let given = customers.into_parameter();
    // Two statements: the row to insert may not be below zero, even where one is there to add to.
    let text = format!(
        "UPDATE rep_customer_day SET visits = visits + v.moved FROM {source}
        WHERE rep_customer_day.rep_id = v.rep_id AND rep_customer_day.day = v.day
            AND rep_customer_day.customer_id = v.customer_id"
    );
    run(transaction, text, [given.clone()]).await?;
    let text = format!(
        "INSERT INTO rep_customer_day (rep_id, day, customer_id, visits)
        SELECT v.rep_id, v.day, v.customer_id, v.moved FROM {source}
        WHERE v.moved > 0 ON CONFLICT (rep_id, day, customer_id) DO NOTHING"
    );
    run(transaction, text, [given.clone()]).await?;
    let text = format!(
        "DELETE FROM rep_customer_day WHERE visits = 0
            AND (rep_id, day, customer_id) IN (
                SELECT v.rep_id, v.day, v.customer_id FROM {source})"
    );
    run(transaction, text, [given]).await
}
