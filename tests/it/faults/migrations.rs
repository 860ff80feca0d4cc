//! F16: `kill -9` during a migration, and again.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use testbed::PostgresServer;

use crate::{
    faults::{scaled, seed},
    harness::{Settings, run},
};

#[rstest]
#[case::sqlite(false)]
#[case::postgres(true)]
#[tokio::test(flavor = "multi_thread")]
async fn f16_a_migration_that_is_killed_is_taken_up_again(#[case] on_postgres: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = on_postgres.then(|| PostgresServer::start().expect("PostgreSQL"));
    let settings = match &server {
        Some(server) => Settings::over(&server.url("postgres")),
        None => Settings::sqlite(folder.path()),
    };
    let seed = seed(116);
    let mut random = StdRng::seed_from_u64(seed);
    let mut killed = 0;
    for _ in 0..scaled(8, 40) {
        let mut migrating = Command::new(env!("CARGO_BIN_EXE_fieldhub"))
            .arg("migrate")
            .env_clear()
            .env("FIELDHUB_DATABASE_URL", settings.database_url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        tokio::time::sleep(Duration::from_millis(random.random_range(5..120))).await;
        let _ = migrating.kill();
        killed += usize::from(!migrating.wait().expect("it ended").success());
    }
    let last = run(&settings, &["migrate"]);
    assert!(
        last.status.success(),
        "{}",
        String::from_utf8_lossy(&last.stderr)
    );
    println!("F16: seed {seed}, killed {killed} times");
    let fresh = if on_postgres {
        testbed::postgres().await
    } else {
        testbed::sqlite().await
    };
    let fresh = fresh.expect("a fresh database");
    let migrated = entity::Database::connect(&settings.database_url(), 1)
        .await
        .expect("a connection");
    assert_eq!(schema(&migrated).await, schema(&fresh.db).await);
}

/// The columns and indexes of every table.
async fn schema(db: &entity::Database) -> Vec<String> {
    let sql = match db.backend() {
        DbBackend::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable \
             FROM information_schema.columns WHERE table_schema = 'public' \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace ORDER BY 1"
        }
        _ => "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1",
    };
    let rows = db
        .read
        .query_all_raw(Statement::from_string(db.backend(), sql))
        .await;
    let rows = rows.expect("the schema");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("a text"))
        .collect()
}
