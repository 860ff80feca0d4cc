//! Devices: enrolled, tracking, revoked.

use entity::people::{device_key, tracking_device};
use entity::viewer::Scope;
use rstest::rstest;
use sea_orm::QueryOrder;
use serde_json::{Value, json};
use testbed::Backend;

use super::company::{Company, one, refusals};

async fn enrol(company: &Company, name: &str) -> (String, String) {
    let input = json!({ "name": name, "platform": "android 15" });
    let shape = "device { id user { name } } credential";
    let payload = company
        .verb(&company.north_rep, "enrolDevice", shape, input)
        .await;
    assert_eq!(payload["device"]["user"]["name"], "norma");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&payload["device"]["id"]), text(&payload["credential"]))
}

async fn tracking(company: &Company) -> Vec<String> {
    let rows = tracking_device::Entity::visible_to(&Scope::All);
    let rows = rows.order_by_asc(tracking_device::Column::ValidFrom);
    let rows = rows.all(&company.bed.db.read).await.unwrap();
    rows.into_iter().map(|row| row.device_id.global()).collect()
}

#[rstest]
#[tokio::test]
async fn a_device_opens_the_door_until_it_is_revoked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let (id, credential) = enrol(&company, "phone").await;
    assert!(credential.starts_with("fhd_"));
    let viewer = company.viewer(&credential).await.unwrap();
    assert_eq!(viewer.user, company.north_rep.id);
    assert_eq!(
        viewer.device.map(|device| device.global()),
        Some(id.clone())
    );

    let query = "mutation($id: ID!) { revokeDevice(id: $id) { device { revokedAt } } }";
    let reply = company
        .ask_as(&company.north_rep, query, json!({ "id": id }))
        .await;
    assert!(reply.body["data"]["revokeDevice"]["device"]["revokedAt"].is_string());
    assert_eq!(
        company.viewer(&credential).await.unwrap_err(),
        "the device was revoked"
    );
    let sender = company.authenticator.sender(&credential, "").await.unwrap();
    assert_eq!(sender.device.map(|device| device.global()), Some(id));
}

#[rstest]
#[tokio::test]
async fn the_first_device_tracks_until_another_is_chosen(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let (first, _) = enrol(&company, "first").await;
    let (second, _) = enrol(&company, "second").await;
    assert_eq!(tracking(&company).await, std::slice::from_ref(&first));
    let track = async |from: &str| {
        let input = json!({ "deviceId": second, "from": from });
        company
            .verb(
                &company.north_rep,
                "trackWithDevice",
                "device { id }",
                input,
            )
            .await
    };
    let future = track("2999-01-01T00:00:00Z").await;
    assert_eq!(refusals(&future), one("OUT_OF_RANGE", "from"));
    track("2026-01-05T08:00:00Z").await;
    track("2026-01-05T08:00:00Z").await;
    assert_eq!(tracking(&company).await, [second.clone(), first]);
}

#[tokio::test]
async fn a_closed_accounts_phone_may_still_send_what_it_has() {
    let company = Company::sqlite().await;
    let (_, credential) = enrol(&company, "phone").await;
    let id = company.north_rep.id.global();
    let query = "mutation($id: ID!) { deactivateUser(id: $id) { user { id } } }";
    company
        .ask_as(&company.admin, query, json!({ "id": id }))
        .await;
    assert!(company.viewer(&credential).await.is_err());
    assert!(company.authenticator.sender(&credential, "").await.is_ok());
}

#[tokio::test]
async fn a_manager_enrols_for_members_and_nobody_else() {
    let company = Company::sqlite().await;
    let input = |user: &entity::people::user::Model| json!({ "input": { "name": "n", "platform": "p", "userId": user.id.global() } });
    let query = "mutation($input: EnrolDeviceInput!) { enrolDevice(input: $input) { credential } }";
    let reply = company
        .ask_as(&company.manager, query, input(&company.north_rep))
        .await;
    assert!(reply.body["data"]["enrolDevice"]["credential"].is_string());
    let reply = company
        .ask_as(&company.manager, query, input(&company.south_rep))
        .await;
    assert_eq!(reply.code(), "NOT_FOUND");
}

