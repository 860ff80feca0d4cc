//! What happens to sums and results when the company counts its days or its money otherwise.

use anyhow::Result;
use api::performance::rebuild_sums;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};
use testbed::databases;

use super::company::{Company, told};
use crate::app::refuse_inserts;

/// Requests at once.
const AT_ONCE: usize = 6;

const UPDATE: &str = "mutation ($input: UpdateCompanyInput!) { updateCompany(input: $input) {
    company { timeZone weekStart currency } userErrors { code field } } }";

impl Company {
    /// An administrator changes the company.
    async fn update(&self, input: Value) -> Result<()> {
        let reply = self.ask("Ada", UPDATE, json!({ "input": input })).await;
        let payload = &reply.body["data"]["updateCompany"];
        assert_eq!(payload["userErrors"], json!([]), "{}", reply.body);
        Ok(())
    }

    /// A ranking of reps by revenue, over January.
    async fn january(&self) -> Value {
        let query = r#"{ ranking(period: {kind: MONTH, of: "2026-01-15"}, metric: REVENUE, of: REPS) {
            currency frozenAt period { startsAt } entries(first: 1) { nodes {
                value lateDelta } } } }"#;
        self.data("Ada", query).await["ranking"].clone()
    }
}

#[tokio::test]
async fn another_time_zone_moves_every_sum_with_the_answer() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 00:30 ann acme 5").await?;
        company.training("11-03 06:30 bob PASSED").await?;
        company.visit("11-03 01:00 cy acme").await?;
        company.visit("11-03 12:00 cy acme").await?;
        told(rebuild_sums(company.db()).await)?;
        assert!(company.sums().await?.contains("11-03 cy at acme 2"));

        company
            .update(json!({ "timeZone": "Europe/Berlin" }))
            .await?;

        let sums = "11-02 ann NewCustomers 1\n11-02 ann Orders 1\n11-02 ann Revenue 500\n\
            11-02 bob TrainingCompleted 1\n11-02 cy Visits 1\n11-02 cy at acme 1\n\
            11-03 cy Visits 1\n11-03 cy at acme 1";
        assert_eq!(company.sums().await?, sums);
        let settings = company
            .data("ann", "{ company { timeZone currency } }")
            .await;
        let expected = json!({ "timeZone": "Europe/Berlin", "currency": "CNY" });
        assert_eq!(settings["company"], expected);
    }
    Ok(())
}

#[tokio::test]
async fn another_currency_leaves_revenue_to_its_orders() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 10:00 ann acme 5").await?;
        let order = company.order("11-04 10:00 ann acme 7").await?;
        let euro = |order: &mut entity::sales::order::Model| order.currency = "EUR".to_owned();
        company.change(&order, euro).await?;

        company.update(json!({ "currency": "EUR" })).await?;

        let sums = "11-03 ann NewCustomers 1\n11-03 ann Orders 1\n\
            11-04 ann Orders 1\n11-04 ann Revenue 700";
        assert_eq!(company.sums().await?, sums);
    }
    Ok(())
}

#[tokio::test]
async fn another_week_start_cuts_the_weeks_and_no_sum() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-01 10:00 ann acme 5").await?;
        let before = company.sums().await?;

        company.update(json!({ "weekStart": 7 })).await?;

        assert_eq!(company.sums().await?, before);
        // 2026-11-01 is a Sunday.
        let query = r#"{ ranking(period: {kind: WEEK, of: "2026-11-03"}, metric: ORDERS, of: REPS) {
            period { first } entries(first: 1) { nodes { value } } } }"#;
        let ranking = company.data("Ada", query).await["ranking"].clone();
        assert_eq!(ranking["period"]["first"], "2026-11-01");
        assert_eq!(ranking["entries"]["nodes"], json!([{ "value": "1" }]));
    }
    Ok(())
}

#[tokio::test]
async fn what_was_frozen_stays_in_its_own_currency_and_zone() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("01-20 10:00 ann acme 90").await?;
        let freeze = r#"mutation { freezePeriod(input: {period: {kind: MONTH, of: "2026-01-15"}}) {
            frozen { results } } }"#;
        company.data("Ada", freeze).await;
        let before = company.january().await;
        assert_eq!(before["currency"], "CNY");

        let input = json!({ "timeZone": "Europe/Berlin", "currency": "EUR" });
        company.update(input).await?;

        assert_eq!(company.january().await, before, "not even a late delta");
        let query = r#"{ ranking(period: {kind: MONTH, of: "2026-02-15"}, metric: REVENUE, of: REPS) {
            currency period { startsAt } entries(first: 1) { nodes { delta rankDelta } } } }"#;
        let ranking = company.data("Ada", query).await["ranking"].clone();
        assert_eq!(ranking["currency"], "EUR");
        assert_eq!(
            ranking["period"]["startsAt"], "2026-01-31T23:00:00+00:00",
            "a new period is the new zone's"
        );
        let nodes = json!([{ "delta": null, "rankDelta": 0 }]);
        assert_eq!(ranking["entries"]["nodes"], nodes, "no euro less yuan");
    }
    Ok(())
}

#[tokio::test]
async fn a_change_that_breaks_on_the_way_has_changed_nothing() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 00:30 ann acme 5").await?;
        company.visit("11-03 00:30 ann acme").await?;
        told(rebuild_sums(company.db()).await)?;
        let before = company.sums().await?;
        // The last of the sums to be written.
        refuse_inserts(company.db(), "rep_customer_day").await;

        let input = json!({ "input": { "timeZone": "Europe/Berlin" } });
        let reply = company.ask("Ada", UPDATE, input).await;

        assert_eq!(reply.code(), "INTERNAL");
        assert_eq!(company.sums().await?, before);
        let settings = company.data("Ada", "{ company { timeZone } }").await;
        assert_eq!(settings["company"]["timeZone"], "Asia/Shanghai");
    }
    Ok(())
}

#[tokio::test]
async fn orders_written_while_the_zone_changes_are_counted_by_the_new_one() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let customer = company.customer("acme").await?.global();
        let place = "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
            order { number } userErrors { code } } }";
        let orders = (0..24).map(|number: u32| {
            let lines = json!([{ "product": "tea", "quantity": "1", "unitPrice": "1" }]);
            let input = json!({ "number": number.to_string(), "customerId": customer,
                "placedAt": "2026-01-02T20:00:00Z", "lines": lines });
            let company = &company;
            async move {
                if number % 8 == 7 {
                    let zones = ["Europe/Berlin", "Asia/Shanghai", "America/New_York"];
                    let zone = zones[number as usize / 8];
                    return company.update(json!({ "timeZone": zone })).await;
                }
                let reply = company.ask("Ada", place, json!({ "input": input })).await;
                let payload = &reply.body["data"]["placeOrder"];
                assert_eq!(payload["userErrors"], json!([]), "{}", reply.body);
                Ok(())
            }
        });
        // As many at once as find a connection without waiting for it.
        let orders = stream::iter(orders).buffer_unordered(AT_ONCE);
        orders.try_collect::<Vec<()>>().await?;

        let kept = company.sums().await?;
        told(rebuild_sums(company.db()).await)?;
        assert_eq!(kept, company.sums().await?);
        assert!(kept.contains("Ada Orders 21"), "{kept}");
    }
    Ok(())
}
