//! The sums are true after whatever is written, and the same as if made anew.

use anyhow::Result;
use api::performance::rebuild_sums;
use entity::sales::order::Status;
use testbed::databases;

use super::company::{Company, told};

#[tokio::test]
async fn an_order_counts_on_the_companys_day() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 00:30 ann acme 120.50").await?;
        company.order("11-03 23:30 ann acme 10").await?;
        let sums = "11-03 ann NewCustomers 1\n11-03 ann Orders 2\n11-03 ann Revenue 13050";
        assert_eq!(company.sums().await?, sums);
    }
    Ok(())
}

#[tokio::test]
async fn a_cancelled_order_counts_no_more() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let order = company.order("11-03 10:00 ann acme 120.50").await?;
        let cancelled = company
            .change(&order, |order| order.status = Status::Cancelled)
            .await?;
        assert_eq!(company.sums().await?, "");
        assert_eq!(company.became_customer("acme").await?, None);
        company
            .change(&cancelled, |order| order.status = Status::Placed)
            .await?;
        assert!(company.sums().await?.contains("ann Revenue 12050"));
    }
    Ok(())
}

#[tokio::test]
async fn a_new_customer_is_the_merit_of_the_earliest_order() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-05 10:00 ann acme 1").await?;
        let earlier = company.order("11-03 10:00 bob acme 1").await?;
        assert!(company.sums().await?.contains("11-03 bob NewCustomers 1"));
        assert_eq!(
            company.became_customer("acme").await?,
            Some(earlier.placed_at)
        );
        company
            .change(&earlier, |order| order.status = Status::Cancelled)
            .await?;
        let sums = "11-05 ann NewCustomers 1\n11-05 ann Orders 1\n11-05 ann Revenue 100";
        assert_eq!(company.sums().await?, sums);
    }
    Ok(())
}

#[tokio::test]
async fn an_order_in_another_currency_is_an_order_without_revenue() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let order = company.order("11-03 10:00 ann acme 5").await?;
        company
            .change(&order, |order| order.currency = "EUR".to_owned())
            .await?;
        let sums = "11-03 ann NewCustomers 1\n11-03 ann Orders 1";
        assert_eq!(company.sums().await?, sums);
    }
    Ok(())
}

#[tokio::test]
async fn maintained_sums_are_the_sums_made_anew() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let mut orders = Vec::new();
        for number in 0..40_u32 {
            let rep = ["ann", "bob", "cy", "dee"][number as usize % 4];
            let (day, customer) = (1 + number * 7 % 13, number * 5 % 9);
            let text = format!(
                "11-{day:02} {:02}:15 {rep} c{customer} {number}.25",
                number % 24
            );
            orders.push(company.order(&text).await?);
        }
        for order in orders.iter().step_by(3) {
            company
                .change(order, |order| order.status = Status::Cancelled)
                .await?;
        }
        for order in orders.iter().skip(1).step_by(3) {
            company
                .change(order, |order| order.total_minor += 300)
                .await?;
        }
        company.training("11-03 10:00 ann PASSED").await?;
        company.training("11-04 10:00 ann FAILED").await?;
        let maintained = company.sums().await?;
        assert!(maintained.contains("11-03 ann TrainingCompleted 1"));
        told(rebuild_sums(company.db()).await)?;
        assert_eq!(company.sums().await?, maintained);
    }
    Ok(())
}

#[tokio::test]
async fn visits_are_summed_up_by_customer_and_day() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for visit in [
            "11-03 09:00 ann acme",
            "11-03 15:00 ann acme",
            "11-03 16:00 ann zeta",
        ] {
            company.visit(visit).await?;
        }
        told(rebuild_sums(company.db()).await)?;
        told(rebuild_sums(company.db()).await)?;
        let sums = "11-03 ann Visits 3\n11-03 ann at acme 2\n11-03 ann at zeta 1";
        assert_eq!(company.sums().await?, sums);
    }
    Ok(())
}

#[tokio::test]
async fn orders_written_at_once_are_all_summed_up() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.customer("acme").await?;
        let orders = (0..12).map(|minute| {
            let company = &company;
            async move {
                company
                    .order(&format!("11-03 10:{minute:02} ann acme 1"))
                    .await
            }
        });
        futures_util::future::try_join_all(orders).await?;
        let sums = "11-03 ann NewCustomers 1\n11-03 ann Orders 12\n11-03 ann Revenue 1200";
        assert_eq!(company.sums().await?, sums);
    }
    Ok(())
}
