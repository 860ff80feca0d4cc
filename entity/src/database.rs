//! Connecting to the database: SQLite in a file, or PostgreSQL.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

/// How long a statement may run on PostgreSQL before the server cancels it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait for a connection: an absent database is noticed within this time.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// How long SQLite waits for another process's write to end, and a task for the only writer.
const WRITER_PATIENCE: Duration = Duration::from_secs(30);
/// A connection that was idle this long is tried before it is handed out.
const TRUSTED_WHILE_IDLE: Duration = Duration::from_secs(1);
/// Older versions can lose a committed write-ahead log to a race of two checkpoints.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// The two ways to the database. On PostgreSQL they are the same pool.
#[derive(Clone, Debug)]
pub struct Database {
    /// Many readers; on SQLite they cannot write.
    pub read: DatabaseConnection,
    /// Where everything is written; on SQLite there is exactly one such connection.
    pub write: DatabaseConnection,
}

impl Database {
    /// Connects to `sqlite://path` (the file is made when absent) or `postgres://…` with at most
    /// `max_connections` at once.
    ///
    /// Behind PgBouncer in transaction mode, no state of ours lives in a session but prepared
    /// statements, which PgBouncer 1.21 and later track (`max_prepared_statements` above 0). Older
    /// ones cannot be used: `?statement-cache-capacity=0` does not help, because sqlx 0.9 then still
    /// prepares by name and never closes. PgBouncer must be told
    /// `ignore_startup_parameters = extra_float_digits,options`; the statement timeout, which is one
    /// of those options, is then set with `ALTER ROLE … SET statement_timeout`. A timeout in the
    /// URL (`?options[statement_timeout]=…`, in milliseconds) is used instead of ours.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            connect_sqlite(url, max_connections).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            connect_postgres(url, max_connections).await
        } else {
            Err(refused(
                "a database URL begins with sqlite:// or postgres://".to_owned(),
            ))
        }
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at once, so that it
    /// cannot fail half-way because another process wrote in between.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            })
            .await
    }
}

async fn connect_sqlite(url: &str, max_connections: u32) -> Result<Database, DbErr> {
    let mut writing = quiet(url);
    writing
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(WRITER_PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(WRITER_PATIENCE)
                .foreign_keys(true)
                // What is deleted is overwritten: an erased person is not to be found in the file.
                .pragma("secure_delete", "ON")
        });
    let write = sea_orm::Database::connect(writing).await?;
    require_current_sqlite(&write).await?;

    let mut reading = quiet(url);
    reading
        .max_connections(max_connections.max(1))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(false)
                .busy_timeout(WRITER_PATIENCE)
                .pragma("query_only", "ON")
        });
    let read = sea_orm::Database::connect(reading).await?;
    Ok(Database { read, write })
}

async fn connect_postgres(url: &str, max_connections: u32) -> Result<Database, DbErr> {
    let mut options = quiet(url);
    options
        .max_connections(max_connections.max(1))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(TRUSTED_WHILE_IDLE)
        .set_application_name("fieldhub");
    if !url.contains("statement_timeout") {
        options.statement_timeout(STATEMENT_TIMEOUT);
    }
    let pool = sea_orm::Database::connect(options).await?;
    Ok(Database {
        read: pool.clone(),
        write: pool,
    })
}

/// Options that log no statement: a statement's values may be a person's position.
fn quiet(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).record_stmt_in_spans(false);
    options
}

async fn require_current_sqlite(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version()");
    let found: String = match connection.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0)?,
        None => String::new(),
    };
    let version: Vec<u32> = found
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    if version.as_slice() >= OLDEST_SQLITE.as_slice() {
        return Ok(());
    }
    let [major, minor, patch] = OLDEST_SQLITE;
    Err(refused(format!(
        "SQLite {found} is linked, but {major}.{minor}.{patch} or later is needed: build with \
         the bundled one (no LIBSQLITE3_SYS_USE_PKG_CONFIG)"
    )))
}

fn refused(message: String) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(message))
}
