//! Every row comes back from either database as it was written.

use std::collections::BTreeSet;

use entity::{Database, customers, field, learning, people, performance, sales, webhooks};
use sea_orm::{ConnectionTrait, DbBackend, EntityName, EntityTrait, Statement};

use crate::sample::{Rows, Shared, shared_tables, tables_of_a_rep};

async fn assert_stored<E>(db: &Database, row: &E::Model)
where
    E: EntityTrait,
    E::Model: PartialEq,
{
    #[expect(clippy::disallowed_methods, reason = "the test reads without a viewer")]
    let rows = E::find().all(&db.read).await.unwrap();
    assert!(rows.contains(row), "{row:#?}\nis not among\n{rows:#?}");
}

macro_rules! assert_all_stored {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        async fn assert_rows_stored(db: &Database, rows: &Rows) {
            $(assert_stored::<$room::$table::Entity>(db, &rows.$name).await;)+
        }
    };
}
tables_of_a_rep!(assert_all_stored);

macro_rules! assert_all_shared_stored {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        async fn assert_shared_stored(db: &Database, shared: &Shared) {
            $(assert_stored::<$room::$table::Entity>(db, &shared.$name).await;)+
        }
    };
}
shared_tables!(assert_all_shared_stored);

#[tokio::test]
async fn every_row_comes_back_as_it_was_written() {
    for bed in testbed::databases().await.unwrap() {
        let shared = Shared::new();
        shared.insert(&bed.db).await;
        let rows = Rows::of_new_rep(&shared, "ann");
        rows.insert(&bed.db).await;

        assert_shared_stored(&bed.db, &shared).await;
        assert_rows_stored(&bed.db, &rows).await;
    }
}

#[tokio::test]
async fn every_table_has_a_model_and_is_tried_here() {
    macro_rules! names {
        ($($name:ident: $room:ident::$table:ident,)+) => {
            [$($room::$table::Entity.table_name().to_owned(),)+]
        };
    }
    let mut tried = BTreeSet::from(tables_of_a_rep!(names));
    tried.extend(shared_tables!(names));

    let db = testbed::sqlite().await.unwrap().db;
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'
               AND name NOT LIKE 'sqlite%' AND name <> 'fieldhub_migration'";
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let rows = db.read.query_all_raw(statement).await.unwrap();
    let found = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    assert_eq!(tried, found.collect());
}
