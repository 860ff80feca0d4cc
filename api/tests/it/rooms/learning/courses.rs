//! Courses: offered, changed, ended.

use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, with};

const SHAPE: &str = "course { id code title description validForDays passScore archivedAt }";

#[rstest]
#[tokio::test]
async fn a_course_is_offered_and_changed_by_what_is_named(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let more = json!({ "title": " Good practice ", "description": "all of it",
        "validForDays": 365, "passScore": 60 });
    let made = company.course("GMP", more).await;
    let expected = json!({ "id": made["id"], "code": "GMP", "title": "Good practice",
        "description": "all of it", "validForDays": 365, "passScore": 60, "archivedAt": null });
    assert_eq!(made, expected);
    let edit = async |change: Value| {
        let input = with(&json!({ "id": made["id"] }), change);
        company
            .verb(&company.admin, "editCourse", SHAPE, input)
            .await["course"]
            .clone()
    };
    assert_eq!(edit(json!({})).await, expected);
    let change = json!({ "title": "Better practice", "description": null, "validForDays": null,
        "passScore": null });
    let changed = with(&expected, change.clone());
    assert_eq!(edit(change).await, changed);
    let query = format!(
        "{{ courses {{ nodes {} }} }}",
        SHAPE.trim_start_matches("course ")
    );
    let seen = company.seen(&company.south_rep, &query).await;
    assert_eq!(seen["courses"]["nodes"], json!([changed]));
}

#[rstest]
#[tokio::test]
async fn a_course_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let known = company.course("GMP", json!({})).await;
    let new = json!({ "code": "GDP", "title": "Distribution" });
    let long = "t".repeat(201);
    for (change, expected) in [
        (json!({ "code": "GMP" }), "TAKEN code"),
        (
            json!({ "code": "", "title": " " }),
            "REQUIRED code, REQUIRED title",
        ),
        (json!({ "code": long }), "TOO_LONG code"),
    ] {
        let input = with(&new, change);
        let refused = company.wrong(&company.admin, "createCourse", input).await;
        assert_eq!(refused, expected);
    }
    let known = json!({ "id": known["id"] });
    for (change, expected) in [
        (
            json!({ "title": long, "description": "d".repeat(4_001) }),
            "TOO_LONG title, TOO_LONG description",
        ),
        (json!({ "title": "\u{0}" }), "INVALID title"),
        (json!({ "validForDays": 0 }), "OUT_OF_RANGE validForDays"),
        (
            json!({ "validForDays": 36_501 }),
            "OUT_OF_RANGE validForDays",
        ),
        (json!({ "passScore": -1 }), "OUT_OF_RANGE passScore"),
        (json!({ "passScore": "60 %" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "passScore": 3_000_000_000_i64 }), "BAD_INPUT"),
    ] {
        for (verb, good) in [("createCourse", &new), ("editCourse", &known)] {
            let input = with(good, change.clone());
            let refused = company.wrong(&company.admin, verb, input).await;
            assert_eq!(refused, expected, "{verb} {change}");
        }
    }
    for unknown in ["x".to_owned(), company.north.global()] {
        let refused = company
            .wrong(&company.admin, "editCourse", json!({ "id": unknown }))
            .await;
        assert_eq!(refused, "NOT_FOUND");
    }
    let seen = company
        .seen(&company.admin, "{ courses { totalCount } }")
        .await;
    assert_eq!(seen["courses"]["totalCount"], 1);
}

#[rstest]
#[tokio::test]
async fn nobody_is_enrolled_in_a_course_that_has_ended(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let course = company.course("GMP", json!({})).await;
    let archive = async |id: &Value| {
        let call = format!("archiveCourse(id: {id})");
        let outcome = company.call(&company.admin, &call, SHAPE).await;
        outcome.map(|payload| payload["course"]["archivedAt"].clone())
    };
    let since = archive(&course["id"]).await.unwrap();
    assert!(since.is_string());
    assert_eq!(archive(&course["id"]).await.unwrap(), since, "once");
    assert_eq!(archive(&json!("x")).await.unwrap_err(), "NOT_FOUND");
    let running = "{ courses(filter: {archivedAt: {isNull: true}}) { totalCount } }";
    let seen = company.seen(&company.north_rep, running).await;
    assert_eq!(seen["courses"]["totalCount"], 0);
    let enrol = json!({ "courseId": course["id"], "userIds": [company.north_rep.id.global()] });
    let refused = company.wrong(&company.manager, "enrol", enrol).await;
    assert_eq!(refused, "ARCHIVED courseId");
}
