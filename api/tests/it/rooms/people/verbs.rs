//! What the verbs of people do and refuse.

use entity::id::UserId;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::company::{Company, one, refusals};

#[rstest]
#[tokio::test]
async fn a_user_is_added_and_changed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let shape = "user { id name email phone role team { name } }";
    let input = json!({ "email": " New@Example.com", "name": "New", "phone": "1", "role": "REP",
        "teamId": company.south.global(), "password": "a long password" });
    let payload = company
        .verb(&company.admin, "createUser", shape, input.clone())
        .await;
    assert_eq!(payload["user"]["email"], "new@example.com");
    assert_eq!(payload["user"]["team"]["name"], "south");
    let again = company
        .verb(&company.admin, "createUser", shape, input)
        .await;
    assert_eq!(refusals(&again), one("TAKEN", "email"));

    let id = &payload["user"]["id"];
    let edit = async |input: Value| company.verb(&company.admin, "editUser", shape, input).await;
    let edited = edit(json!({ "id": id, "phone": null, "teamId": company.north.global() })).await;
    assert_eq!(edited["user"]["phone"], Value::Null);
    assert_eq!(edited["user"]["name"], "New");
    assert_eq!(edited["user"]["team"]["name"], "north");
    let untouched = edit(json!({ "id": id })).await;
    assert_eq!(untouched["user"], edited["user"]);
    let taken = edit(json!({ "id": id, "email": "sue@example.com" })).await;
    assert_eq!(refusals(&taken), one("TAKEN", "email"));
}

#[tokio::test]
async fn all_faults_of_an_input_are_named_at_once() {
    let company = Company::sqlite().await;
    let input = json!({ "email": "no address", "name": "  ", "role": "REP", "password": "short" });
    let payload = company
        .verb(&company.admin, "createUser", "user { id }", input)
        .await;
    let mut faults = refusals(&payload);
    faults.sort();
    let expected = [
        ("INVALID", "email"),
        ("REQUIRED", "name"),
        ("REQUIRED", "teamId"),
        ("TOO_SHORT", "password"),
    ];
    assert_eq!(
        faults,
        expected.map(|(code, field)| (code.to_owned(), field.to_owned()))
    );
}

