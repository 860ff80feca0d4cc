//! Making, changing and retiring scorecards.

use anyhow::Result;
use serde_json::{Value, json};
use testbed::databases;

use super::company::{Company, fault};

const CREATE: &str = "mutation($input: CreateScorecardInput!) { createScorecard(input: $input) {
    scorecard { id name items { metric weight cap } } userErrors { code field message } } }";

fn card(name: &str, items: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = items
        .iter()
        .map(|(metric, weight)| json!({ "metric": metric, "weight": weight }))
        .collect();
    json!({ "input": { "name": name, "items": items } })
}

#[tokio::test]
async fn weights_sum_to_exactly_100() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for (items, expected) in [
            (
                vec![("REVENUE", "60"), ("VISITS", "39.9")],
                "WEIGHTS_NOT_100 items: the weights sum to 99.9, not to 100",
            ),
            (
                vec![],
                "WEIGHTS_NOT_100 items: the weights sum to 0, not to 100",
            ),
            (
                vec![("REVENUE", "100"), ("VISITS", "-1")],
                "INVALID items.1.weight: the weight of VISITS is -1, it must be above 0 and at most 100",
            ),
            (
                vec![("REVENUE", "50"), ("REVENUE", "50")],
                "REPEATED items: REVENUE is listed twice",
            ),
        ] {
            let reply = company.ask("Ada", CREATE, card("Sales", &items)).await;
            assert_eq!(fault(&reply.body["data"]["createScorecard"]), expected);
        }
        let reply = company
            .ask("Nora", CREATE, card("Sales", &[("REVENUE", "100")]))
            .await;
        assert_eq!(reply.code(), "FORBIDDEN");
    }
    Ok(())
}

#[tokio::test]
async fn a_scorecard_is_made_changed_used_and_retired() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 10:00 ann acme 90").await?;
        company
            .target(entity::performance::Metric::Revenue, "ann", "100")
            .await?;
        let items = [("REVENUE", "60"), ("VISITS", "40")];
        let reply = company.ask("Ada", CREATE, card("Sales", &items)).await;
        let id = reply.body["data"]["createScorecard"]["scorecard"]["id"].clone();
        let reply = company.ask("Ada", CREATE, card("Sales", &items)).await;
        let taken = "TAKEN name: another scorecard has this name";
        assert_eq!(fault(&reply.body["data"]["createScorecard"]), taken);

        let edit = "mutation($input: EditScorecardInput!) { editScorecard(input: $input) {
            scorecard { name items { metric weight cap } } userErrors { code } } }";
        let items = json!([
            { "metric": "VISITS", "weight": "30.5" },
            { "metric": "REVENUE", "weight": 69.5.to_string(), "cap": "1.2" },
        ]);
        let input = json!({ "input": { "id": id, "name": " All round ", "items": items } });
        let reply = company.ask("Ada", edit, input).await;
        let expected = json!({ "scorecard": { "name": "All round", "items": [
            { "metric": "VISITS", "weight": "30.5", "cap": "1" },
            { "metric": "REVENUE", "weight": "69.5", "cap": "1.2" } ] }, "userErrors": [] });
        assert_eq!(reply.body["data"]["editScorecard"], expected);

        let id = id.as_str().unwrap();
        let ranking = format!(
            r#"{{ ranking(period: {{kind: MONTH, of: "2026-11-01"}}, scorecard: "{id}", of: REPS) {{
                unit scorecard {{ name }} entries {{ nodes {{ rank value target explain {{ rule }}
                parts {{ metric points attainment explain {{ metric }} }} }} }} }} }}"#
        );
        let expected = json!({ "ranking": { "unit": null, "scorecard": { "name": "All round" },
            "entries": { "nodes": [{ "rank": 1, "value": "62.55", "target": null, "explain": null,
                "parts": [
                    { "metric": "VISITS", "points": "0", "attainment": null,
                      "explain": { "metric": "VISITS" } },
                    { "metric": "REVENUE", "points": "62.55", "attainment": "0.9",
                      "explain": { "metric": "REVENUE" } } ] }] } } });
        assert_eq!(company.data("ann", &ranking).await, expected);

        let archive = "mutation($input: ArchiveScorecardInput!) { archiveScorecard(input: $input) {
            scorecard { archivedAt } } }";
        let reply = company
            .ask("Ada", archive, json!({ "input": { "id": id } }))
            .await;
        assert!(reply.body["data"]["archiveScorecard"]["scorecard"]["archivedAt"].is_string());
        let list = "{ scorecards(filter: {archivedAt: {isNull: true}}) { totalCount } }";
        assert_eq!(
            company.data("ann", list).await["scorecards"]["totalCount"],
            0
        );
    }
    Ok(())
}
