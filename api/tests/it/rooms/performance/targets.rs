//! Setting and removing targets, and what that means once a period is frozen.

use anyhow::Result;
use serde_json::{Value, json};
use testbed::databases;

use super::company::{Company, fault};

const SET: &str = "mutation($input: SetTargetInput!) { setTarget(input: $input) {
    target { id value metric period { first } rep { name } team { name } createdBy { name } }
    userErrors { code field message } } }";

fn november(value: &str) -> Value {
    json!({ "metric": "REVENUE", "period": { "kind": "MONTH", "of": "2026-11-20" }, "value": value })
}

fn with(mut input: Value, field: &str, value: impl Into<Value>) -> Value {
    input[field] = value.into();
    json!({ "input": input })
}

async fn set(company: &Company, viewer: &str, variables: Value) -> Value {
    let reply = company.ask(viewer, SET, variables).await;
    assert_eq!(reply.body["errors"], Value::Null);
    reply.body["data"]["setTarget"].clone()
}

#[tokio::test]
async fn a_manager_sets_the_targets_of_their_teams() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let ann = company.users["ann"].global();
        let first = set(
            &company,
            "Nora",
            with(november("1000"), "repId", ann.as_str()),
        )
        .await;
        assert_eq!(first["target"]["value"], "1000");
        let again = set(&company, "Ada", with(november("1200.50"), "repId", ann)).await;
        let target = &again["target"];
        assert_eq!(target["id"], first["target"]["id"]);
        assert_eq!(
            (&target["value"], &target["metric"]),
            (&json!("1200.5"), &json!("REVENUE"))
        );
        assert_eq!(target["period"]["first"], "2026-11-01");
        assert_eq!(
            (&target["rep"]["name"], &target["team"]),
            (&json!("ann"), &Value::Null)
        );

        let north = company.teams["North"].global();
        let team = set(&company, "Nora", with(november("5000"), "teamId", north)).await;
        assert_eq!(team["target"]["team"]["name"], "North");

        let query = "{ targets(orderBy: {CREATED_AT: ASC}) { totalCount nodes { value } } }";
        let query = query.replace("CREATED_AT", "createdAt");
        assert_eq!(
            company.data("Nora", &query).await["targets"]["totalCount"],
            2
        );
        assert_eq!(
            company.data("ann", &query).await["targets"]["totalCount"],
            1
        );
        assert_eq!(company.data("cy", &query).await["targets"]["totalCount"], 0);
    }
    Ok(())
}

#[tokio::test]
async fn nobody_sets_targets_beyond_their_teams() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for (viewer, field, id, code) in [
            ("Nora", "repId", company.users["cy"].global(), "NOT_FOUND"),
            ("Nora", "repId", company.users["Nora"].global(), "FORBIDDEN"),
            (
                "Nora",
                "teamId",
                company.teams["South"].global(),
                "NOT_FOUND",
            ),
            (
                "Nora",
                "teamId",
                company.teams["Head"].global(),
                "FORBIDDEN",
            ),
            ("ann", "repId", company.users["ann"].global(), "FORBIDDEN"),
        ] {
            let reply = company
                .ask(viewer, SET, with(november("1"), field, id))
                .await;
            let got = if reply.code().is_empty() {
                "OK"
            } else {
                reply.code()
            };
            assert_eq!(got, code, "{viewer} {field}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_target_that_makes_no_sense_is_refused() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let ann = company.users["ann"].global();
        let of = |metric: &str, value: &str| {
            let mut input = november(value);
            input["metric"] = metric.into();
            with(input, "repId", ann.as_str())
        };
        for (variables, expected) in [
            (
                of("REVENUE", "0"),
                "INVALID value: a target is above 0 and at most 1000000000000000",
            ),
            (
                of("REVENUE", "1.005"),
                "INVALID value: 1.005 has more than the 2 decimals of CNY",
            ),
            (
                of("VISITS", "2.5"),
                "INVALID value: VISITS counts whole things",
            ),
            (
                of("COVERAGE", "80"),
                "INVALID value: COVERAGE is a share, at most 1",
            ),
            (
                json!({ "input": november("1") }),
                "REQUIRED repId: give either a rep or a team",
            ),
            (
                with(
                    with(november("1"), "repId", ann.as_str())["input"].clone(),
                    "period",
                    json!({ "kind": "WEEK", "of": "0001-01-01" }),
                ),
                "INVALID period.of: 0001-01-01 is outside the years 1900 to 9998",
            ),
        ] {
            let payload = set(&company, "Ada", variables).await;
            assert_eq!(fault(&payload), expected);
            assert!(payload["target"].is_null());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_target_is_removed_by_whoever_may_set_it() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let head = company.users["cy"].global();
        let target = set(&company, "Ada", with(november("10"), "repId", head)).await;
        let variables = json!({ "input": { "id": target["target"]["id"] } });
        let remove = "mutation($input: RemoveTargetInput!) { removeTarget(input: $input) {
            target { id } userErrors { code } } }";
        let reply = company.ask("Nora", remove, variables.clone()).await;
        assert_eq!(reply.code(), "NOT_FOUND");
        let reply = company.ask("Ada", remove, variables.clone()).await;
        assert_eq!(
            reply.body["data"]["removeTarget"]["target"]["id"],
            target["target"]["id"]
        );
        assert_eq!(
            company.ask("Ada", remove, variables).await.code(),
            "NOT_FOUND"
        );
    }
    Ok(())
}

#[tokio::test]
async fn only_a_period_that_is_over_is_frozen() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let order = company.order("01-20 10:00 ann acme 90").await?;
        let freeze = "mutation($input: FreezePeriodInput!) { freezePeriod(input: $input) {
            frozen { results period { first } } userErrors { code field message } } }";
        let of = |day: &str| json!({ "input": { "period": { "kind": "MONTH", "of": day } } });
        let reply = company.ask("Ada", freeze, of("9000-01-01")).await;
        let expected = "NOT_CLOSED period: the MONTH of 9000-01-01 is not over yet";
        assert_eq!(fault(&reply.body["data"]["freezePeriod"]), expected);
        assert_eq!(
            company.ask("Nora", freeze, of("2026-01-20")).await.code(),
            "FORBIDDEN"
        );

        let reply = company.ask("Ada", freeze, of("2026-01-20")).await;
        let frozen = &reply.body["data"]["freezePeriod"]["frozen"];
        // Six metrics of four reps and two teams; nothing fell due, so COVERAGE has no values.
        assert_eq!(
            frozen,
            &json!({ "results": 36, "period": { "first": "2026-01-01" } })
        );
        company
            .change(&order, |order| order.total_minor += 1_000)
            .await?;
        let query = r#"{ ranking(period: {kind: MONTH, of: "2026-01-01"}, metric: REVENUE, of: REPS) {
            frozenAt entries { nodes { value lateDelta } } } }"#;
        let ranking = &company.data("ann", query).await["ranking"];
        assert!(ranking["frozenAt"].is_string());
        assert_eq!(
            ranking["entries"]["nodes"][0],
            json!({ "value": "90.00", "lateDelta": "10" })
        );

        let ann = company.users["ann"].global();
        let mut input = november("5");
        input["period"]["of"] = "2026-01-31".into();
        let payload = set(&company, "Ada", with(input, "repId", ann)).await;
        assert!(fault(&payload).starts_with("PERIOD_FROZEN period: "));
    }
    Ok(())
}
