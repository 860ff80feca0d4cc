//! Every look at another person's position is written down, or refused.

use api::error::Code;
use api::people::access::RecordedLooks;
use entity::Database;
use entity::people::access_log;
use entity::viewer::{Scope, Viewer};
use rstest::rstest;
use sea_orm::PaginatorTrait;
use serde_json::json;
use testbed::Backend;

use super::company::Company;

async fn manager(company: &Company, purpose: &str) -> Viewer {
    let viewer = company
        .viewer(&company.token(&company.manager))
        .await
        .unwrap();
    Viewer {
        purpose: purpose.to_owned(),
        ..viewer
    }
}

async fn rows(company: &Company) -> u64 {
    let rows = access_log::Entity::visible_to(&Scope::All);
    rows.count(&company.bed.db.read).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn a_look_is_one_row_a_subject_purpose_and_hour(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let subjects = [
        company.north_rep.id,
        company.manager.id,
        company.north_rep.id,
    ];
    let map = manager(&company, "live map").await;
    // Two processes, each with its own memory, write the same look once.
    for looks in [RecordedLooks::default(), RecordedLooks::default()] {
        for _ in 0..3 {
            looks
                .record(&company.bed.db, &map, &subjects)
                .await
                .unwrap();
        }
    }
    assert_eq!(rows(&company).await, 1);
    let audit = manager(&company, "audit").await;
    RecordedLooks::default()
        .record(&company.bed.db, &audit, &subjects)
        .await
        .unwrap();
    assert_eq!(rows(&company).await, 2);
}

#[tokio::test]
async fn the_person_looked_at_reads_who_when_and_why() {
    let company = Company::sqlite().await;
    let map = manager(&company, "live map").await;
    let looks = RecordedLooks::default();
    looks
        .record(&company.bed.db, &map, &[company.north_rep.id])
        .await
        .unwrap();
    let query = "{ accessLog { totalCount nodes { viewerName purpose firstAt viewer { name } subject { name } } } }";
    let reply = company.ask_as(&company.north_rep, query, json!({})).await;
    let log = &reply.body["data"]["accessLog"];
    assert_eq!(log["totalCount"], 1, "{}", reply.body);
    assert_eq!(log["nodes"][0]["viewerName"], "manager");
    assert_eq!(log["nodes"][0]["purpose"], "live map");
    assert_eq!(log["nodes"][0]["subject"]["name"], "norma");
    assert!(log["nodes"][0]["viewer"].is_null(), "a rep sees no manager");
    for (user, seen) in [
        (&company.manager, 0),
        (&company.south_rep, 0),
        (&company.admin, 1),
    ] {
        let reply = company.ask_as(user, query, json!({})).await;
        assert_eq!(reply.body["data"]["accessLog"]["totalCount"], seen);
    }
    let by = "{ accessLog { nodes { viewer { name } } } }";
    let reply = company.ask_as(&company.admin, by, json!({})).await;
    let viewer = &reply.body["data"]["accessLog"]["nodes"][0]["viewer"];
    assert_eq!(viewer["name"], "manager", "{}", reply.body);
}

#[tokio::test]
async fn a_look_that_cannot_be_written_is_refused() {
    let company = Company::sqlite().await;
    let map = manager(&company, "live map").await;
    let read_only = Database {
        read: company.bed.db.read.clone(),
        write: company.bed.db.read.clone(),
    };
    let looks = RecordedLooks::default();
    let refused = looks
        .record(&read_only, &map, &[company.north_rep.id])
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::AccessLogUnavailable);
    // Looking at oneself needs no row.
    looks
        .record(&read_only, &map, &[company.manager.id])
        .await
        .unwrap();
}
