//! Writing a plan, in one transaction, and reading the receipts that a plan must know.

mod aside;
mod fixes;
mod marks;
mod receipts;

use std::collections::HashMap;

use entity::id::CheckInId;
use sea_orm::{ConnectionTrait, DbErr};

use super::bulk::Rows;
use super::plan::Plan;
use super::row::{FixKey, Row};

pub(crate) use receipts::existing;

/// What was found while writing.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// All is written; these fixes were stored before, under another client id.
    Written(Duplicates),
    /// A receipt that the plan took for absent is there: plan again, knowing it.
    Outdated,
}

/// Fixes that were stored before, with their ids.
pub(crate) type Duplicates = HashMap<FixKey, CheckInId>;

/// Writes a plan. Tables come in one order, rows by key, so that groups do not block each other.
pub(crate) async fn write(
    db: &impl ConnectionTrait,
    plan: &Plan,
    rows: &[Row],
) -> Result<Outcome, DbErr> {
    let duplicates = fixes::store(db, plan, rows).await?;
    if !receipts::store(db, plan, &duplicates).await? {
        return Ok(Outcome::Outdated);
    }
    aside::keep(db, plan, rows).await?;
    aside::resolve(db, plan, rows).await?;
    marks::duty_events(db, plan, &duplicates).await?;
    marks::dirty(db, plan, &duplicates).await?;
    Ok(Outcome::Written(duplicates))
}

/// Runs the statements for all rows; tells how many rows they touched.
async fn run<const N: usize>(
    db: &impl ConnectionTrait,
    given: Rows<N>,
    text: impl Fn(&str) -> String,
) -> Result<u64, DbErr> {
    let mut touched = 0;
    for statement in given.statements(db.get_database_backend(), text) {
        touched += db.execute_raw(statement).await?.rows_affected();
    }
    Ok(touched)
}
