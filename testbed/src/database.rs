//! A migrated, empty database for one test, of either kind.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use chrono::Utc;
use entity::Database;
use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::OnceCell;

use crate::postgres::PostgresServer;
use crate::watchdog::Watchdog;

/// Connections of one test's pool.
const CONNECTIONS: u32 = 8;
/// The database that each test gets a copy of.
const TEMPLATE: &str = "fieldhub_template";

/// The two databases that Fieldhub runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// A migrated, empty database that nobody else uses. It stays until the test process ends.
#[derive(Debug)]
pub struct TestDatabase {
    /// The connection to it.
    pub db: Database,
    url: String,
}

impl TestDatabase {
    /// The URL by which another process can connect to it too.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A database of each kind, for a test that loops over them.
pub async fn databases() -> anyhow::Result<Vec<TestDatabase>> {
    Ok(vec![sqlite().await?, postgres().await?])
}

/// A database of one kind, for a test with a case for each.
pub async fn database(backend: Backend) -> anyhow::Result<TestDatabase> {
    match backend {
        Backend::Sqlite => sqlite().await,
        Backend::Postgres => postgres().await,
    }
}

/// A SQLite database in a file of its own.
pub async fn sqlite() -> anyhow::Result<TestDatabase> {
    static COUNT: AtomicU32 = AtomicU32::new(0);

    let file = format!("{}.db", COUNT.fetch_add(1, Ordering::Relaxed));
    let url = format!(
        "sqlite://{}?mode=rwc",
        shared_folder()?.join(file).display()
    );
    let db = Database::connect(&url, CONNECTIONS).await?;
    migration::up(&db.write).await?;
    Ok(TestDatabase { db, url })
}

/// Where all SQLite files of this process are.
fn shared_folder() -> anyhow::Result<&'static Path> {
    static FOLDER: Mutex<Option<(&'static Path, Watchdog)>> = Mutex::new(None);

    let mut folder = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((path, _)) = &*folder {
        return Ok(path);
    }
    let path = tempfile::Builder::new()
        .prefix("fieldhub-test-")
        .tempdir()?
        .keep();
    let path: &'static Path = Box::leak(path.into_boxed_path());
    *folder = Some((path, Watchdog::over(path, "")?));
    Ok(path)
}

/// A PostgreSQL database of its own, on a server that all tests of this process share.
pub async fn postgres() -> anyhow::Result<TestDatabase> {
    static COUNT: AtomicU32 = AtomicU32::new(0);

    let server = shared_server().await?;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    administer(
        server,
        &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"),
    )
    .await?;
    let url = server.url(&name);
    let db = Database::connect(&url, CONNECTIONS).await?;
    Ok(TestDatabase { db, url })
}

async fn shared_server() -> anyhow::Result<&'static PostgresServer> {
    static SERVER: OnceCell<PostgresServer> = OnceCell::const_new();

    SERVER
        .get_or_try_init(async || {
            let server = tokio::task::spawn_blocking(PostgresServer::start_without_fsync).await??;
            administer(&server, &format!("CREATE DATABASE {TEMPLATE}")).await?;
            let template = Database::connect(&server.url(TEMPLATE), 1).await?;
            migration::up(&template.write)
                .await
                .context("migrate the template")?;
            migration::ensure_partitions(&template.write, Utc::now().date_naive()).await?;
            // Nobody may be connected to a template while it is copied.
            template.write.close().await?;
            anyhow::Ok(server)
        })
        .await
}

async fn administer(server: &PostgresServer, sql: &str) -> Result<(), DbErr> {
    let db = Database::connect(&server.url("postgres"), 1).await?;
    db.write.execute_unprepared(sql).await?;
    db.write.close().await
}