#[rstest]
#[case("createUser(input: { email: \"a@b.c\", name: \"n\", role: ADMIN }) { user { id } }")]
#[case("deactivateUser(id: \"x\") { user { id } }")]
#[case("reactivateUser(id: \"x\") { user { id } }")]
#[case("createTeam(input: { name: \"n\" }) { team { id } }")]
#[case("editTeam(input: { id: \"x\", name: \"n\" }) { team { id } }")]
#[tokio::test]
async fn only_administrators_may(#[case] verb: &str) {
    let company = Company::sqlite().await;
    let query = format!("mutation {{ {verb} }}");
    for user in [&company.manager, &company.north_rep] {
        assert_eq!(
            company.ask_as(user, &query, json!({})).await.code(),
            "FORBIDDEN"
        );
    }
    assert_eq!(
        company.ask(&query, json!({})).await.code(),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn an_administrator_cannot_lock_the_door_behind_themselves() {
    let company = Company::sqlite().await;
    let id = company.admin.id.global();
    let input = json!({ "id": id, "role": "REP" });
    let payload = company
        .verb(&company.admin, "editUser", "user { id }", input)
        .await;
    assert_eq!(refusals(&payload), one("OWN_ROLE", "role"));
    let query = "mutation($id: ID!) { deactivateUser(id: $id) { userErrors { code field } } }";
    let reply = company
        .ask_as(&company.admin, query, json!({ "id": id }))
        .await;
    assert_eq!(
        refusals(&reply.body["data"]["deactivateUser"]),
        one("OWN_ACCOUNT", "id")
    );
}

#[tokio::test]
async fn a_new_role_or_password_ends_the_sessions() {
    let company = Company::sqlite().await;
    for change in [
        json!({ "role": "MANAGER" }),
        json!({ "password": "another long one" }),
    ] {
        let mut user = company.north_rep.clone();
        user.token_version = company.viewer(&company.token(&user)).await.is_err().into();
        let token = company.token(&user);
        assert!(company.viewer(&token).await.is_ok());
        let mut input = change;
        input["id"] = json!(user.id.global());
        company
            .verb(&company.admin, "editUser", "user { id }", input)
            .await;
        assert_eq!(
            company.viewer(&token).await.unwrap_err(),
            "the token was taken back"
        );
    }
}

#[tokio::test]
async fn a_rep_keeps_a_team_and_a_manager_of_one_stays_a_manager() {
    let company = Company::sqlite().await;
    let edit = async |id: UserId, mut change: Value| {
        change["id"] = json!(id.global());
        let payload = company
            .verb(&company.admin, "editUser", "user { id }", change)
            .await;
        refusals(&payload)
    };
    let (rep, manager) = (company.north_rep.id, company.manager.id);
    let without = json!({ "teamId": null });
    assert_eq!(edit(rep, without.clone()).await, one("REQUIRED", "teamId"));
    assert_eq!(edit(manager, without).await, []);
    let demoted = json!({ "role": "REP" });
    let refused = [one("MANAGES_TEAM", "role"), one("REQUIRED", "teamId")].concat();
    assert_eq!(edit(manager, demoted).await, refused);
    let team = json!({ "id": company.north.global(), "managerId": null });
    company
        .verb(&company.admin, "editTeam", "team { id }", team)
        .await;
    let demoted = json!({ "role": "REP", "teamId": company.north.global() });
    assert_eq!(edit(manager, demoted).await, []);
}

#[tokio::test]
async fn a_new_team_of_a_manager_is_seen_at_once() {
    let company = Company::sqlite().await;
    let input = json!({ "id": company.south.global(), "managerId": company.manager.id.global() });
    company
        .verb(
            &company.admin,
            "editTeam",
            "team { manager { name } }",
            input,
        )
        .await;
    let reply = company
        .ask_as(&company.manager, "{ users { nodes { name } } }", json!({}))
        .await;
    assert!(reply.body.to_string().contains("sue"));
}

#[tokio::test]
async fn a_team_is_never_above_itself() {
    let company = Company::sqlite().await;
    let edit = async |team: &str, parent: &str| {
        let input = json!({ "id": team, "parentId": parent });
        let payload = company
            .verb(&company.admin, "editTeam", "team { id }", input)
            .await;
        refusals(&payload)
    };
    let (head, north, south) = (
        company.head.global(),
        company.north.global(),
        company.south.global(),
    );
    assert_eq!(edit(&head, &north).await, one("CYCLE", "parentId"));
    assert_eq!(edit(&head, &head).await, one("CYCLE", "parentId"));
    assert_eq!(edit(&south, &north).await, []);
    assert_eq!(edit(&north, &south).await, one("CYCLE", "parentId"));
}

#[tokio::test]
async fn a_rep_manages_no_team() {
    let company = Company::sqlite().await;
    let input = json!({ "name": "west", "managerId": company.north_rep.id.global() });
    let payload = company
        .verb(&company.admin, "createTeam", "team { id }", input)
        .await;
    assert_eq!(refusals(&payload), one("INVALID", "managerId"));
}

#[rstest]
#[tokio::test]
async fn working_hours_are_set_in_versions(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let set = async |hours: Value| {
        let input = json!({ "teamId": company.north.global(), "weekly": hours,
            "validFrom": "2026-11-02T00:00:00Z" });
        let shape = "workingHours { validFrom weekly { day from to } team { name } }";
        company
            .verb(&company.manager, "setWorkingHours", shape, input)
            .await
    };
    let bad = set(json!([{ "day": 8, "from": "09:00", "to": "18:00" }])).await;
    assert_eq!(refusals(&bad), one("OUT_OF_RANGE", "weekly.0.day"));
    set(json!([{ "day": 1, "from": "08:00", "to": "17:00" }])).await;
    let hours = json!([{ "day": 1, "from": "09:00", "to": "18:00" }]);
    let payload = set(hours.clone()).await;
    assert_eq!(payload["workingHours"]["weekly"], hours);
    assert_eq!(payload["workingHours"]["team"]["name"], "north");

    let query = "query($id: ID!) { team(id: $id) { workingHours { totalCount nodes { weekly { day from to } } } } }";
    let variables = json!({ "id": company.north.global() });
    let reply = company.ask_as(&company.north_rep, query, variables).await;
    let versions = &reply.body["data"]["team"]["workingHours"];
    assert_eq!(versions["totalCount"], 1);
    assert_eq!(versions["nodes"][0]["weekly"], hours);
}

#[tokio::test]
async fn hours_are_set_only_for_those_one_manages() {
    let company = Company::sqlite().await;
    let query = "mutation($input: SetWorkingHoursInput!) { setWorkingHours(input: $input) { workingHours { id } } }";
    let code = async |input: Value| {
        let reply = company
            .ask_as(&company.manager, query, json!({ "input": input }))
            .await;
        reply.code().to_owned()
    };
    assert_eq!(code(json!({ "weekly": [] })).await, "FORBIDDEN");
    let head = json!({ "weekly": [], "teamId": company.head.global() });
    assert_eq!(code(head).await, "FORBIDDEN");
    let foreign = json!({ "weekly": [], "userId": company.south_rep.id.global() });
    assert_eq!(code(foreign).await, "NOT_FOUND");
}
