//! Rankings as clients read them, with what stands behind each number.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use api::performance::rebuild_sums;
use entity::performance::Metric;
use serde_json::json;
use testbed::databases;

use super::company::{Company, told};

const NOVEMBER: &str = r#"period: {kind: MONTH, of: "2026-11-15"}"#;

/// Orders at two customers that ann and dee look after, and targets.
async fn sold(company: &Company) -> Result<()> {
    for assignment in ["ann acme 30", "dee zeta 30"] {
        company.assign(assignment).await?;
    }
    for order in [
        "10-05 10:00 ann acme 50",
        "11-03 10:00 ann acme 120.50",
        "11-04 10:00 ann acme 4.50",
        "11-04 10:00 dee zeta 30",
    ] {
        company.order(order).await?;
    }
    company.target(Metric::Revenue, "ann", "100").await?;
    company.target(Metric::Revenue, "North", "250").await
}

#[tokio::test]
async fn a_ranking_tells_all_of_the_viewers_entries() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        sold(&company).await?;
        let query = format!(
            "{{ ranking({NOVEMBER}, metric: REVENUE, of: REPS) {{
                metric unit currency of groupSize frozenAt period {{ kind first last startsAt }}
                entries(first: 1) {{ totalCount pageInfo {{ hasNextPage }} nodes {{
                    rank value target attainment delta rankDelta lateDelta
                    rep {{ name team {{ name }} }} team {{ name }} }} }} }} }}"
        );
        let expected = json!({ "ranking": {
            "metric": "REVENUE", "unit": "MONEY", "currency": "CNY", "of": "REPS", "groupSize": 4,
            "frozenAt": null,
            "period": { "kind": "MONTH", "first": "2026-11-01", "last": "2026-11-30",
                        "startsAt": "2026-10-31T16:00:00+00:00" },
            "entries": { "totalCount": 2, "pageInfo": { "hasNextPage": true }, "nodes": [{
                "rank": 1, "value": "125.00", "target": "100", "attainment": "1.25",
                "delta": "75", "rankDelta": 0, "lateDelta": null,
                "rep": { "name": "ann", "team": { "name": "North" } }, "team": null }] } } });
        assert_eq!(company.data("Nora", &query).await, expected);
    }
    Ok(())
}

#[tokio::test]
async fn revenue_is_explained_by_its_orders() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        sold(&company).await?;
        let query = format!(
            "query {{
                reps: ranking({NOVEMBER}, metric: REVENUE, of: REPS) {{ ...behind }}
                teams: ranking({NOVEMBER}, metric: REVENUE, of: TEAMS) {{ ...behind }}
                new: ranking({NOVEMBER}, metric: NEW_CUSTOMERS, of: TEAMS) {{ ...behind }}
                october: ranking(period: {{kind: MONTH, of: \"2026-10-01\"}},
                                 metric: REVENUE, of: REPS) {{ ...behind }}
            }}
            fragment behind on Ranking {{ entries {{ nodes {{ value explain {{
                orders(first: 1) {{ totalCount nodes {{ total }} }}
                trainingRecords {{ totalCount }} }} }} }} }}"
        );
        let data = company.data("Ada", &query).await;
        let behind = |ranking: &str| {
            let nodes = data[ranking]["entries"]["nodes"].as_array().unwrap();
            let told = nodes.iter().map(|node| {
                let orders = &node["explain"]["orders"];
                let newest = &orders["nodes"][0]["total"];
                assert!(node["explain"]["trainingRecords"].is_null());
                format!("{} by {}, {}", node["value"], orders["totalCount"], newest)
            });
            told.collect::<Vec<_>>()
        };
        let nothing = r#""0" by 0, null"#;
        assert_eq!(
            behind("reps"),
            [
                r#""125.00" by 2, "4.50""#,
                r#""30.00" by 1, "30.00""#,
                nothing,
                nothing
            ]
        );
        assert_eq!(
            behind("teams"),
            [r#""125.00" by 2, "4.50""#, r#""30.00" by 1, "30.00""#]
        );
        assert_eq!(behind("new"), [r#""1" by 1, "30.00""#, nothing]);
        assert_eq!(
            behind("october"),
            [r#""50.00" by 1, "50.00""#, nothing, nothing, nothing]
        );
    }
    Ok(())
}

#[tokio::test]
async fn coverage_is_explained_by_the_customers_that_fell_due() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for assignment in ["ann acme 10", "ann zeta 10", "North gamma 15"] {
            company.assign(assignment).await?;
        }
        for visit in [
            "01-20 09:00 ann acme",
            "01-28 09:00 ann acme",
            "01-08 09:00 bob gamma",
        ] {
            company.visit(visit).await?;
        }
        told(rebuild_sums(company.db()).await)?;
        let query = r#"{ ranking(period: {kind: MONTH, of: "2026-01-01"}, metric: COVERAGE, of: TEAMS) {
            entries { nodes { value explain { rule orders { totalCount } dueCustomers { nodes {
                standing dueBy rep { name } customer { name } } } } } } } }"#;
        let expected = json!({ "ranking": { "entries": { "nodes": [{ "value": "0", "explain": {
            "rule": "the share, of the customers due for a visit, of those visited in time every time",
            "orders": null,
            "dueCustomers": { "nodes": [
                { "standing": "MISSED", "dueBy": "2026-01-11", "rep": { "name": "ann" },
                  "customer": { "name": "acme" } },
                { "standing": "MISSED", "dueBy": "2026-01-11", "rep": { "name": "ann" },
                  "customer": { "name": "zeta" } },
                { "standing": "MISSED", "dueBy": "2026-01-23", "rep": null,
                  "customer": { "name": "gamma" } },
            ] } } }] } } });
        assert_eq!(company.data("Nora", query).await, expected);
    }
    Ok(())
}

