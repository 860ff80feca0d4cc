//! The people one talks to at a customer.

use entity::id::CustomerId;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, with};

const SHAPE: &str = "contact { id name title phone email isPrimary customer { name } }";

async fn add(company: &Company, customer: CustomerId, more: Value) -> Value {
    let input = with(
        &json!({ "customerId": customer.global(), "name": "Li" }),
        more,
    );
    let payload = company
        .verb(&company.north_rep, "addContact", SHAPE, input)
        .await;
    payload["contact"].clone()
}

/// The contacts of all customers in sight: `Li*` is the one to ask for first.
async fn contacts(company: &Company) -> Vec<String> {
    let query = "{ customers { nodes { contacts { nodes { name isPrimary } } } } }";
    let seen = company.seen(&company.north_rep, query).await;
    let nodes = seen["customers"]["nodes"][0]["contacts"]["nodes"].clone();
    let mut told: Vec<String> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| {
            let mark = if contact["isPrimary"] == true {
                "*"
            } else {
                ""
            };
            format!("{}{mark}", contact["name"].as_str().unwrap())
        })
        .collect();
    told.sort();
    told
}

#[rstest]
#[tokio::test]
async fn a_contact_is_added_changed_and_taken_away(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", Some(company.north_rep.id)).await;
    let more = json!({ "title": "buyer", "phone": "1", "email": "li@acme.cn", "isPrimary": true });
    let li = add(&company, acme, more).await;
    let expected = json!({ "id": li["id"], "name": "Li", "title": "buyer", "phone": "1",
        "email": "li@acme.cn", "isPrimary": true, "customer": { "name": "acme" } });
    assert_eq!(li, expected);
    let wu = add(&company, acme, json!({ "name": "Wu", "isPrimary": true })).await;
    assert_eq!(contacts(&company).await, ["Li", "Wu*"], "one at a time");

    let edit = json!({ "id": li["id"], "title": null, "isPrimary": true });
    let edited = company
        .verb(&company.north_rep, "editContact", SHAPE, edit)
        .await;
    assert_eq!(edited["contact"], with(&expected, json!({ "title": null })));
    assert_eq!(contacts(&company).await, ["Li*", "Wu"]);
    let untouched = json!({ "id": wu["id"] });
    let same = company
        .verb(&company.north_rep, "editContact", SHAPE, untouched)
        .await;
    assert_eq!(same["contact"], with(&wu, json!({ "isPrimary": false })));

    let call = format!("removeContact(id: {})", li["id"]);
    let removed = company
        .call(&company.north_rep, &call, "contact { name }")
        .await;
    assert_eq!(removed.unwrap()["contact"]["name"], "Li");
    assert_eq!(contacts(&company).await, ["Wu"]);
    let again = company
        .call(&company.north_rep, &call, "contact { name }")
        .await;
    assert_eq!(again.unwrap_err(), "NOT_FOUND");
}

#[rstest]
#[tokio::test]
async fn a_contact_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let acme = company.customer("acme", Some(company.north_rep.id)).await;
    let theirs = company.customer("theirs", Some(company.south_rep.id)).await;
    let li = add(&company, acme, json!({})).await;
    let long = "n".repeat(201);
    let many = json!({ "name": long, "title": long, "phone": long, "email": long });
    let too_long = "TOO_LONG name, TOO_LONG title, TOO_LONG phone, TOO_LONG email";
    let cases = [
        (json!({ "name": " " }), "REQUIRED name"),
        (many, too_long),
        (json!({ "phone": "1\u{0}2" }), "INVALID phone"),
        (json!({ "isPrimary": "yes" }), "GRAPHQL_VALIDATION_FAILED"),
    ];
    let new = json!({ "customerId": acme.global(), "name": "Wu" });
    let known = json!({ "id": li["id"] });
    for (change, expected) in cases {
        for (verb, good) in [("addContact", &new), ("editContact", &known)] {
            let input = with(good, change.clone());
            let refused = company.wrong(&company.north_rep, verb, input.clone()).await;
            assert_eq!(refused, expected, "{verb} {input}");
        }
    }
    for customer in [theirs.global(), "x".to_owned(), company.north.global()] {
        let input = with(&new, json!({ "customerId": customer }));
        let refused = company.wrong(&company.north_rep, "addContact", input).await;
        assert_eq!(refused, "NOT_FOUND");
    }
    let edit = json!({ "id": li["id"], "name": "Mine" });
    let foreign = company.wrong(&company.south_rep, "editContact", edit).await;
    assert_eq!(foreign, "NOT_FOUND");
    let call = format!("removeContact(id: {})", li["id"]);
    let foreign = company
        .call(&company.south_rep, &call, "contact { name }")
        .await;
    assert_eq!(foreign.unwrap_err(), "NOT_FOUND");
    assert_eq!(contacts(&company).await, ["Li"], "nothing has changed");
}
