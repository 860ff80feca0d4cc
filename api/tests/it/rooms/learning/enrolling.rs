//! Who should take a course, by when.

use entity::people::user;
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, with};

const SHAPE: &str = "enrolments { id dueAt cancelledAt course { code } user { name } }";
const MINE: &str = "{ viewer { enrolments { nodes { dueAt cancelledAt course { code } } } } }";

async fn mine(company: &Company) -> Value {
    let seen = company.seen(&company.north_rep, MINE).await;
    seen["viewer"]["enrolments"]["nodes"].clone()
}

#[rstest]
#[tokio::test]
async fn people_are_enrolled_once_until_they_have_passed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let course = company.course("GMP", json!({})).await;
    let people = [company.north_rep.id.global(), company.manager.id.global()];
    let enrol = async |due: Option<&str>| {
        let input = json!({ "courseId": course["id"], "userIds": people, "dueAt": due });
        company.verb(&company.manager, "enrol", SHAPE, input).await["enrolments"].clone()
    };
    let (soon, later) = ("2027-01-05T08:00:00+00:00", "2027-02-05T08:00:00+00:00");
    let first = enrol(Some(soon)).await;
    let names = [0, 1].map(|place| first[place]["user"]["name"].clone());
    assert_eq!(
        names,
        [json!("norma"), json!("manager")],
        "in the order given"
    );
    let entry =
        |due: &str| json!({ "dueAt": due, "cancelledAt": null, "course": { "code": "GMP" } });
    assert_eq!(mine(&company).await, json!([entry(soon)]));
    let again = enrol(Some(later)).await;
    assert_eq!(
        again[0]["id"], first[0]["id"],
        "the same, with the new date"
    );
    assert_eq!(mine(&company).await, json!([entry(later)]));

    let record = json!({ "courseId": course["id"], "userId": people[0], "result": "PASSED",
        "completedAt": "2026-01-20T02:00:00Z" });
    assert_eq!(
        company
            .wrong(&company.manager, "recordTraining", record)
            .await,
        ""
    );
    let anew = enrol(None).await;
    assert_ne!(anew[0]["id"], first[0]["id"], "to be taken once more");
    assert_eq!(anew[1]["id"], first[1]["id"], "who has not passed yet");
    let query =
        "{ enrolments(filter: {trainingRecords: {none: {result: PASSED}}}) { totalCount } }";
    let seen = company.seen(&company.manager, query).await;
    assert_eq!(seen["enrolments"]["totalCount"], 2, "still to do");
}

#[rstest]
#[tokio::test]
async fn an_enrolment_is_refused_with_its_fault_and_nobody_is_enrolled(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let course = company.course("GMP", json!({})).await;
    let (norma, sue) = (company.north_rep.id.global(), company.south_rep.id.global());
    let closed = user::ActiveModel {
        id: Set(company.south_rep.id),
        deactivated_at: Set(Some(api::scalar::now())),
        ..Default::default()
    };
    closed.update(&company.bed.db.write).await.unwrap();
    let good = json!({ "courseId": course["id"], "userIds": [norma] });
    for (change, expected) in [
        (json!({ "userIds": [] }), "OUT_OF_RANGE userIds"),
        (
            json!({ "userIds": vec![&norma; 201] }),
            "OUT_OF_RANGE userIds",
        ),
        (json!({ "userIds": [norma, sue] }), "NOT_FOUND"),
        (json!({ "userIds": [norma, "x"] }), "NOT_FOUND"),
        (json!({ "courseId": "x" }), "NOT_FOUND"),
        (json!({ "courseId": norma }), "NOT_FOUND"),
        (json!({ "dueAt": "2027-02-30T00:00:00Z" }), "BAD_INPUT"),
    ] {
        let refused = company
            .wrong(&company.manager, "enrol", with(&good, change.clone()))
            .await;
        assert_eq!(refused, expected, "{change}");
    }
    let refused = with(&good, json!({ "userIds": [norma, sue] }));
    let refused = company.wrong(&company.admin, "enrol", refused).await;
    assert_eq!(refused, "CLOSED userIds");
    let seen = company
        .seen(&company.admin, "{ enrolments { totalCount } }")
        .await;
    assert_eq!(seen["enrolments"]["totalCount"], 0);
}

#[rstest]
#[tokio::test]
async fn an_enrolment_is_taken_back_by_who_manages_the_person(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let course = company.course("GMP", json!({})).await;
    let people = [company.north_rep.id.global(), company.south_rep.id.global()];
    let input = json!({ "courseId": course["id"], "userIds": people });
    let enrolled = company.verb(&company.admin, "enrol", SHAPE, input).await;
    let cancel = async |id: &Value| {
        let call = format!("cancelEnrolment(id: {id})");
        let outcome = company
            .call(&company.manager, &call, "enrolment { cancelledAt }")
            .await;
        outcome.map(|payload| payload["enrolment"]["cancelledAt"].clone())
    };
    let ours = &enrolled["enrolments"][0]["id"];
    let theirs = &enrolled["enrolments"][1]["id"];
    let since = cancel(ours).await.unwrap();
    assert!(since.is_string());
    assert_eq!(cancel(ours).await.unwrap(), since, "once");
    assert_eq!(mine(&company).await[0]["cancelledAt"], since);
    for unknown in [theirs, &json!("x"), &course["id"]] {
        assert_eq!(cancel(unknown).await.unwrap_err(), "NOT_FOUND");
    }
    let standing = "{ enrolments(filter: {cancelledAt: {isNull: true}}) { totalCount } }";
    let seen = company.seen(&company.admin, standing).await;
    assert_eq!(seen["enrolments"]["totalCount"], 1);
}
