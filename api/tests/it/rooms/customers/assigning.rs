//! Who looks after a customer, from when to when.

use entity::id::CustomerId;
use entity::people::{team, user};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, with};

const SHAPE: &str = "assignment { id validFrom validTo dueEveryDays rep { name } team { name } }";

fn to_rep(company: &Company, customer: CustomerId, due: Option<i32>) -> Value {
    json!({ "customerId": customer.global(),
        "assignee": { "repId": company.north_rep.id.global(), "dueEveryDays": due } })
}

async fn end(
    company: &Company,
    user: &user::Model,
    id: &Value,
    valid_to: Option<&str>,
) -> Result<Value, String> {
    let call = match valid_to {
        Some(valid_to) => format!("endAssignment(id: {id}, validTo: {valid_to:?})"),
        None => format!("endAssignment(id: {id})"),
    };
    company.call(user, &call, SHAPE).await
}

#[rstest]
#[tokio::test]
async fn a_customer_is_seen_by_whom_it_is_given_to_until_it_is_taken_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", None).await;
    let sees = async || {
        let seen = company
            .seen(&company.north_rep, "{ customers { totalCount } }")
            .await;
        seen["customers"]["totalCount"] == 1
    };
    assert!(!sees().await);
    let input = to_rep(&company, acme, Some(14));
    let given = company
        .verb(&company.admin, "assignCustomer", SHAPE, input)
        .await;
    let assignment = &given["assignment"];
    assert_eq!(assignment["rep"]["name"], "norma");
    assert_eq!(
        (&assignment["dueEveryDays"], &assignment["validTo"]),
        (&json!(14), &Value::Null)
    );
    assert!(sees().await);
    let ended = end(&company, &company.manager, &assignment["id"], None)
        .await
        .unwrap();
    assert!(ended["assignment"]["validTo"].is_string());
    assert!(!sees().await);

    let team =
        json!({ "customerId": acme.global(), "assignee": { "teamId": company.head.global() } });
    let given = company
        .verb(&company.admin, "assignCustomer", SHAPE, team)
        .await;
    assert_eq!(given["assignment"]["team"]["name"], "head");
    assert!(sees().await, "through the team above theirs");
}

#[rstest]
#[tokio::test]
async fn another_frequency_begins_where_the_older_one_ends(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", None).await;
    let (first, second) = ("2026-01-05T08:00:00+00:00", "2026-02-05T08:00:00+00:00");
    for (from, due) in [(first, 14), (second, 7)] {
        let input = with(
            &to_rep(&company, acme, Some(due)),
            json!({ "validFrom": from }),
        );
        assert_eq!(
            company.wrong(&company.admin, "assignCustomer", input).await,
            ""
        );
    }
    for from in [first, second, "2026-01-20T08:00:00Z"] {
        let input = with(&to_rep(&company, acme, None), json!({ "validFrom": from }));
        let refused = company.wrong(&company.admin, "assignCustomer", input).await;
        assert_eq!(refused, "OVERLAPS validFrom", "{from}");
    }
    let query = "{ customers { nodes { assignments(orderBy: {validFrom: ASC}) { nodes {
        validFrom validTo dueEveryDays } } } } }";
    let seen = company.seen(&company.admin, query).await;
    let expected = json!([
        { "validFrom": first, "validTo": second, "dueEveryDays": 14 },
        { "validFrom": second, "validTo": null, "dueEveryDays": 7 },
    ]);
    assert_eq!(
        seen["customers"]["nodes"][0]["assignments"]["nodes"],
        expected
    );
}

