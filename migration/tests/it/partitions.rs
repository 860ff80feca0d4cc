//! The monthly tables of check-ins on PostgreSQL.

use entity::Database;
use sea_orm::prelude::Date;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

async fn check_in(db: &Database, recorded_at: &str) {
    let sql = format!(
        "INSERT INTO check_in (rep_id, recorded_at, device_id, kind, customer_key, latitude_e6,
             longitude_e6, id, received_at, is_mock)
         SELECT u, '{recorded_at}', u, 'TRAIL', u, 1, 1, u, '{recorded_at}', false
         FROM (SELECT gen_random_uuid() AS u) AS one"
    );
    db.write.execute_unprepared(&sql).await.unwrap();
}

async fn table_of_the_check_in(db: &Database) -> String {
    let sql = "SELECT tableoid::regclass::text FROM check_in";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = db.write.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn the_months_around_a_day_get_a_partition_once() {
    let db = testbed::postgres().await.unwrap().db;
    let first = migration::ensure_partitions(&db.write, day("2031-01-31"))
        .await
        .unwrap();
    assert_eq!(
        first.made,
        [
            "check_in_2030_10",
            "check_in_2030_11",
            "check_in_2030_12",
            "check_in_2031_01",
            "check_in_2031_02",
            "check_in_2031_03",
            "check_in_2031_04",
        ]
    );
    let again = migration::ensure_partitions(&db.write, day("2031-01-01"))
        .await
        .unwrap();
    assert_eq!(again, migration::Partitions::default());

    check_in(&db, "2031-01-31T23:59:59.999Z").await;
    assert_eq!(table_of_the_check_in(&db).await, "check_in_2031_01");
}

#[tokio::test]
async fn a_month_that_the_default_partition_already_holds_is_skipped() {
    let db = testbed::postgres().await.unwrap().db;
    check_in(&db, "2031-02-01T00:00:00Z").await;
    assert_eq!(table_of_the_check_in(&db).await, "check_in_default");

    let partitions = migration::ensure_partitions(&db.write, day("2031-01-31"))
        .await
        .unwrap();
    assert_eq!(partitions.made.len(), 6);
    assert_eq!(partitions.skipped, ["check_in_2031_02"]);
}

#[tokio::test]
async fn sqlite_needs_none() {
    let db = testbed::sqlite().await.unwrap().db;
    let partitions = migration::ensure_partitions(&db.write, day("2031-01-31"))
        .await
        .unwrap();
    assert_eq!(partitions, migration::Partitions::default());
}
