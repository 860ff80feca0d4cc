//! What the verbs of people refuse, each with its code and field.

use entity::people::{team, user};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};
use testbed::Backend;

use super::company::{Company, with};

/// Closes sue's account and archives her team.
async fn end_of_south(company: &Company) {
    let now = Some(api::scalar::now());
    let sue = user::ActiveModel {
        id: Set(company.south_rep.id),
        deactivated_at: Set(now),
        ..Default::default()
    };
    sue.update(&company.bed.db.write).await.unwrap();
    let south = team::ActiveModel {
        id: Set(company.south),
        archived_at: Set(now),
        ..Default::default()
    };
    south.update(&company.bed.db.write).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_user_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    end_of_south(&company).await;
    let new = json!({ "email": "new@example.com", "name": "New", "role": "REP",
        "teamId": company.north.global() });
    let known = json!({ "id": company.north_rep.id.global() });
    let long = "n".repeat(201);
    for (change, expected) in [
        (json!({ "email": "sue@example.com" }), "TAKEN email"),
        (json!({ "email": "SUE@example.com" }), "TAKEN email"),
        (json!({ "subject": "subject-sue" }), "TAKEN subject"),
        (json!({ "email": "nobody" }), "INVALID email"),
        (json!({ "email": "a b@example.com" }), "INVALID email"),
        (json!({ "email": "" }), "REQUIRED email, INVALID email"),
        (
            json!({ "name": " ", "phone": long }),
            "REQUIRED name, TOO_LONG phone",
        ),
        (json!({ "name": "a\u{0}" }), "INVALID name"),
        (json!({ "password": "short" }), "TOO_SHORT password"),
        (json!({ "password": "p".repeat(201) }), "TOO_LONG password"),
        (
            json!({ "teamId": company.south.global() }),
            "ARCHIVED teamId",
        ),
        (json!({ "teamId": "x" }), "NOT_FOUND"),
        (json!({ "teamId": company.admin.id.global() }), "NOT_FOUND"),
        (json!({ "teamId": null }), "REQUIRED teamId"),
        (json!({ "role": "BOSS" }), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        for (verb, good) in [("createUser", &new), ("editUser", &known)] {
            let input = with(good, change.clone());
            let refused = company.wrong(&company.admin, verb, input).await;
            assert_eq!(refused, expected, "{verb} {change}");
        }
    }
    for unknown in ["x".to_owned(), company.north.global()] {
        for verb in ["deactivateUser", "reactivateUser"] {
            let call = format!("{verb}(id: {unknown:?})");
            let refused = company.call(&company.admin, &call, "user { id }").await;
            assert_eq!(refused.unwrap_err(), "NOT_FOUND", "{verb}");
        }
        let input = json!({ "id": unknown, "name": "n" });
        assert_eq!(
            company.wrong(&company.admin, "editUser", input).await,
            "NOT_FOUND"
        );
    }
    let seen = company
        .seen(&company.admin, "{ users { totalCount } }")
        .await;
    assert_eq!(seen["users"]["totalCount"], 4);
}

#[rstest]
#[tokio::test]
async fn a_team_is_added_changed_and_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    end_of_south(&company).await;
    let shape = "team { id name archivedAt parent { name } manager { name } }";
    let input = json!({ "name": " west ", "parentId": company.head.global(),
        "managerId": company.manager.id.global() });
    let made = company
        .verb(&company.admin, "createTeam", shape, input)
        .await["team"]
        .clone();
    let expected = json!({ "id": made["id"], "name": "west", "archivedAt": null,
        "parent": { "name": "head" }, "manager": { "name": "manager" } });
    assert_eq!(made, expected);
    let edit = json!({ "id": made["id"], "parentId": null, "managerId": null, "name": "far west" });
    let edited = company.verb(&company.admin, "editTeam", shape, edit).await["team"].clone();
    let changes = json!({ "name": "far west", "parent": null, "manager": null });
    assert_eq!(edited, with(&expected, changes));
    let archive = json!({ "id": made["id"], "isArchived": true });
    let archived = company
        .verb(&company.admin, "editTeam", shape, archive)
        .await;
    assert!(archived["team"]["archivedAt"].is_string());
    let query = "{ teams { nodes { name } } }";
    let seen = company.seen(&company.admin, query).await;
    assert_eq!(seen["teams"]["nodes"][0]["name"], "far west");

    let (new, known) = (
        json!({ "name": "east" }),
        json!({ "id": company.north.global() }),
    );
    for (change, expected) in [
        (json!({ "name": " " }), "REQUIRED name"),
        (json!({ "name": "n".repeat(201) }), "TOO_LONG name"),
        (json!({ "parentId": "x" }), "NOT_FOUND"),
        (
            json!({ "parentId": company.admin.id.global() }),
            "NOT_FOUND",
        ),
        (json!({ "managerId": "x" }), "NOT_FOUND"),
        (
            json!({ "managerId": company.north_rep.id.global() }),
            "INVALID managerId",
        ),
    ] {
        for (verb, good) in [("createTeam", &new), ("editTeam", &known)] {
            let refused = company
                .wrong(&company.admin, verb, with(good, change.clone()))
                .await;
            assert_eq!(refused, expected, "{verb} {change}");
        }
    }
    let closed = user::ActiveModel {
        id: Set(company.manager.id),
        deactivated_at: Set(Some(api::scalar::now())),
        ..Default::default()
    };
    closed.update(&company.bed.db.write).await.unwrap();
    let input = with(&new, json!({ "managerId": company.manager.id.global() }));
    assert_eq!(
        company.wrong(&company.admin, "createTeam", input).await,
        "CLOSED managerId"
    );
    let unknown = json!({ "id": "x", "name": "n" });
    assert_eq!(
        company.wrong(&company.admin, "editTeam", unknown).await,
        "NOT_FOUND"
    );
}

