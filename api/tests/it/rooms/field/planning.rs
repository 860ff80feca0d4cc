//! Plans and rules: what is intended, and by which thresholds it is judged.

use chrono::{TimeDelta, Utc};
use domain::zone;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::Bed;

const PLAN: &str = "mutation ($input: PlanVisitInput!) { planVisit(input: $input) {
    plannedVisit { id day note rep { name } customer { name } createdBy { name } }
    userErrors { code field } } }";
const CANCEL: &str = "mutation ($id: ID!) { cancelPlannedVisit(id: $id) {
    plannedVisit { cancelledAt } userErrors { code } } }";
const RULE: &str = "mutation ($input: SetVisitRuleInput!) { setVisitRule(input: $input) {
    visitRule { minDwellS maxAccuracyM exitMarginM silenceS maxSampleGapS maxSpeedMps }
    userErrors { code field } } }";

fn day(days: i64) -> String {
    let zone = "Asia/Shanghai".parse().unwrap();
    zone::day_of(Utc::now() + TimeDelta::days(days), zone).to_string()
}

#[rstest]
#[tokio::test]
async fn a_visit_is_planned_once_for_today_or_later(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let plan = async |name: &str, rep: &str, customer: &str, days: i64| {
        let input = json!({ "repId": bed.users[rep].global(), "day": day(days),
            "customerId": bed.customers[customer].global(), "note": " tea " });
        bed.ask(name, PLAN, json!({ "input": input })).await
    };
    let code = |reply: &Value| reply["data"]["planVisit"]["userErrors"][0]["code"].clone();
    let planned = plan("Nora", "ann", "acme", 1).await.body;
    let made = &planned["data"]["planVisit"]["plannedVisit"];
    assert_eq!(
        (&made["note"], &made["createdBy"]["name"]),
        (&json!("tea"), &json!("Nora"))
    );
    assert_eq!(code(&plan("ann", "ann", "acme", 1).await.body), "TAKEN");
    assert_eq!(
        code(&plan("ann", "ann", "acme", -1).await.body),
        "OUT_OF_RANGE"
    );
    assert_eq!(plan("ann", "bob", "acme", 1).await.code(), "NOT_FOUND");
    assert_eq!(plan("Nora", "ann", "core", 1).await.code(), "NOT_FOUND");
    let query = "{ viewer { plannedVisits { nodes { day customer { name plannedVisits {
        totalCount } } visits { totalCount } } } } customers(filter: {plannedVisits: {some: {}}})
        { nodes { name } } }";
    let seen = bed.data("ann", query).await;
    assert_eq!(seen["customers"]["nodes"], json!([{ "name": "acme" }]));
    assert_eq!(
        seen["viewer"]["plannedVisits"]["nodes"][0]["visits"]["totalCount"],
        0
    );
    let id = made["id"].clone();
    let cancelled = bed.ask("ann", CANCEL, json!({ "id": id })).await.body;
    let cancelled = &cancelled["data"]["cancelPlannedVisit"]["plannedVisit"]["cancelledAt"];
    assert_ne!(*cancelled, Value::Null);
    assert_eq!(
        bed.ask("cy", CANCEL, json!({ "id": id })).await.code(),
        "NOT_FOUND"
    );
    assert_eq!(
        code(&plan("ann", "ann", "acme", 1).await.body),
        Value::Null,
        "free again"
    );
}

#[rstest]
#[tokio::test]
async fn a_rule_changes_what_it_names_and_is_held_to_ranges(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let set = async |input: Value| {
        let reply = bed.ask("Ada", RULE, json!({ "input": input })).await;
        assert!(reply.body.get("errors").is_none(), "{}", reply.body);
        reply.body["data"]["setVisitRule"].clone()
    };
    let first = set(json!({ "minDwellS": 300, "validFrom": "2026-01-01T00:00:00Z" })).await;
    assert_eq!(
        first["visitRule"],
        json!({ "minDwellS": 300, "maxAccuracyM": 100.0, "exitMarginM": 25.0, "silenceS": 10800,
            "maxSampleGapS": 900, "maxSpeedMps": 70.0 })
    );
    let second = set(json!({ "exitMarginM": 40.0 })).await;
    assert_eq!(second["visitRule"]["minDwellS"], 300, "as it was");
    for (input, code, field) in [
        (json!({ "silenceS": 86_401 }), "OUT_OF_RANGE", "silenceS"),
        (
            json!({ "maxSpeedMps": -1.0 }),
            "OUT_OF_RANGE",
            "maxSpeedMps",
        ),
        (json!({ "silenceS": 600 }), "OUT_OF_RANGE", "maxSampleGapS"),
        (
            json!({ "validFrom": "2026-01-01T00:00:00Z" }),
            "TAKEN",
            "validFrom",
        ),
    ] {
        let refused = set(input.clone()).await;
        assert_eq!(
            refused["userErrors"],
            json!([{ "code": code, "field": field }]),
            "{input}"
        );
    }
    let reply = bed.ask("Nora", RULE, json!({ "input": {} })).await;
    assert_eq!(reply.code(), "FORBIDDEN");
    let rules = bed
        .data("ann", "{ visitRules { totalCount nodes { exitMarginM } } }")
        .await;
    assert_eq!(rules["visitRules"]["totalCount"], 2);
    assert_eq!(rules["visitRules"]["nodes"][0]["exitMarginM"], 40.0);
}
