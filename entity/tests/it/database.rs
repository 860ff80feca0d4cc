//! The connections keep their promises.

use entity::Database;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, TransactionTrait};

async fn text(db: &impl ConnectionTrait, sql: &str) -> String {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<String>(0)
        .or_else(|_| {
            row.try_get_by_index::<i64>(0)
                .map(|number| number.to_string())
        })
        .unwrap()
}

#[tokio::test]
async fn sqlite_waits_for_the_disk_and_checks_foreign_keys() {
    let db = testbed::sqlite().await.unwrap().db;
    assert_eq!(text(&db.write, "PRAGMA journal_mode").await, "wal");
    assert_eq!(text(&db.write, "PRAGMA synchronous").await, "2");
    assert_eq!(text(&db.write, "PRAGMA foreign_keys").await, "1");
    assert_eq!(text(&db.read, "PRAGMA query_only").await, "1");
    assert_eq!(text(&db.read, "PRAGMA journal_mode").await, "wal");
}

#[tokio::test]
async fn sqlites_readers_cannot_write_and_do_not_wait_for_the_writer() {
    let db = testbed::sqlite().await.unwrap().db;
    let refused = db.read.execute_unprepared("DELETE FROM counter").await;
    assert!(refused.unwrap_err().to_string().contains("readonly"));

    let writing = db.begin().await.unwrap();
    writing
        .execute_unprepared("UPDATE counter SET value = 9 WHERE name = 'fences'")
        .await
        .unwrap();
    let sql = "SELECT value FROM counter WHERE name = 'fences'";
    assert_eq!(text(&db.read, sql).await, "0");
    writing.commit().await.unwrap();
    assert_eq!(text(&db.read, sql).await, "9");
}

#[tokio::test]
async fn a_transaction_on_sqlite_takes_the_write_lock_at_once() {
    let bed = testbed::sqlite().await.unwrap();
    let other = Database::connect(bed.url(), 1).await.unwrap();
    let _writing = bed.db.begin().await.unwrap();
    other
        .write
        .execute_unprepared("PRAGMA busy_timeout = 10")
        .await
        .unwrap();
    assert!(other.begin().await.is_err(), "another process must wait");
    assert!(other.read.begin().await.is_ok(), "reading goes on");
}

#[tokio::test]
async fn postgresql_is_told_who_asks_and_for_how_long() {
    let db = testbed::postgres().await.unwrap().db;
    assert_eq!(text(&db.write, "SHOW application_name").await, "fieldhub");
    assert_eq!(text(&db.write, "SHOW statement_timeout").await, "30s");
}

#[tokio::test]
async fn a_timeout_in_the_url_is_used_instead() {
    let bed = testbed::postgres().await.unwrap();
    let url = format!("{}?options[statement_timeout]=1500", bed.url());
    let db = Database::connect(&url, 1).await.unwrap();
    assert_eq!(text(&db.write, "SHOW statement_timeout").await, "1500ms");
}

#[tokio::test]
async fn parameters_with_a_dollar_are_read_by_both_databases() {
    #[derive(FromQueryResult)]
    struct Sum {
        first: i64,
        second: i64,
    }
    for bed in testbed::databases().await.unwrap() {
        let sql = "SELECT CAST($2 AS bigint) AS first, CAST($1 AS bigint) AS second";
        let values = [1_i64.into(), 2_i64.into()];
        let statement = Statement::from_sql_and_values(bed.db.backend(), sql, values);
        let sum = Sum::find_by_statement(statement)
            .one(&bed.db.read)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((sum.first, sum.second), (2, 1));
    }
}

#[tokio::test]
async fn a_url_of_another_kind_is_refused_with_an_example() {
    let error = Database::connect("mysql://localhost/x", 1)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("sqlite:// or postgres://"),
        "{error}"
    );
}

#[tokio::test]
async fn an_absent_server_is_noticed_within_five_seconds() {
    let started = std::time::Instant::now();
    let refused = Database::connect("postgres://nobody@127.0.0.1:1/none", 1).await;
    assert!(refused.is_err());
    assert!(started.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn each_kind_knows_which_it_is() {
    assert_eq!(
        testbed::sqlite().await.unwrap().db.backend(),
        DbBackend::Sqlite
    );
    assert_eq!(
        testbed::postgres().await.unwrap().db.backend(),
        DbBackend::Postgres
    );
}
