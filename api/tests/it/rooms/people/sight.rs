//! Who sees whom, by every way that leads to a person.

use entity::people::user;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::company::Company;

fn names(list: &Value) -> Vec<&str> {
    let nodes = list["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["name"].as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn everybody_sees_their_part(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let company = Company::on(backend).await;
    let seen = async |user: &user::Model| {
        let query =
            "{ users { totalCount nodes { name } } teams { nodes { name } } viewer { name } }";
        let data = company.ask_as(user, query, json!({})).await.body["data"].clone();
        assert_eq!(data["viewer"]["name"], user.name);
        assert_eq!(data["users"]["totalCount"], names(&data["users"]).len());
        format!(
            "{} | {}",
            names(&data["users"]).join(" "),
            names(&data["teams"]).join(" ")
        )
    };
    assert_eq!(
        seen(&company.admin).await,
        "admin manager norma sue | head north south"
    );
    assert_eq!(seen(&company.manager).await, "manager norma | head north");
    assert_eq!(seen(&company.north_rep).await, "norma | head north");
}

#[tokio::test]
async fn a_foreign_id_is_as_if_it_did_not_exist() {
    let company = Company::sqlite().await;
    let foreign = company.south_rep.id.global();
    let query = "query($id: ID!, $ids: [ID!]!) { node(id: $id) { id } user(id: $id) { id }
        nodes(ids: $ids) { id } }";
    let own = company.north_rep.id.global();
    let variables =
        json!({ "id": foreign, "ids": [own, foreign, "nonsense", company.north.global()] });
    let reply = company.ask_as(&company.north_rep, query, variables).await;
    assert!(reply.body.get("errors").is_none(), "{}", reply.body);
    let data = &reply.body["data"];
    assert_eq!((&data["node"], &data["user"]), (&Value::Null, &Value::Null));
    let nodes = json!([{ "id": own }, null, null, { "id": company.north.global() }]);
    assert_eq!(data["nodes"], nodes);
}

#[tokio::test]
async fn links_and_filters_lead_nowhere_else() {
    let company = Company::sqlite().await;
    let query = "query($south: ID!) {
        teams { nodes { name manager { name } parent { name } children { nodes { name } }
            reps { nodes { name } } } }
        users(filter: { teamId: { eq: $south } }) { totalCount nodes { name } } }";
    let variables = json!({ "south": company.south.global() });
    let reply = company.ask_as(&company.north_rep, query, variables).await;
    let text = reply.body.to_string();
    assert!(
        !text.contains("sue") && !text.contains("manager\":{"),
        "{text}"
    );
    assert_eq!(reply.body["data"]["users"]["totalCount"], 0);
}

#[tokio::test]
async fn nobody_sees_nothing() {
    let company = Company::sqlite().await;
    let reply = company.ask("{ users { nodes { name } } }", json!({})).await;
    assert_eq!(reply.code(), "UNAUTHENTICATED");
    let reply = company.ask("{ viewer { name } }", json!({})).await;
    assert_eq!(reply.body["data"]["viewer"], Value::Null);
    let id = json!({ "id": company.admin.id.global() });
    let reply = company
        .ask("query($id: ID!) { node(id: $id) { id } }", id)
        .await;
    assert_eq!(reply.code(), "UNAUTHENTICATED");
}

#[rstest]
#[tokio::test]
async fn filters_find_by_every_field(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let found = async |filter: Value| {
        let query = "query($filter: UserFilter) { users(filter: $filter) { nodes { name } } }";
        let variables = json!({ "filter": filter });
        let reply = company.ask_as(&company.admin, query, variables).await;
        names(&reply.body["data"]["users"]).join(" ")
    };
    assert_eq!(
        found(json!({ "name": { "contains": "M" } })).await,
        "admin manager norma"
    );
    assert_eq!(
        found(json!({ "name": { "startsWith": "no" } })).await,
        "norma"
    );
    assert_eq!(found(json!({ "name": { "contains": "%" } })).await, "");
    assert_eq!(
        found(json!({ "name": { "in": ["sue", "admin", "x"] } })).await,
        "admin sue"
    );
    assert_eq!(
        found(json!({ "email": { "eq": "sue@example.com" } })).await,
        "sue"
    );
    assert_eq!(found(json!({ "role": "REP" })).await, "norma sue");
    assert_eq!(
        found(json!({ "role": ["ADMIN", "MANAGER"] })).await,
        "admin manager"
    );
    let teams = json!([company.north.global(), company.head.global()]);
    assert_eq!(
        found(json!({ "teamId": { "in": teams } })).await,
        "admin manager norma"
    );
    assert_eq!(found(json!({ "teamId": { "isNull": true } })).await, "");
    assert_eq!(
        found(json!({ "deactivatedAt": { "isNull": false } })).await,
        ""
    );
}
