//! The history of the schema: every table, constraint and index, named.
//!
//! A migration is SQL text, a room a file, with placeholders for what the two databases call
//! differently. All pending ones are applied in one transaction, on both databases: a process that
//! is killed on the way leaves the schema as it was, and can be started again.

mod dialect;
mod m0001_people;
mod m0002_customers;
mod m0003_sales;
mod m0004_field;
mod m0005_performance;
mod m0006_learning;
mod m0007_frozen_calendar;
mod m0008_photos;
mod m0009_device_keys;
mod m0010_webhooks;
mod m0011_shared_presence;
mod m0012_erasures;
mod m0013_duty_shifts;
mod partition;

pub use partition::{Partitions, ensure_partitions};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

/// One step of the schema's history. Its version is its place in [`MIGRATIONS`], from 1.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// The whole history. New steps go to the end; a released one is never changed.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "m0001_people",
        sql: m0001_people::SQL,
    },
    Migration {
        name: "m0002_customers",
        sql: m0002_customers::SQL,
    },
    Migration {
        name: "m0003_sales",
        sql: m0003_sales::SQL,
    },
    Migration {
        name: "m0004_field",
        sql: m0004_field::SQL,
    },
    Migration {
        name: "m0005_performance",
        sql: m0005_performance::SQL,
    },
    Migration {
        name: "m0006_learning",
        sql: m0006_learning::SQL,
    },
    Migration {
        name: "m0007_frozen_calendar",
        sql: m0007_frozen_calendar::SQL,
    },
    Migration {
        name: "m0008_photos",
        sql: m0008_photos::SQL,
    },
    Migration {
        name: "m0009_device_keys",
        sql: m0009_device_keys::SQL,
    },
    Migration {
        name: "m0010_webhooks",
        sql: m0010_webhooks::SQL,
    },
    Migration {
        name: "m0011_shared_presence",
        sql: m0011_shared_presence::SQL,
    },
    Migration {
        name: "m0012_erasures",
        sql: m0012_erasures::SQL,
    },
    Migration {
        name: "m0013_duty_shifts",
        sql: m0013_duty_shifts::SQL,
    },
];

/// The key of the advisory lock under which PostgreSQL's schema is changed ("Fieldhub").
const LOCK_KEY: i64 = 0x4669_656c_6468_7562;

/// The ledger of applied migrations; by its presence a database is known to be ours.
const LEDGER: &str = "fieldhub_migration";

/// What [`up`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The migrations that were applied now, in order; none if the schema was current.
    pub applied: Vec<&'static str>,
    /// The schema's version now.
    pub version: usize,
}

/// Why the schema could not be brought up to date. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database belongs to something else.
    #[error(
        "the database is not Fieldhub's: it has tables ({tables}), but none that records \
         Fieldhub's migrations; use an empty database"
    )]
    Foreign {
        /// The first few tables found, separated by commas.
        tables: String,
    },
    /// The schema is newer than this program.
    #[error(
        "the database's schema is at version {found}, but this program knows only {known}: \
         it was migrated by a newer release; use that one"
    )]
    Newer {
        /// The version of the schema.
        found: usize,
        /// The newest version that this program knows.
        known: usize,
    },
    /// The schema has another history.
    #[error(
        "the database's schema has another history: step {version} is {found}, not {expected}; \
         it was migrated by another program"
    )]
    OtherHistory {
        /// The step at which the histories part.
        version: usize,
        /// What the database says was applied.
        found: String,
        /// What this program would have applied.
        expected: &'static str,
    },
    /// A migration failed.
    #[error("the migration {name} failed")]
    Step {
        /// Which one.
        name: &'static str,
        /// What the database said.
        #[source]
        source: DbErr,
    },
    /// The database could not be asked.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Brings the schema up to date: applies what is pending, or nothing.
///
/// Two processes may do this at once: one waits for the other.
pub async fn up(db: &DatabaseConnection) -> Result<Report, Error> {
    let applied = applied(db).await?;
    if applied == MIGRATIONS.len() {
        return Ok(Report {
            applied: Vec::new(),
            version: applied,
        });
    }
    apply_pending(db).await
}

async fn apply_pending(db: &DatabaseConnection) -> Result<Report, Error> {
    let backend = db.get_database_backend();
    let transaction = db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        })
        .await?;
    if backend == DbBackend::Postgres {
        transaction
            .execute_unprepared(&format!(
                "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK_KEY})"
            ))
            .await?;
    }
    // What was read before the lock may be out of date.
    let before = applied(&transaction).await?;
    transaction.execute_unprepared(&ledger_sql(backend)).await?;
    let mut names = Vec::new();
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(before) {
        apply(&transaction, index + 1, migration)
            .await
            .map_err(|source| Error::Step {
                name: migration.name,
                source,
            })?;
        names.push(migration.name);
    }
    transaction.commit().await?;
    tracing::info!(
        applied = names.len(),
        version = MIGRATIONS.len(),
        "schema is up to date"
    );
    Ok(Report {
        applied: names,
        version: MIGRATIONS.len(),
    })
}

async fn apply(
    db: &impl ConnectionTrait,
    version: usize,
    migration: &Migration,
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    db.execute_unprepared(&dialect::render(migration.sql, backend))
        .await?;
    let now = match backend {
        DbBackend::Postgres => "now()",
        _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    };
    db.execute_unprepared(&format!(
        "INSERT INTO {LEDGER} (version, name, applied_at) VALUES ({version}, '{}', {now})",
        migration.name
    ))
    .await?;
    Ok(())
}

fn ledger_sql(backend: DbBackend) -> String {
    let sql = format!(
        "CREATE TABLE IF NOT EXISTS {LEDGER} (
            version {{int}} NOT NULL,
            name text NOT NULL,
            applied_at {{instant}} NOT NULL,
            CONSTRAINT {LEDGER}_pkey PRIMARY KEY (version)
        ) {{strict}}"
    );
    dialect::render(&sql, backend)
}

/// How many migrations the database has; an error if it is not ours.
async fn applied(db: &impl ConnectionTrait) -> Result<usize, Error> {
    let tables = tables(db).await?;
    if !tables.iter().any(|table| table == LEDGER) {
        return match tables.as_slice() {
            [] => Ok(0),
            some => Err(Error::Foreign {
                tables: some[..some.len().min(3)].join(", "),
            }),
        };
    }
    let ledger = texts(db, format!("SELECT name FROM {LEDGER} ORDER BY version")).await?;
    for (index, (found, migration)) in ledger.iter().zip(MIGRATIONS).enumerate() {
        if found != migration.name {
            return Err(Error::OtherHistory {
                version: index + 1,
                found: found.clone(),
                expected: migration.name,
            });
        }
    }
    if ledger.len() > MIGRATIONS.len() {
        return Err(Error::Newer {
            found: ledger.len(),
            known: MIGRATIONS.len(),
        });
    }
    Ok(ledger.len())
}

/// The tables of the schema, but for those that the database or one of its extensions made.
async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT c.relname::text FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') \
             AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d \
                 WHERE d.objid = c.oid AND d.deptype = 'e') \
             ORDER BY c.relname"
        }
        _ => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' \
             AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
        }
    };
    texts(db, sql.to_owned()).await
}

async fn texts(db: &impl ConnectionTrait, sql: String) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_all_raw(statement)
        .await?
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect()
}
