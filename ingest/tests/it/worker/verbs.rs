//! What people decide is derived anew.

use entity::field::{arrival_decision, check_in, visit};
use entity::id::CustomerId;
use entity::viewer::Scope;
use ingest::verbs::{self, VerbError};
use rstest::rstest;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use testbed::Backend;

use super::bed::{Bed, customer_id};

async fn arrival(bed: &Bed) -> check_in::Model {
    check_in::Entity::visible_to(&Scope::All)
        .filter(check_in::Column::Kind.eq(check_in::Kind::Arrive))
        .one(&bed.database.db.read)
        .await
        .unwrap()
        .unwrap()
}

async fn correct(bed: &Bed, customer: Option<CustomerId>) {
    let visit = visit::Entity::visible_to(&Scope::All)
        .limit(1)
        .one(&bed.database.db.read);
    let visit = visit.await.unwrap().unwrap();
    let transaction = bed.database.db.begin().await.unwrap();
    verbs::correct_visit(
        &transaction,
        &visit,
        customer,
        bed.rep(),
        "next door".to_owned(),
    )
    .await
    .unwrap();
    transaction.commit().await.unwrap();
    bed.worker.drain().await.unwrap();
}

#[rstest]
#[tokio::test]
async fn an_accepted_arrival_becomes_a_visit_and_a_refused_one_none(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard("09:00 +acme@road, 09:30 -acme@road").await;
    assert_eq!(bed.visits().await, "");
    let arrival = arrival(&bed).await;

    let db = &bed.database.db.write;
    let by = bed.rep();
    let decided = verbs::accept_arrival(db, &arrival, by, Some("seen".to_owned()))
        .await
        .unwrap();
    bed.worker.drain().await.unwrap();
    assert_eq!(decided.decision, arrival_decision::Decision::Accepted);
    assert_eq!(bed.visits().await, "acme 09:00-09:30 Departed");

    verbs::refuse_arrival(db, &arrival, by, None).await.unwrap();
    bed.worker.drain().await.unwrap();
    assert_eq!(bed.visits().await, "");
    assert_eq!(
        bed.news().await,
        "Opened 1, Closed 2, Withdrawn 3 LATE_DATA"
    );
}

#[rstest]
#[tokio::test]
async fn only_an_arrival_out_of_range_is_decided_on(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard("09:00 +acme, 09:30 -acme").await;
    let arrival = arrival(&bed).await;

    let outcome = verbs::accept_arrival(&bed.database.db.write, &arrival, bed.rep(), None).await;

    assert!(matches!(outcome, Err(VerbError::NotOutOfRange)));
}

#[rstest]
#[tokio::test]
async fn a_correction_moves_a_visit_and_the_newest_one_holds(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard("09:00 acme, 09:05 acme, 09:20 road, 09:25 road")
        .await;

    correct(&bed, Some(customer_id("bolt"))).await;
    assert_eq!(bed.visits().await, "bolt 09:00-09:05 Exit");

    correct(&bed, None).await;
    assert_eq!(bed.visits().await, "");

    correct(&bed, Some(customer_id("corner"))).await;
    assert_eq!(bed.visits().await, "corner 09:00-09:05 Exit");
}