#[tokio::test]
async fn visits_are_explained_by_the_visits() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for visit in [
            "11-03 09:00 ann acme",
            "11-04 09:00 ann acme",
            "11-05 09:00 bob zeta",
            "12-01 00:00 ann acme",
        ] {
            company.visit(visit).await?;
        }
        told(rebuild_sums(company.db()).await)?;
        let query = format!(
            "{{ teams: ranking({NOVEMBER}, metric: VISITS, of: TEAMS) {{ ...behind }}
               reps: ranking({NOVEMBER}, metric: CUSTOMERS_VISITED, of: REPS) {{ ...behind }} }}
            fragment behind on Ranking {{ entries {{ nodes {{ value explain {{
                visits(first: 1) {{ totalCount nodes {{ customer {{ name }} }} }} }} }} }} }}"
        );
        let behind = |value, count, newest| {
            json!({ "value": value, "explain": { "visits": { "totalCount": count,
                "nodes": [{ "customer": { "name": newest } }] } } })
        };
        let expected = json!({
            "teams": { "entries": { "nodes": [behind("3", 3, "zeta")] } },
            "reps": { "entries": { "nodes": [behind("1", 2, "acme"), behind("1", 1, "zeta")] } } });
        assert_eq!(company.data("Nora", &query).await, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_rep_sees_their_own_place_alone() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        sold(&company).await?;
        let query = format!(
            "{{ ranking({NOVEMBER}, metric: REVENUE, of: REPS) {{ groupSize
                entries {{ nodes {{ rank value rep {{ name }} }} }} }}
              teams: ranking({NOVEMBER}, metric: REVENUE, of: TEAMS) {{
                entries {{ totalCount }} }} }}"
        );
        let expected = json!({
            "ranking": { "groupSize": 4, "entries": { "nodes": [
                { "rank": 2, "value": "30.00", "rep": { "name": "dee" } }] } },
            "teams": { "entries": { "totalCount": 0 } } });
        assert_eq!(company.data("dee", &query).await, expected);
    }
    Ok(())
}

#[tokio::test]
async fn one_place_is_found_without_paging() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        sold(&company).await?;
        let ann = company.users["ann"].global();
        let north = company.teams["North"].global();
        let place = "{ rank value rep { name } team { name } }";
        let query = format!(
            "{{ reps: ranking({NOVEMBER}, metric: REVENUE, of: REPS) {{
                    own: entry {place} ann: entry(of: {ann:?}) {place}
                    wrong: entry(of: {north:?}) {place} }}
                teams: ranking({NOVEMBER}, metric: REVENUE, of: TEAMS) {{
                    own: entry {place} north: entry(of: {north:?}) {place} }} }}"
        );
        let rep = |rank: i32, value: &str, name: &str| {
            json!({ "rank": rank, "value": value,
            "rep": { "name": name }, "team": null })
        };
        let team = json!({ "rank": 1, "value": "125.00", "rep": null,
            "team": { "name": "North" } });
        let told = company.data("dee", &query).await;
        assert_eq!(told["reps"]["own"], rep(2, "30.00", "dee"));
        assert!(told["reps"]["ann"].is_null(), "ann is beyond dee's sight");
        assert!(
            told["teams"]["own"].is_null(),
            "and so are the teams' results"
        );
        let told = company.data("Nora", &query).await;
        assert!(told["reps"]["own"].is_null(), "a manager is not ranked");
        assert_eq!(told["reps"]["ann"], rep(1, "125.00", "ann"));
        assert!(told["reps"]["wrong"].is_null(), "a team is no rep");
        assert_eq!(
            (&told["teams"]["own"], &told["teams"]["north"]),
            (&team, &team)
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_ranking_takes_either_a_metric_or_a_scorecard() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let query = format!("{{ ranking({NOVEMBER}, of: REPS) {{ groupSize }} }}");
        let reply = company.ask("Ada", &query, json!({})).await;
        assert_eq!(reply.code(), "BAD_INPUT");
        let query = r#"{ ranking(period: {kind: DAY, of: "1066-10-14"}, metric: VISITS, of: REPS)
            { groupSize } }"#;
        let reply = company.ask("Ada", query, json!({})).await;
        let message = &reply.body["errors"][0]["message"];
        assert_eq!(message, "1066-10-14 is outside the years 1900 to 9998");
    }
    Ok(())
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_group() -> Result<()> {
    for mut bed in databases().await? {
        let statements = Arc::new(AtomicUsize::new(0));
        let counted = statements.clone();
        bed.db.read.set_metric_callback(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let company = Company::new(bed).await?;
        let query = format!(
            "{{ ranking({NOVEMBER}, metric: REVENUE, of: REPS) {{ entries(first: 100) {{ nodes {{
                rank value target attainment delta rep {{ name team {{ name }} }}
                explain {{ orders(first: 3) {{ nodes {{ number customer {{ name }} }} }} }} }} }} }} }}"
        );
        let count = async || {
            statements.store(0, Ordering::SeqCst);
            company.data("Nora", &query).await;
            statements.load(Ordering::SeqCst)
        };
        company.assign("North acme 30").await?;
        company.order("11-03 10:00 ann acme 1").await?;
        let few = count().await;
        company.hire(200).await?;
        assert_eq!((few, count().await), (10, 10));
    }
    Ok(())
}
