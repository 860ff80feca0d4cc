//! Tables of other systems, taken in: read row by row, each row understood or refused with its line
//! and column, and written in one transaction a file. What is there already and says the same is
//! left alone, so the same file a second time changes nothing.

mod contacts;
mod customers;
mod fences;
mod lookup;
mod mapping;
pub mod mutation;

mod orders;
mod report;
mod row;
mod table;
mod users;

use std::path::Path;
use std::sync::Arc;

use domain::datum::Datum;
use entity::Database;
use sea_orm::DatabaseTransaction;

pub use mapping::{Mapping, MappingError, Source};
pub use mutation::ImportMutation;
pub use report::{Refusal, Report};
pub use table::{Table, TableError};

use row::Row;

/// Rows that are looked up and written together.
const CHUNK: usize = 500;

/// What a table holds. The order is that in which tables are taken in, so that what a row refers to
/// is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// People of the company, by their e-mail address.
    Users,
    /// Customers, by their code.
    Customers,
    /// People at customers, by customer and name.
    Contacts,
    /// Places of customers, by customer and name.
    Geofences,
    /// Orders, by their number.
    Orders,
}

impl Kind {
    /// All kinds, in the order in which they are taken in.
    pub const ALL: [Kind; 5] = [
        Kind::Users,
        Kind::Customers,
        Kind::Contacts,
        Kind::Geofences,
        Kind::Orders,
    ];

    /// Its name in commands and mapping files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Customers => "customers",
            Self::Contacts => "contacts",
            Self::Geofences => "geofences",
            Self::Orders => "orders",
        }
    }
}

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
    progress: impl FnMut(u64),
) -> Result<Report, ImportError> {
    import_table(database, Table::open(file)?, plan, progress).await
}

/// Takes a table in and tells what became of its rows; `progress` is told their number as they
/// come. Memory holds a chunk of rows and the keys of those that were seen.
pub async fn import_table(
    database: &Database,
    mut table: Table,
    plan: &Plan,
    mut progress: impl FnMut(u64),
) -> Result<Report, ImportError> {
    let columns = Arc::new(plan.mapping.columns(plan.kind, table.header())?);
    let txn = database.begin().await?;
    let mut taker = Taker::new(&txn, plan).await?;
    let mut report = Report::default();
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        for cells in table.by_ref().take(CHUNK) {
            chunk.push(Row::new(&columns, cells?));
        }
        if chunk.is_empty() {
            break;
        }
        progress(chunk.len() as u64);
        taker.take(&txn, chunk, &mut report).await?;
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

/// What takes rows of one kind.
enum Taker {
    Users(users::Users),
    Customers(customers::Customers),
    Contacts(contacts::Contacts),
    Geofences(fences::Geofences),
    Orders(orders::Orders),
}

impl Taker {
    async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(match plan.kind {
            Kind::Users => Self::Users(users::Users::new(txn).await?),
            Kind::Customers => Self::Customers(customers::Customers::new(txn, plan).await?),
            Kind::Contacts => Self::Contacts(contacts::Contacts::default()),
            Kind::Geofences => Self::Geofences(fences::Geofences::new(plan.datum)),
            Kind::Orders => Self::Orders(orders::Orders::new(txn, plan.mapping.source()).await?),
        })
    }

    async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        match self {
            Self::Users(users) => users.take(txn, rows, report).await,
            Self::Customers(customers) => customers.take(txn, rows, report).await,
            Self::Contacts(contacts) => contacts.take(txn, rows, report).await,
            Self::Geofences(fences) => fences.take(txn, rows, report).await,
            Self::Orders(orders) => orders.take(txn, rows, report).await,
        }
    }

    async fn finish(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        match self {
            Self::Orders(orders) => orders.finish(txn).await,
            _ => Ok(()),
        }
    }
}

/// What became of a row that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    New,
    Changed,
    Unchanged,
}
