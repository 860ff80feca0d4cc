//! Plans and rules: what is intended, and by which thresholds it is judged.

use chrono::{TimeDelta, Utc};
use domain::zone;
use entity::customers::{customer, segment};
use entity::id::SegmentId;
use entity::people::user;
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
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

#[rstest]
#[tokio::test]
async fn a_plan_is_refused_with_every_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let now = Some(Utc::now());
    let bob = user::ActiveModel {
        id: Set(bed.users["bob"]),
        deactivated_at: Set(now),
        ..Default::default()
    };
    bob.update(&bed.db.write).await.unwrap();
    let bolt = customer::ActiveModel {
        id: Set(bed.customers["bolt"]),
        archived_at: Set(now),
        ..Default::default()
    };
    bolt.update(&bed.db.write).await.unwrap();
    let plan = async |rep: String, customer: String, more: Value| {
        let mut input = json!({ "repId": rep, "customerId": customer, "day": day(1) });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let reply = bed.ask("Nora", PLAN, json!({ "input": input })).await;
        if reply.body.get("errors").is_some() {
            return reply.code().to_owned();
        }
        let errors = reply.body["data"]["planVisit"]["userErrors"].clone();
        let told = errors.as_array().unwrap().iter().map(|error| {
            let [code, field] = ["code", "field"].map(|part| error[part].as_str().unwrap());
            format!("{code} {field}")
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let id = |name: &str| match bed.users.get(name) {
        Some(user) => user.global(),
        None => bed.customers[name].global(),
    };
    let ok = json!({});
    assert_eq!(
        plan(
            id("bob"),
            id("bolt"),
            json!({ "day": day(-1), "note": "n".repeat(4_001) })
        )
        .await,
        "CLOSED repId, ARCHIVED customerId, TOO_LONG note, OUT_OF_RANGE day"
    );
    for (rep, customer) in [("x", id("acme")), ("x", "x".to_owned())] {
        assert_eq!(
            plan(rep.to_owned(), customer, ok.clone()).await,
            "NOT_FOUND"
        );
    }
    assert_eq!(
        plan(id("acme"), id("ann"), ok.clone()).await,
        "NOT_FOUND",
        "the wrong way round"
    );
    assert_eq!(plan(id("cy"), id("acme"), ok.clone()).await, "NOT_FOUND");
    for no_day in ["2026-02-30", "tomorrow", "2026-1-5"] {
        let more = json!({ "day": no_day });
        assert_eq!(
            plan(id("ann"), id("acme"), more).await,
            "BAD_INPUT",
            "{no_day}"
        );
    }
    assert_eq!(plan(id("ann"), id("acme"), ok.clone()).await, "");
    assert_eq!(plan(id("ann"), id("acme"), ok).await, "TAKEN day");
    for unknown in ["x".to_owned(), id("ann")] {
        let reply = bed.ask("ann", CANCEL, json!({ "id": unknown })).await;
        assert_eq!(reply.code(), "NOT_FOUND");
    }
    let list = "{ plannedVisits { nodes { id cancelledAt } } }";
    let id = bed.data("ann", list).await["plannedVisits"]["nodes"][0]["id"].clone();
    let cancel = async || {
        let reply = bed.ask("ann", CANCEL, json!({ "id": id })).await.body;
        reply["data"]["cancelPlannedVisit"]["plannedVisit"]["cancelledAt"].clone()
    };
    let since = cancel().await;
    assert_eq!(cancel().await, since, "once");
}

#[rstest]
#[tokio::test]
async fn a_rule_of_a_class_sets_what_a_class_can_and_inherits_the_rest(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let segment = segment::Model {
        id: SegmentId::new(),
        name: "clinics".to_owned(),
    };
    bed.insert(segment.clone()).await;
    let set = async |input: Value| {
        let reply = bed.ask("Ada", RULE, json!({ "input": input })).await;
        match reply.body.get("errors") {
            Some(_) => Err(reply.code().to_owned()),
            None => Ok(reply.body["data"]["setVisitRule"].clone()),
        }
    };
    set(json!({ "exitMarginM": 40.0, "validFrom": "2026-01-01T00:00:00Z" }))
        .await
        .unwrap();
    let id = segment.id.global();
    let all = json!({ "segmentId": id, "maxAccuracyM": 50.0, "silenceS": 7_200,
        "maxSampleGapS": 600, "maxSpeedMps": 50.0, "minDwellS": -1 });
    let refused = set(all).await.unwrap();
    let fault = |code: &str, field: &str| json!({ "code": code, "field": field });
    let expected = json!([
        fault("INVALID", "maxAccuracyM"),
        fault("INVALID", "silenceS"),
        fault("INVALID", "maxSampleGapS"),
        fault("INVALID", "maxSpeedMps"),
        fault("OUT_OF_RANGE", "minDwellS"),
    ]);
    assert_eq!(refused["userErrors"], expected);
    for unknown in ["x".to_owned(), bed.users["ann"].global()] {
        let refused = set(json!({ "segmentId": unknown, "minDwellS": 60 })).await;
        assert_eq!(refused.unwrap_err(), "NOT_FOUND");
    }
    let refused = set(json!({ "minDwellS": "long" })).await;
    assert_eq!(refused.unwrap_err(), "GRAPHQL_VALIDATION_FAILED");
    let made = set(json!({ "segmentId": id, "minDwellS": 600 }))
        .await
        .unwrap();
    let rule = &made["visitRule"];
    assert_eq!(
        (&rule["minDwellS"], &rule["exitMarginM"]),
        (&json!(600), &json!(40.0))
    );
    let query = format!(
        "{{ visitRules(filter: {{segmentId: {{eq: {id:?}}}}}) {{ nodes {{ minDwellS }} }} }}"
    );
    let seen = bed.data("ann", &query).await;
    assert_eq!(seen["visitRules"]["nodes"], json!([{ "minDwellS": 600 }]));
}
