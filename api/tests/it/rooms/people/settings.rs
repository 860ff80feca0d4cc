//! The company's settings: read by everybody, changed by administrators.

use entity::field::{planned_visit, track};
use entity::id::PlannedVisitId;
use rstest::rstest;
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, Statement};
use serde_json::{Value, json};
use testbed::Backend;

use super::company::{Company, one, refusals};

const SHAPE: &str = "company { name timeZone weekStart currency }";

impl Company {
    async fn update(&self, input: Value) -> Value {
        self.verb(&self.admin, "updateCompany", SHAPE, input).await
    }
}

#[rstest]
#[tokio::test]
async fn the_company_is_changed_by_what_is_named(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let changed = company
        .update(json!({ "name": " Try and Daughters ", "weekStart": 7 }))
        .await;
    let expected = json!({ "name": "Try and Daughters", "timeZone": "Asia/Shanghai",
        "weekStart": 7, "currency": "CNY" });
    assert_eq!(changed["company"], expected);
    let query = format!("{{ {SHAPE} }}");
    let seen = company.ask_as(&company.south_rep, &query, json!({})).await;
    assert_eq!(seen.body["data"]["company"], expected);
    assert_eq!(company.update(json!({})).await["company"], expected);
}

#[rstest]
#[case(json!({ "name": "  " }), "REQUIRED", "name")]
#[case(json!({ "name": "n".repeat(201) }), "TOO_LONG", "name")]
#[case(json!({ "timeZone": "Moon/Base" }), "INVALID", "timeZone")]
#[case(json!({ "timeZone": "" }), "INVALID", "timeZone")]
#[case(json!({ "weekStart": 0 }), "OUT_OF_RANGE", "weekStart")]
#[case(json!({ "weekStart": 100_000 }), "OUT_OF_RANGE", "weekStart")]
#[case(json!({ "currency": "yen" }), "INVALID", "currency")]
#[case(json!({ "currency": "ABC" }), "INVALID", "currency")]
#[tokio::test]
async fn a_setting_that_is_none_is_refused(
    #[case] input: Value,
    #[case] code: &str,
    #[case] field: &str,
) {
    let company = Company::sqlite().await;
    let refused = company.update(input).await;
    assert_eq!(refusals(&refused), one(code, field));
    assert_eq!(refused["company"], Value::Null);
}

#[tokio::test]
async fn the_settings_are_an_administrators_and_nobodys_who_did_not_sign_in() {
    let company = Company::sqlite().await;
    let change = "mutation { updateCompany(input: { name: \"Mine\" }) { company { name } } }";
    for user in [&company.manager, &company.north_rep] {
        let reply = company.ask_as(user, change, json!({})).await;
        assert_eq!(reply.code(), "FORBIDDEN");
    }
    for query in [change, "{ company { name } }"] {
        let reply = company.ask(query, json!({})).await;
        assert_eq!(reply.code(), "UNAUTHENTICATED");
    }
}

#[rstest]
#[tokio::test]
async fn with_another_zone_everybodys_track_is_derived_anew_from_the_first_planned_day(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let db = &company.bed.db.write;
    for rep in [&company.north_rep, &company.south_rep] {
        let track = track::Model {
            rep_id: rep.id,
            revision: 1,
            claim_token: None,
            claimed_until: None,
            tries: 0,
            failed_at: None,
            set_aside_at: None,
            retry_at: None,
            last_error: None,
            due_at: None,
            told: None,
            live: None,
        };
        track.into_active_model().insert(db).await.unwrap();
    }
    let customer = company.customer("acme", Some(company.north_rep.id)).await;
    let plan = planned_visit::Model {
        id: PlannedVisitId::new(),
        rep_id: company.north_rep.id,
        customer_id: customer,
        day: "2026-01-05".parse().unwrap(),
        note: None,
        created_by: company.north_rep.id,
        created_at: api::scalar::now(),
        cancelled_at: None,
    };
    plan.into_active_model().insert(db).await.unwrap();
    let dirty = async || {
        let text = "SELECT count(*) FROM track_dirty WHERE earliest = $1";
        let day = "2026-01-04T16:00:00Z".parse::<chrono::DateTime<chrono::Utc>>();
        let counted =
            Statement::from_sql_and_values(company.bed.db.backend(), text, [day.unwrap().into()]);
        let row = db.query_one_raw(counted).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    company
        .update(json!({ "weekStart": 3, "currency": "EUR" }))
        .await;
    assert_eq!(dirty().await, 0, "neither moves a day");
    company.update(json!({ "timeZone": "Europe/Berlin" })).await;
    assert_eq!(dirty().await, 2, "the day began in Shanghai first");
}
