//! Classes of customers.

use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, faults};

const SHAPE: &str = "segment { id name }";

async fn made(company: &Company, name: &str) -> Value {
    let call = format!("createSegment(name: {name:?})");
    let made = company.call(&company.admin, &call, SHAPE).await.unwrap();
    made["segment"]["id"].clone()
}

#[rstest]
#[tokio::test]
async fn a_class_is_added_and_renamed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let id = made(&company, " pharmacies ").await;
    made(&company, "clinics").await;
    let rename = format!("renameSegment(id: {id}, name: \"chemists\")");
    let renamed = company.call(&company.admin, &rename, SHAPE).await.unwrap();
    assert_eq!(renamed["segment"], json!({ "id": id, "name": "chemists" }));
    let seen = company
        .seen(&company.north_rep, "{ segments { nodes { name } } }")
        .await;
    let names = json!([{ "name": "chemists" }, { "name": "clinics" }]);
    assert_eq!(seen["segments"]["nodes"], names);
}

#[rstest]
#[tokio::test]
async fn a_class_has_a_name_of_its_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let id = made(&company, "clinics").await;
    made(&company, "chemists").await;
    let long = "n".repeat(201);
    for (name, expected) in [
        ("  ", "REQUIRED name"),
        (long.as_str(), "TOO_LONG name"),
        ("a\u{0}b", "INVALID name"),
        ("chemists", "TAKEN name"),
    ] {
        let name = json!(name);
        for call in [
            format!("createSegment(name: {name})"),
            format!("renameSegment(id: {id}, name: {name})"),
        ] {
            let refused = company.call(&company.admin, &call, SHAPE).await.unwrap();
            assert_eq!(faults(&refused), expected, "{call}");
            assert_eq!(refused["segment"], Value::Null);
        }
    }
    for unknown in ["x".to_owned(), company.north.global()] {
        let call = format!("renameSegment(id: {unknown:?}, name: \"n\")");
        let refused = company.call(&company.admin, &call, SHAPE).await;
        assert_eq!(refused.unwrap_err(), "NOT_FOUND", "{unknown}");
    }
}
