//! F14: uploads beside a long read on SQLite.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement, TransactionTrait};

use crate::faults::{Scenario, deployment::Profile, scaled};

#[tokio::test(flavor = "multi_thread")]
async fn f14_a_long_read_locks_nobody_out() {
    let scenario = Scenario::start("F14", Profile::Embedded, 8, 114).await;
    let seconds = scaled(6, 60) as u64;
    let reader = scenario.deployment.db.read.clone();
    let reading = tokio::spawn(async move {
        let transaction = reader.begin().await.expect("a transaction");
        let sql = "SELECT count(*) FROM check_in";
        let count = || Statement::from_string(transaction.get_database_backend(), sql);
        transaction
            .query_one_raw(count())
            .await
            .expect("a snapshot");
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        transaction
            .query_one_raw(count())
            .await
            .expect("the same snapshot");
        transaction.commit().await.expect("the end");
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let uploads = scenario.uploads(4);
    scenario
        .phones
        .send_all(uploads, 8)
        .await
        .expect("each batch is receipted");
    let unexpected = scenario.phones.heard.unexpected(&[202]);
    assert!(
        unexpected.is_empty(),
        "every upload is 202, not {unexpected:?}"
    );
    reading.await.expect("the reader ends");
    scenario.check().await;
    assert!(!scenario.deployment.logs().contains("database is locked"));
}
