//! Tables of other systems, taken in: read row by row, each row understood or refused with its line
//! and column, and written in one transaction a file. What is there already and says the same is
//! left alone, so the same file a second time changes nothing.

mod assignments;
mod check_ins;
mod contacts;
mod courses;
mod customers;
mod enrolments;
mod fences;
mod kind;
mod labels;
mod lookup;
mod mapping;
pub mod mutation;
mod order_lines;
mod orders;
mod plans;
mod report;
mod row;
mod table;
mod taker;
mod targets;
mod teams;
mod touched;
mod training;
mod users;
mod when;
mod write;

use std::path::Path;
use std::sync::Arc;

use domain::datum::Datum;
use entity::Database;
use entity::id::UserId;

pub use fences::geojson_of_wkt;
pub use kind::Kind;
pub use mapping::{Mapping, MappingError, Source};
pub use mutation::ImportMutation;
pub use report::{Refusal, Report};
pub use table::{Progress, Table, TableError};

use row::Row;
use taker::Taker;

/// Rows that are looked up and written together.
const CHUNK: usize = 500;

/// How a table is taken in.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it holds.
    pub kind: Kind,
    /// What its columns are called.
    pub mapping: Mapping,
    /// Nothing is written, but everything is tried.
    pub is_dry: bool,
    /// Rows with faults are left out; otherwise one of them refuses the whole table.
    pub skips_bad: bool,
    /// The datum of its positions.
    pub datum: Datum,
    /// Customers with a position and without a fence get a circle of this radius.
    pub fence_radius_m: Option<f64>,
    /// Who plans visits and sets targets, and whose the tracks are that name nobody; of other
    /// tables it does not matter.
    pub by: Option<UserId>,
}

/// Why a table as a whole could not be taken in; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read as a table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A column that every row needs is not there.
    #[error("no column is called {0}; name it in a mapping file")]
    NoColumn(String),
    /// Plans and targets are somebody's.
    #[error("say who plans these visits or sets these targets")]
    Nobody,
    /// The hub failed.
    #[error("the hub failed: {0:?}")]
    Hub(crate::Error),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sea_orm::DbErr),
}

/// Takes the table of a file in, see [`import_table`].
pub async fn import(
    database: &Database,
    file: &Path,
    plan: &Plan,
    progress: impl FnMut(&Progress, u64),
) -> Result<Report, ImportError> {
    import_table(database, Table::open(file)?, plan, progress).await
}

/// Takes a table in and tells what became of its rows; `progress` is told how much of the file was
/// read, and how many rows have come. Memory holds a chunk of rows and the keys of those that were
/// seen.
pub async fn import_table(
    database: &Database,
    mut table: Table,
    plan: &Plan,
    mut progress: impl FnMut(&Progress, u64),
) -> Result<Report, ImportError> {
    let columns = Arc::new(plan.mapping.columns(plan.kind, table.header())?);
    let txn = database.begin().await?;
    let mut taker = Taker::new(&txn, plan).await?;
    let mut report = Report::default();
    let mut count = 0;
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        for cells in table.by_ref().take(CHUNK) {
            chunk.push(Row::new(&columns, cells?));
        }
        if chunk.is_empty() {
            break;
        }
        count += chunk.len() as u64;
        taker.take(&txn, chunk, &mut report).await?;
        progress(table.progress(), count);
    }
    taker.finish(&txn).await?;
    if plan.is_dry || (report.refused > 0 && !plan.skips_bad) {
        txn.rollback().await?;
    } else {
        txn.commit().await?;
        report.is_kept = true;
    }
    Ok(report)
}

impl From<crate::Error> for ImportError {
    fn from(error: crate::Error) -> Self {
        Self::Hub(error)
    }
}

/// What became of a row that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    New,
    Changed,
    Unchanged,
}
