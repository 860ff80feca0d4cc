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
    /// Behind PgBouncer in transaction mode no state may live in a session. Add
    /// `?statement-cache-capacity=0` to the URL: statements are then prepared without a name and
    /// used at once, and the statement timeout, which PgBouncer refuses as a start-up option, is
    /// left to `ALTER ROLE … SET statement_timeout`. PgBouncer 1.21 and later can track prepared
    /// statements itself (`max_prepared_statements`); then `ignore_startup_parameters = options`
    /// alone is enough and the cache may stay.
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
    if !is_behind_pgbouncer(url) {
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

fn is_behind_pgbouncer(url: &str) -> bool {
    url.contains("statement-cache-capacity=0")
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
