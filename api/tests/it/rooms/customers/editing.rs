//! Customers: added, changed, archived.

use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, faults, with};

const SHAPE: &str = "customer { id code name address city status archivedAt
    position { latitude longitude } segment { name }
    assignments { nodes { rep { name } team { name } dueEveryDays } } }";

/// The least that the manager must say.
fn input(company: &Company) -> Value {
    json!({ "code": "C-1", "name": "Acme", "assignTo": { "repId": company.north_rep.id.global() } })
}

async fn segment(company: &Company) -> Value {
    let call = "createSegment(name: \"clinics\")";
    let made = company.call(&company.admin, call, "segment { id }").await;
    made.unwrap()["segment"]["id"].clone()
}

#[rstest]
#[tokio::test]
async fn a_customer_is_added_with_all_that_is_known_and_seen_by_who_looks_after_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let input = json!({ "code": " C-1 ", "name": "Acme", "segmentId": segment(&company).await,
        "address": "1 Main Road", "city": "Shanghai", "status": "ACTIVE",
        "position": { "latitude": 31.25, "longitude": 121.5 },
        "assignTo": { "repId": company.north_rep.id.global(), "dueEveryDays": 14 } });
    let made = company
        .verb(&company.manager, "createCustomer", SHAPE, input)
        .await;
    let mut expected = json!({ "code": "C-1", "name": "Acme", "address": "1 Main Road",
        "city": "Shanghai", "status": "ACTIVE", "archivedAt": null,
        "position": { "latitude": 31.25, "longitude": 121.5 }, "segment": { "name": "clinics" },
        "assignments": { "nodes": [{ "rep": { "name": "norma" }, "team": null,
            "dueEveryDays": 14 }] } });
    expected["id"] = made["customer"]["id"].clone();
    assert_eq!(made["customer"], expected);
    let query = format!(
        "{{ customers {{ nodes {} }} }}",
        SHAPE.trim_start_matches("customer ")
    );
    for user in [&company.manager, &company.north_rep, &company.admin] {
        let seen = company.seen(user, &query).await;
        assert_eq!(
            seen["customers"]["nodes"],
            json!([expected]),
            "{}",
            user.name
        );
    }
    let seen = company.seen(&company.south_rep, &query).await;
    assert_eq!(seen["customers"]["nodes"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_new_customer_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let good = input(&company);
    assert_eq!(
        company
            .wrong(&company.manager, "createCustomer", good.clone())
            .await,
        ""
    );
    let (rep, long) = (company.north_rep.id.global(), "n".repeat(201));
    let free = with(&good, json!({ "code": "C-2" }));
    let assigned = |assignee: Value| json!({ "assignTo": assignee });
    for (change, expected) in [
        (json!({ "code": "C-1" }), "TAKEN code"),
        (
            json!({ "code": " ", "name": "" }),
            "REQUIRED code, REQUIRED name",
        ),
        (
            json!({ "code": long, "name": long, "city": long, "address": long }),
            "TOO_LONG code, TOO_LONG name, TOO_LONG address, TOO_LONG city",
        ),
        (json!({ "name": "a\u{0}b" }), "INVALID name"),
        (
            json!({ "position": { "latitude": 90.5, "longitude": 0 } }),
            "OUT_OF_RANGE position",
        ),
        (
            json!({ "position": { "latitude": 0, "longitude": -180.5 } }),
            "OUT_OF_RANGE position",
        ),
        (json!({ "segmentId": "x" }), "NOT_FOUND"),
        (json!({ "segmentId": rep }), "NOT_FOUND"),
        (json!({ "status": "RICH" }), "GRAPHQL_VALIDATION_FAILED"),
        (
            json!({ "position": { "latitude": "north", "longitude": 0 } }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (json!({ "assignTo": null }), "REQUIRED assignTo"),
        (assigned(json!({})), "INVALID assignee"),
        (
            assigned(json!({ "repId": rep, "teamId": company.north.global() })),
            "INVALID assignee",
        ),
        (
            assigned(json!({ "repId": rep, "dueEveryDays": 0 })),
            "OUT_OF_RANGE dueEveryDays",
        ),
        (
            assigned(json!({ "repId": rep, "dueEveryDays": 3_651 })),
            "OUT_OF_RANGE dueEveryDays",
        ),
        (
            assigned(json!({ "repId": company.south_rep.id.global() })),
            "NOT_FOUND",
        ),
        (
            assigned(json!({ "teamId": company.south.global() })),
            "NOT_FOUND",
        ),
        (
            assigned(json!({ "teamId": company.head.global() })),
            "FORBIDDEN",
        ),
    ] {
        let input = with(&free, change);
        let refused = company
            .wrong(&company.manager, "createCustomer", input.clone())
            .await;
        assert_eq!(refused, expected, "{input}");
    }
    let count = "{ customers { totalCount } }";
    let seen = company.seen(&company.admin, count).await;
    assert_eq!(seen["customers"]["totalCount"], 1, "nothing of it stayed");
    assert_eq!(
        company
            .wrong(&company.manager, "createCustomer", free)
            .await,
        ""
    );
}

#[rstest]
#[tokio::test]
async fn a_change_changes_what_it_names_and_null_takes_away(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let full = with(
        &input(&company),
        json!({ "address": "1 Main Road", "city": "Shanghai",
        "position": { "latitude": 31.25, "longitude": 121.5 },
        "segmentId": segment(&company).await }),
    );
    let made = company
        .verb(&company.manager, "createCustomer", SHAPE, full)
        .await;
    let before = &made["customer"];
    let edit = async |mut change: Value| {
        change["id"] = before["id"].clone();
        company
            .verb(&company.manager, "editCustomer", SHAPE, change)
            .await["customer"]
            .clone()
    };
    assert_eq!(edit(json!({})).await, *before);
    let change = json!({ "name": "Acme & Co", "city": null, "status": "ACTIVE",
        "position": null, "segmentId": null, "code": "C-9" });
    let expected = with(before, with(&change, json!({ "segment": null })));
    let mut expected = expected;
    expected.as_object_mut().unwrap().remove("segmentId");
    assert_eq!(edit(change).await, expected);
}

#[rstest]
#[tokio::test]
async fn a_change_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let ours = company.customer("ours", Some(company.north_rep.id)).await;
    let theirs = company.customer("theirs", Some(company.south_rep.id)).await;
    let good = json!({ "id": ours.global() });
    for (change, expected) in [
        (json!({ "code": "theirs" }), "TAKEN code"),
        (
            json!({ "code": " ", "name": " " }),
            "REQUIRED code, REQUIRED name",
        ),
        (json!({ "city": "c".repeat(201) }), "TOO_LONG city"),
        (
            json!({ "position": { "latitude": -91, "longitude": 0 } }),
            "OUT_OF_RANGE position",
        ),
        (json!({ "segmentId": "x" }), "NOT_FOUND"),
        (json!({ "id": theirs.global() }), "NOT_FOUND"),
        (json!({ "id": company.north.global() }), "NOT_FOUND"),
        (
            json!({ "status": null, "colour": "red" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let input = with(&good, change);
        let refused = company
            .wrong(&company.manager, "editCustomer", input.clone())
            .await;
        assert_eq!(refused, expected, "{input}");
    }
}

#[rstest]
#[tokio::test]
async fn an_archived_customer_stays_readable_and_is_given_to_nobody(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let ours = company.customer("ours", Some(company.north_rep.id)).await;
    let theirs = company.customer("theirs", Some(company.south_rep.id)).await;
    let archive = async |id: String| {
        let call = format!("archiveCustomer(id: {id:?})");
        let outcome = company
            .call(&company.manager, &call, "customer { archivedAt }")
            .await;
        outcome.map(|payload| payload["customer"]["archivedAt"].clone())
    };
    let since = archive(ours.global()).await.unwrap();
    assert!(since.is_string());
    assert_eq!(archive(ours.global()).await.unwrap(), since, "once");
    assert_eq!(archive(theirs.global()).await.unwrap_err(), "NOT_FOUND");
    let query = "{ customers { nodes { name } }
        served: customers(filter: {archivedAt: {isNull: true}}) { nodes { name } } }";
    let seen = company.seen(&company.north_rep, query).await;
    assert_eq!(seen["customers"]["nodes"], json!([{ "name": "ours" }]));
    assert_eq!(seen["served"]["nodes"], json!([]));
    let assign = json!({ "customerId": ours.global(),
        "assignee": { "teamId": company.north.global() } });
    let refused = company
        .wrong(&company.manager, "assignCustomer", assign)
        .await;
    assert_eq!(refused, "ARCHIVED customerId");
}

#[tokio::test]
async fn an_administrator_may_add_a_customer_nobody_looks_after() {
    let company = Company::sqlite().await;
    let input = json!({ "code": "C-1", "name": "Acme" });
    let made = company
        .verb(&company.admin, "createCustomer", SHAPE, input)
        .await;
    assert_eq!(faults(&made), "");
    assert_eq!(made["customer"]["assignments"]["nodes"], json!([]));
    assert_eq!(made["customer"]["status"], "PROSPECT");
}
