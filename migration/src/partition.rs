//! PostgreSQL keeps the check-ins of each month in a table of its own, so that a purge drops a
//! table instead of deleting millions of rows.

use chrono::{Datelike, Months, NaiveDate};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait};

use crate::{Error, LOCK_KEY};

/// How many months before and after today have a partition; the default partition takes the rest.
const MONTHS_AROUND: u32 = 3;

/// What became of the months that had no partition yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partitions {
    /// The tables that were made.
    pub made: Vec<String>,
    /// The tables that were not, because the default partition already holds check-ins of that
    /// month; they stay there.
    pub skipped: Vec<String>,
}

/// Makes the partitions of `check_in` for the months around a day: `check_in_2026_11` holds
/// November 2026, in UTC. Does nothing on SQLite, or where they exist.
pub async fn ensure_partitions(
    db: &DatabaseConnection,
    around: NaiveDate,
) -> Result<Partitions, Error> {
    let mut partitions = Partitions::default();
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(partitions);
    }
    let Some(first) = around
        .with_day(1)
        .and_then(|day| day.checked_sub_months(Months::new(MONTHS_AROUND)))
    else {
        return Ok(partitions);
    };
    let months = (0..=2 * MONTHS_AROUND).filter_map(|n| first.checked_add_months(Months::new(n)));
    for month in months {
        let name = format!("check_in_{}", month.format("%Y_%m"));
        if exists(db, &name).await? {
            continue;
        }
        if make(db, &name, month).await? {
            partitions.made.push(name);
        } else {
            partitions.skipped.push(name);
        }
    }
    Ok(partitions)
}

/// Makes one partition; false if the default partition is in its way.
async fn make(db: &DatabaseConnection, name: &str, month: NaiveDate) -> Result<bool, Error> {
    let Some(next) = month.checked_add_months(Months::new(1)) else {
        return Ok(false);
    };
    let (from, to) = (
        format!("{month} 00:00:00+00"),
        format!("{next} 00:00:00+00"),
    );
    let transaction = db.begin().await?;
    // The lock on the whole table is short once it is got, but waiting for it holds up every
    // writer behind it: rather try again another day.
    transaction
        .execute_unprepared(&format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5s'; \
             SELECT pg_advisory_xact_lock({LOCK_KEY})"
        ))
        .await?;
    if exists(&transaction, name).await? {
        return Ok(true);
    }
    let held = format!(
        "SELECT 1 FROM check_in_default \
         WHERE recorded_at >= '{from}' AND recorded_at < '{to}' LIMIT 1"
    );
    if query(&transaction, held).await?.is_some() {
        return Ok(false);
    }
    let made = transaction
        .execute_unprepared(&format!(
            "CREATE TABLE {name} PARTITION OF check_in FOR VALUES FROM ('{from}') TO ('{to}')"
        ))
        .await;
    match made {
        Ok(_) => {
            transaction.commit().await?;
            Ok(true)
        }
        // A check-in of that month came in between.
        Err(error) if is_check_violation(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn exists(db: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let sql = format!("SELECT 1 WHERE to_regclass('{name}') IS NOT NULL");
    Ok(query(db, sql).await?.is_some())
}

async fn query(
    db: &impl ConnectionTrait,
    sql: String,
) -> Result<Option<sea_orm::QueryResult>, DbErr> {
    db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
}

fn is_check_violation(error: &DbErr) -> bool {
    let (DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return false;
    };
    matches!(cause, sea_orm::RuntimeErr::SqlxError(error)
        if error.as_database_error().and_then(|error| error.code()).as_deref() == Some("23514"))
}