#[rstest]
#[tokio::test]
async fn whoever_comes_back_signs_in_and_enrols_anew(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let (old, credential) = enrol(&company, "old phone").await;
    let token = company.token(&company.north_rep);
    let id = json!({ "id": company.north_rep.id.global() });
    let verb = async |verb: &str| {
        let query = format!(
            "mutation($id: ID!) {{ {verb}(id: $id) {{ user {{ deactivatedAt
                devices {{ nodes {{ id revokedAt }} }} }} userErrors {{ code field }} }} }}"
        );
        let reply = company.ask_as(&company.admin, &query, id.clone()).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"][verb].clone()
    };
    verb("deactivateUser").await;
    for _ in 0..2 {
        let back = verb("reactivateUser").await;
        assert_eq!(back["user"]["deactivatedAt"], Value::Null);
        assert_ne!(
            back["user"]["devices"]["nodes"][0]["revokedAt"],
            Value::Null
        );
    }
    assert_eq!(
        company.viewer(&token).await.unwrap_err(),
        "the token was taken back"
    );
    assert_eq!(
        company.viewer(&credential).await.unwrap_err(),
        "the device was revoked"
    );

    let now = entity::people::user::Model {
        token_version: 1,
        ..company.north_rep.clone()
    };
    assert!(company.viewer(&company.token(&now)).await.is_ok());
    let input = json!({ "name": "new phone", "platform": "android 15" });
    let shape = "device { id } credential";
    let enrolled = company.verb(&now, "enrolDevice", shape, input).await;
    let new = enrolled["device"]["id"].as_str().unwrap();
    assert_eq!(
        tracking(&company).await,
        [old.as_str(), new],
        "the new phone tracks, for the old one cannot"
    );
}

#[tokio::test]
async fn nobody_comes_back_into_an_archived_team() {
    let company = Company::sqlite().await;
    let id = json!({ "id": company.south_rep.id.global() });
    let back =
        "mutation($id: ID!) { reactivateUser(id: $id) { user { id } userErrors { code field } } }";
    let close = "mutation($id: ID!) { deactivateUser(id: $id) { user { id } } }";
    company.ask_as(&company.admin, close, id.clone()).await;
    let archive = json!({ "id": company.south.global(), "isArchived": true });
    company
        .verb(&company.admin, "editTeam", "team { id }", archive)
        .await;
    let reply = company.ask_as(&company.admin, back, id.clone()).await;
    assert_eq!(
        refusals(&reply.body["data"]["reactivateUser"]),
        one("ARCHIVED", "id")
    );
    let moved = json!({ "id": company.south_rep.id.global(), "teamId": company.north.global() });
    company
        .verb(&company.admin, "editUser", "user { id }", moved)
        .await;
    let reply = company.ask_as(&company.admin, back, id).await;
    assert_eq!(refusals(&reply.body["data"]["reactivateUser"]), []);
    let unknown = company
        .ask_as(&company.admin, back, json!({ "id": "x" }))
        .await;
    assert_eq!(unknown.code(), "NOT_FOUND");
}

#[rstest]
#[tokio::test]
async fn a_key_is_set_by_the_phones_owner_or_an_administrator(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let (id, _) = enrol(&company, "phone").await;
    let keys = async || {
        let rows = device_key::Entity::visible_to(&Scope::All);
        let rows = rows.all(&company.bed.db.read).await.unwrap();
        let keys: Vec<String> = rows.into_iter().map(|row| row.passphrase).collect();
        keys
    };
    let set = async |who: &entity::people::user::Model, key: Value| {
        let query = "mutation($input: SetPayloadKeyInput!) { setPayloadKey(input: $input) {
            device { id } userErrors { code field } } }";
        let input = json!({ "input": { "deviceId": id, "key": key } });
        company.ask_as(who, query, input).await
    };
    set(&company.north_rep, json!("s3cr3t")).await;
    set(&company.north_rep, json!("another")).await;
    assert_eq!(keys().await, ["another"]);
    let long = set(&company.north_rep, json!("x".repeat(33))).await;
    let fault = &long.body["data"]["setPayloadKey"]["userErrors"][0];
    assert_eq!(
        (&fault["code"], &fault["field"]),
        (&json!("INVALID"), &json!("key"))
    );
    assert_eq!(
        set(&company.manager, json!("mine")).await.code(),
        "FORBIDDEN"
    );
    assert_eq!(keys().await, ["another"]);
    set(&company.admin, Value::Null).await;
    assert!(keys().await.is_empty());
}
