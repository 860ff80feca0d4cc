//! What came of a course, and what it counts for.

use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use crate::rooms::people::company::{Company, faults, with};

const SHAPE: &str = "trainingRecord { id completedAt score result certificate expiresAt
    course { code } user { name } enrolment { id } recordedBy { name } }";

/// The least of a record, of January 2026.
fn input(company: &Company, course: &Value) -> Value {
    json!({ "courseId": course["id"], "userId": company.north_rep.id.global(),
        "completedAt": "2026-01-20T02:00:00+00:00" })
}

impl Company {
    /// How many courses norma passed in January 2026.
    async fn passed(&self) -> String {
        let query =
            "{ ranking(period: {kind: MONTH, of: \"2026-01-15\"}, metric: TRAINING_COMPLETED,
            of: REPS) { entries { nodes { value } } } }";
        let seen = self.seen(&self.north_rep, query).await;
        let value = &seen["ranking"]["entries"]["nodes"][0]["value"];
        value.as_str().unwrap().to_owned()
    }
}

#[rstest]
#[tokio::test]
async fn a_pass_is_recorded_with_its_expiry_for_the_enrolment_it_fulfils(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let course = company
        .course("GMP", json!({ "validForDays": 365, "passScore": 60 }))
        .await;
    let enrol = json!({ "courseId": course["id"], "userIds": [company.north_rep.id.global()] });
    let enrolled = company
        .verb(&company.manager, "enrol", "enrolments { id }", enrol)
        .await;
    let record = async |score: &str| {
        let more = json!({ "score": score, "certificate": " C-7 " });
        let input = with(&input(&company, &course), more);
        let recorded = company
            .verb(&company.manager, "recordTraining", SHAPE, input)
            .await;
        assert_eq!(faults(&recorded), "");
        recorded["trainingRecord"].clone()
    };
    let enrolment = json!({ "id": enrolled["enrolments"][0]["id"] });
    let failed = record("59.5").await;
    assert_eq!(
        (
            &failed["result"],
            &failed["expiresAt"],
            &failed["enrolment"]
        ),
        (&json!("FAILED"), &Value::Null, &enrolment)
    );
    assert_eq!(company.passed().await, "0");
    let passed = record("60").await;
    let expected = json!({ "id": passed["id"], "completedAt": "2026-01-20T02:00:00+00:00",
        "score": "60", "result": "PASSED", "certificate": "C-7",
        "expiresAt": "2027-01-20T02:00:00+00:00", "course": { "code": "GMP" },
        "user": { "name": "norma" }, "enrolment": enrolment,
        "recordedBy": { "name": "manager" } });
    assert_eq!(passed, expected);
    assert_eq!(company.passed().await, "1");
    let shape = SHAPE.trim_start_matches("trainingRecord ");
    let query = format!("{{ trainingRecords(filter: {{result: PASSED}}) {{ nodes {shape} }} }}");
    let seen = company.seen(&company.north_rep, &query).await;
    // The manager is out of norma's sight.
    let expected = with(&expected, json!({ "recordedBy": null }));
    assert_eq!(seen["trainingRecords"]["nodes"], json!([expected]));
    let seen = company.seen(&company.south_rep, &query).await;
    assert_eq!(seen["trainingRecords"]["nodes"], json!([]));
    assert_eq!(
        record("61").await["enrolment"],
        Value::Null,
        "it was fulfilled"
    );
}

#[rstest]
#[tokio::test]
async fn a_record_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let scored = company.course("GMP", json!({ "passScore": 60 })).await;
    let plain = company.course("GDP", json!({})).await;
    for (course, change, expected) in [
        (&scored, json!({}), "REQUIRED score"),
        (&scored, json!({ "result": "PASSED" }), "REQUIRED score"),
        (&plain, json!({}), "REQUIRED result"),
        (&plain, json!({ "score": "80" }), "REQUIRED result"),
        (
            &scored,
            json!({ "score": "-1", "completedAt": "2999-01-01T00:00:00Z",
            "certificate": "c".repeat(201) }),
            "OUT_OF_RANGE completedAt, OUT_OF_RANGE score, TOO_LONG certificate",
        ),
        (&scored, json!({ "score": "sixty" }), "BAD_INPUT"),
        (
            &plain,
            json!({ "result": "MAYBE" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            &plain,
            json!({ "result": "PASSED", "userId": company.south_rep.id.global() }),
            "NOT_FOUND",
        ),
        (
            &plain,
            json!({ "result": "PASSED", "userId": "x" }),
            "NOT_FOUND",
        ),
        (
            &plain,
            json!({ "result": "PASSED", "courseId": "x" }),
            "NOT_FOUND",
        ),
        (
            &plain,
            json!({ "result": "PASSED", "courseId": company.north.global() }),
            "NOT_FOUND",
        ),
    ] {
        let input = with(&input(&company, course), change.clone());
        let refused = company
            .wrong(&company.manager, "recordTraining", input)
            .await;
        assert_eq!(refused, expected, "{change}");
    }
    let seen = company
        .seen(&company.admin, "{ trainingRecords { totalCount } }")
        .await;
    assert_eq!(seen["trainingRecords"]["totalCount"], 0);
    assert_eq!(company.passed().await, "0");
}

#[rstest]
#[tokio::test]
async fn a_record_is_taken_back_once_and_out_of_the_sums(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let course = company.course("GMP", json!({})).await;
    let record = async |user: &entity::people::user::Model| {
        let more = json!({ "result": "PASSED", "userId": user.id.global() });
        let input = with(&input(&company, &course), more);
        let recorded = company
            .verb(&company.admin, "recordTraining", SHAPE, input)
            .await;
        recorded["trainingRecord"]["id"].clone()
    };
    let (ours, kept) = (
        record(&company.north_rep).await,
        record(&company.north_rep).await,
    );
    let theirs = record(&company.south_rep).await;
    assert_eq!(company.passed().await, "2");
    let remove = async |id: &Value| {
        let call = format!("removeTrainingRecord(id: {id})");
        company
            .call(&company.manager, &call, "trainingRecord { id }")
            .await
    };
    for unknown in [&theirs, &json!("x"), &course["id"]] {
        assert_eq!(remove(unknown).await.unwrap_err(), "NOT_FOUND");
    }
    // Two at once: one of them takes it back.
    let (one, other) = tokio::join!(remove(&ours), remove(&ours));
    let done = [&one, &other].into_iter().filter(|outcome| outcome.is_ok());
    assert_eq!(done.count(), 1, "{one:?} {other:?}");
    assert_eq!(company.passed().await, "1", "taken out once");
    let seen = company
        .seen(&company.north_rep, "{ trainingRecords { nodes { id } } }")
        .await;
    assert_eq!(seen["trainingRecords"]["nodes"], json!([{ "id": kept }]));
}