#[rstest]
#[tokio::test]
async fn a_device_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    end_of_south(&company).await;
    let new = json!({ "name": "phone", "platform": "android 15" });
    for (change, expected) in [
        (
            json!({ "name": "", "platform": " " }),
            "REQUIRED name, REQUIRED platform",
        ),
        (json!({ "name": "n".repeat(201) }), "TOO_LONG name"),
        (
            json!({ "userId": company.south_rep.id.global() }),
            "CLOSED userId",
        ),
        (json!({ "userId": "x" }), "NOT_FOUND"),
    ] {
        let input = with(&new, change.clone());
        let refused = company.wrong(&company.admin, "enrolDevice", input).await;
        assert_eq!(refused, expected, "{change}");
    }
    let enrolled = company
        .verb(&company.north_rep, "enrolDevice", "device { id }", new)
        .await;
    let id = enrolled["device"]["id"].clone();
    let revoke = async |user: &user::Model, id: &Value| {
        let call = format!("revokeDevice(id: {id})");
        let outcome = company.call(user, &call, "device { revokedAt }").await;
        outcome.map(|payload| payload["device"]["revokedAt"].clone())
    };
    let track = async |user: &user::Model, id: &Value| {
        company
            .wrong(user, "trackWithDevice", json!({ "deviceId": id }))
            .await
    };
    let other = json!(company.north.global());
    for (user, id) in [
        (&company.manager, &other),
        (&company.north_rep, &json!("x")),
    ] {
        assert_eq!(revoke(user, id).await.unwrap_err(), "NOT_FOUND");
        assert_eq!(track(user, id).await, "NOT_FOUND");
    }
    let stranger = user::ActiveModel {
        id: Set(company.south_rep.id),
        deactivated_at: Set(None),
        ..Default::default()
    };
    let stranger = stranger.update(&company.bed.db.write).await.unwrap();
    assert_eq!(revoke(&stranger, &id).await.unwrap_err(), "NOT_FOUND");
    assert_eq!(track(&stranger, &id).await, "NOT_FOUND");
    let since = revoke(&company.manager, &id).await.unwrap();
    assert!(since.is_string());
    assert_eq!(
        revoke(&company.north_rep, &id).await.unwrap(),
        since,
        "once"
    );
    assert_eq!(track(&company.north_rep, &id).await, "REVOKED deviceId");
}

#[rstest]
#[tokio::test]
async fn working_hours_are_refused_with_the_stretch_at_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let set = async |weekly: Value| {
        let input = json!({ "teamId": company.north.global(), "weekly": weekly });
        company
            .wrong(&company.manager, "setWorkingHours", input)
            .await
    };
    let stretch = |day: i32, from: &str, to: &str| json!({ "day": day, "from": from, "to": to });
    let good = stretch(1, "09:00", "18:00");
    for (weekly, expected) in [
        (
            json!([
                good,
                stretch(0, "09:00", "18:00"),
                stretch(300, "09:00", "18:00")
            ]),
            "OUT_OF_RANGE weekly.1.day, OUT_OF_RANGE weekly.2.day",
        ),
        (
            json!([good, stretch(2, "25:00", "26:00")]),
            "INVALID weekly.1",
        ),
        (json!([stretch(2, "24:00", "02:00")]), "INVALID weekly.0"),
        (json!([stretch(2, "nine", "18:00")]), "INVALID weekly.0"),
        (json!([stretch(2, "09:00", "09:00")]), "INVALID weekly.0"),
        (json!(vec![&good; 71]), "OUT_OF_RANGE weekly"),
        (
            json!([{ "day": 1, "from": "09:00" }]),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        assert_eq!(set(weekly.clone()).await, expected, "{weekly}");
    }
    assert_eq!(set(json!([good, stretch(5, "22:00", "06:00")])).await, "");
    let both = json!({ "weekly": [], "teamId": company.north.global(),
        "userId": company.north_rep.id.global() });
    let refused = company
        .wrong(&company.manager, "setWorkingHours", both)
        .await;
    assert_eq!(refused, "INVALID teamId");
    let unknown = json!({ "weekly": [], "teamId": "x" });
    let refused = company
        .wrong(&company.manager, "setWorkingHours", unknown)
        .await;
    assert_eq!(refused, "NOT_FOUND");
    let query = "{ teams { nodes { name workingHours { nodes { weekly { day from to } } } } } }";
    let seen = company.seen(&company.north_rep, query).await;
    let hours = &seen["teams"]["nodes"][1]["workingHours"]["nodes"];
    let kept = json!([{ "weekly": [good, stretch(5, "22:00", "06:00")] }]);
    assert_eq!(hours, &kept, "what was refused is not kept");
    let everybody = json!({ "weekly": [good] });
    assert_eq!(
        company
            .wrong(&company.admin, "setWorkingHours", everybody)
            .await,
        ""
    );
    let query = "{ companyWorkingHours { nodes { weekly { day } user { name } team { name } } } }";
    let seen = company.seen(&company.south_rep, query).await;
    let nodes = json!([{ "weekly": [{ "day": 1 }], "user": null, "team": null }]);
    assert_eq!(seen["companyWorkingHours"]["nodes"], nodes);
}
