//! A process that is killed while it migrates (fault F16).

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use entity::Database;
use sea_orm::{DbBackend, Statement};

use crate::up::empty;

const VICTIM: &str = "MIGRATION_VICTIM";

/// Not a test of its own: the process that is killed.
#[tokio::test]
async fn a_process_that_migrates() {
    if let Ok(url) = std::env::var(VICTIM) {
        let db = Database::connect(&url, 1).await.unwrap();
        migration::up(&db.write).await.unwrap();
    }
}

#[tokio::test]
async fn killed_at_any_moment_and_run_again_the_schema_equals_a_fresh_one() {
    let fresh = testbed::databases().await.unwrap();
    for (bed, fresh) in empty().await.into_iter().zip(fresh) {
        let expected = schema(&fresh.db).await;
        // Ever later, until it is done before the blow falls.
        for delay_ms in (0..10_000).step_by(3) {
            kill_after(Duration::from_millis(delay_ms), bed.url()).await;
            let found = schema(&bed.db).await;
            if found == expected {
                break;
            }
            assert!(found.is_empty(), "after {delay_ms} ms: {found:#?}");
        }
        migration::up(&bed.db.write).await.unwrap();
        assert_eq!(schema(&bed.db).await, expected);
    }
}

/// Starts a process that migrates, and kills it after a while.
async fn kill_after(delay: Duration, url: &str) {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::a_process_that_migrates"])
        .env(VICTIM, url)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    tokio::time::sleep(delay).await;
    victim.kill().unwrap();
    victim.wait().unwrap();
}

/// Every table, column, constraint and index, as text.
async fn schema(db: &Database) -> BTreeSet<String> {
    let sql = match db.backend() {
        DbBackend::Postgres => {
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable)
             FROM information_schema.columns WHERE table_schema = 'public'
               AND table_name NOT LIKE 'check_in_2%'
             UNION ALL
             SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
             FROM pg_constraint WHERE connamespace = 'public'::regnamespace
               AND conrelid::regclass::text NOT LIKE 'check_in_2%'
             UNION ALL
             SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
               AND tablename NOT LIKE 'check_in_2%'"
        }
        _ => {
            "SELECT concat_ws(' ', type, name, sql) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
        }
    };
    let statement = Statement::from_string(db.backend(), sql);
    let rows = sea_orm::ConnectionTrait::query_all_raw(&db.read, statement)
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}
