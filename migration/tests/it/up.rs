//! Bringing a database up to date, whatever state it is in.

use entity::Database;
use sea_orm::ConnectionTrait;
use testbed::TestDatabase;

/// Both databases, as far as `DROP`ping everything leaves them: no table at all.
pub(crate) async fn empty() -> Vec<TestDatabase> {
    let beds = testbed::databases().await.unwrap();
    for bed in &beds {
        let sql = match bed.db.backend() {
            sea_orm::DbBackend::Postgres => "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
            _ => {
                "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema; \
                 PRAGMA writable_schema = RESET; VACUUM"
            }
        };
        run(&bed.db, sql).await;
    }
    beds
}

pub(crate) async fn run(db: &Database, sql: &str) {
    db.write.execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn an_empty_database_gets_the_whole_schema_and_a_current_one_nothing() {
    for bed in empty().await {
        let first = migration::up(&bed.db.write).await.unwrap();
        assert_eq!(first.applied.len(), first.version);
        assert_eq!(first.applied[0], "m0001_people");

        let second = migration::up(&bed.db.write).await.unwrap();
        assert_eq!(second.applied, Vec::<&str>::new());
        assert_eq!(second.version, first.version);
    }
}

#[tokio::test]
async fn two_processes_may_start_at_once() {
    for bed in empty().await {
        let other = Database::connect(bed.url(), 2).await.unwrap();
        let (one, two) = tokio::join!(migration::up(&bed.db.write), migration::up(&other.write));
        let (one, two) = (one.unwrap(), two.unwrap());
        let applied = one.applied.len() + two.applied.len();
        assert_eq!(applied, one.version, "each step was applied once");
    }
}

#[tokio::test]
async fn a_foreign_database_is_refused_and_left_alone() {
    for bed in empty().await {
        run(&bed.db, "CREATE TABLE wordpress (id integer)").await;
        let error = migration::up(&bed.db.write).await.unwrap_err();
        assert!(error.to_string().contains("(wordpress)"), "{error}");
        run(&bed.db, "CREATE TABLE team (id integer)").await;
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    for bed in testbed::databases().await.unwrap() {
        run(
            &bed.db,
            "INSERT INTO fieldhub_migration (version, name, applied_at)
             SELECT max(version) + 1, 'm9999_market', '2030-01-01T00:00:00+00:00'
             FROM fieldhub_migration",
        )
        .await;
        let error = migration::up(&bed.db.write).await.unwrap_err();
        let migration::Error::Newer { found, known } = error else {
            panic!("{error}");
        };
        assert_eq!(found, known + 1);
    }
}

#[tokio::test]
async fn another_history_is_refused() {
    for bed in testbed::databases().await.unwrap() {
        run(
            &bed.db,
            "UPDATE fieldhub_migration SET name = 'm0002_else' WHERE version = 2",
        )
        .await;
        let error = migration::up(&bed.db.write).await.unwrap_err();
        assert!(
            error.to_string().contains("step 2 is m0002_else"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_failed_migration_leaves_nothing_behind() {
    for bed in empty().await {
        // A view in the way of a late table: not a table, so the database still counts as empty.
        run(&bed.db, "CREATE VIEW training_record AS SELECT 1 AS one").await;
        let error = migration::up(&bed.db.write).await.unwrap_err();
        assert_eq!(error.to_string(), "the migration m0006_learning failed");

        run(&bed.db, "DROP VIEW training_record").await;
        let report = migration::up(&bed.db.write).await.unwrap();
        assert_eq!(report.applied.len(), report.version, "nothing had stayed");
    }
}

#[tokio::test]
async fn a_statement_timeout_does_not_end_a_migration() {
    let bed = empty().await.pop().unwrap();
    let url = format!("{}?options[statement_timeout]=100", bed.url());
    let hasty = Database::connect(&url, 1).await.unwrap();
    // Somebody else migrates for longer than a statement may take.
    let held = "SELECT pg_advisory_xact_lock(x'4669656c64687562'::bigint), pg_sleep(0.3)";
    let (_, report) = tokio::join!(run(&bed.db, held), migration::up(&hasty.write));
    let report = report.unwrap();
    assert_eq!(report.applied.len(), report.version);
}