#[rstest]
#[tokio::test]
async fn an_assignment_is_refused_with_its_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", Some(company.north_rep.id)).await;
    let theirs = company.customer("theirs", Some(company.south_rep.id)).await;
    let closed = user::ActiveModel {
        id: Set(company.south_rep.id),
        deactivated_at: Set(Some(api::scalar::now())),
        ..Default::default()
    };
    closed.update(&company.bed.db.write).await.unwrap();
    let archived = team::ActiveModel {
        id: Set(company.south),
        archived_at: Set(Some(api::scalar::now())),
        ..Default::default()
    };
    archived.update(&company.bed.db.write).await.unwrap();
    let (rep, sue) = (company.north_rep.id.global(), company.south_rep.id.global());
    let assigned = |assignee: Value| json!({ "customerId": acme.global(), "assignee": assignee });
    let by_manager = [
        (assigned(json!({})), "INVALID assignee"),
        (
            assigned(json!({ "repId": rep, "teamId": company.north.global() })),
            "INVALID assignee",
        ),
        (
            assigned(json!({ "repId": rep, "dueEveryDays": 0 })),
            "OUT_OF_RANGE dueEveryDays",
        ),
        (assigned(json!({ "repId": "x" })), "NOT_FOUND"),
        (assigned(json!({ "repId": sue })), "NOT_FOUND"),
        (
            assigned(json!({ "teamId": company.south.global() })),
            "NOT_FOUND",
        ),
        (
            assigned(json!({ "teamId": company.head.global() })),
            "FORBIDDEN",
        ),
        (to_rep(&company, theirs, None), "NOT_FOUND"),
        (
            with(
                &to_rep(&company, acme, None),
                json!({ "validFrom": "soon" }),
            ),
            "BAD_INPUT",
        ),
    ];
    for (input, expected) in by_manager {
        let refused = company
            .wrong(&company.manager, "assignCustomer", input.clone())
            .await;
        assert_eq!(refused, expected, "{input}");
    }
    for (assignee, expected) in [
        (json!({ "repId": sue }), "CLOSED assignee.repId"),
        (
            json!({ "teamId": company.south.global() }),
            "ARCHIVED assignee.teamId",
        ),
    ] {
        let refused = company
            .wrong(&company.admin, "assignCustomer", assigned(assignee))
            .await;
        assert_eq!(refused, expected);
    }
}

#[rstest]
#[tokio::test]
async fn an_assignment_ends_after_its_beginning_and_by_whom_it_belongs_to(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", Some(company.south_rep.id)).await;
    let input = with(
        &to_rep(&company, acme, None),
        json!({ "validFrom": "2026-01-05T08:00:00Z" }),
    );
    let ours = company
        .verb(&company.admin, "assignCustomer", SHAPE, input)
        .await;
    let ours = &ours["assignment"]["id"];
    let team =
        json!({ "customerId": acme.global(), "assignee": { "teamId": company.head.global() } });
    let above = company
        .verb(&company.admin, "assignCustomer", SHAPE, team)
        .await;
    let query = "{ customers { nodes { assignments { nodes { id rep { name } } } } } }";
    let seen = company.seen(&company.admin, query).await;
    let all = seen["customers"]["nodes"][0]["assignments"]["nodes"]
        .as_array()
        .unwrap()
        .clone();
    let sue = all
        .iter()
        .find(|assignment| assignment["rep"]["name"] == "sue")
        .unwrap();
    for foreign in [&sue["id"], &above["assignment"]["id"]] {
        let refused = end(&company, &company.manager, foreign, None).await;
        assert_eq!(refused.unwrap_err(), "FORBIDDEN", "seen, and not theirs");
    }
    for unknown in ["x".to_owned(), company.north.global()] {
        let refused = end(&company, &company.manager, &json!(unknown), None).await;
        assert_eq!(refused.unwrap_err(), "NOT_FOUND");
    }
    let early = end(
        &company,
        &company.manager,
        ours,
        Some("2026-01-05T08:00:00Z"),
    )
    .await;
    assert_eq!(
        crate::rooms::people::company::faults(&early.unwrap()),
        "OUT_OF_RANGE validTo"
    );
    let later = "2027-01-05T08:00:00+00:00";
    let ended = end(&company, &company.manager, ours, Some(later))
        .await
        .unwrap();
    assert_eq!(ended["assignment"]["validTo"], later);
}
