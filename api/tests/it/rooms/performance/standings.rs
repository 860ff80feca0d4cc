//! Who stands where, and what of it is seen by whom.

use anyhow::Result;
use api::performance::measure::Measure;
use api::performance::standings::{Ask, Standings};
use api::performance::{freeze_closed, rebuild_sums};
use chrono::TimeDelta;
use domain::metric::Metric;
use domain::period::Kind;
use domain::scorecard::{Item, Scorecard};
use entity::id::ScorecardId;
use entity::performance::Metric as Stored;
use entity::performance::frozen_result::Peers;
use rust_decimal::Decimal;
use testbed::databases;

use super::company::{Company, told};

/// November's ranking as somebody sees it on the 20th, one place a line:
/// `1 ann 120.50 of 100 (1.205) +2 +20.5 late 3`.
async fn november(
    company: &Company,
    viewer: &str,
    measure: Measure,
    peers: Peers,
) -> Result<String> {
    let day = "2026-11-20".parse()?;
    let ask = Ask {
        calendar: company.calendar,
        measure,
        period: told(company.calendar.period(Kind::Month, day))?,
        peers,
        now: company.instant("11-20", "12:00"),
    };
    let scope = company.scope(viewer);
    let standings = told(Standings::read(&company.db().read, &scope, &ask).await)?;
    let line = |place: &domain::ranking::Place<_>| {
        let mut line = format!("{} {}", place.rank, company.name_of(place.key));
        if let Some(value) = place.value {
            line += &format!(" {value}");
        }
        if let (Some(target), Some(attainment)) = (place.target, place.attainment()) {
            line += &format!(" of {target} ({attainment})");
        }
        if let Some(delta) = standings.delta(place.key) {
            line += &match delta.value {
                Some(value) => format!(" {:+} {value:+}", delta.rank),
                None => format!(" {:+} -", delta.rank),
            };
        }
        if let Some(late) = standings.late(place.key) {
            line += &format!(" late {late}");
        }
        line
    };
    Ok(standings.visible().map(line).collect::<Vec<_>>().join("\n"))
}

fn metric(metric: Metric) -> Measure {
    Measure::Metric(metric)
}

#[tokio::test]
async fn reps_are_ranked_with_target_and_change() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for order in [
            "10-05 10:00 bob acme 50",
            "10-06 10:00 cy zeta 20",
            "11-03 10:00 ann acme 120.50",
            "11-04 10:00 bob acme 30",
            "11-04 10:00 dee zeta 30",
        ] {
            company.order(order).await?;
        }
        company.target(Stored::Revenue, "ann", "100").await?;
        let ranking = november(&company, "Ada", metric(Metric::Revenue), Peers::Reps).await?;
        let expected = "1 ann 120.50 of 100 (1.205) +2 +120.5\n2 bob 30.00 -1 -20\n\
                        2 dee 30.00 +1 +30\n4 cy 0 -2 -20";
        assert_eq!(ranking, expected);
    }
    Ok(())
}

#[tokio::test]
async fn everybody_is_ranked_and_the_viewers_are_shown() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for order in [
            "11-03 10:00 cy acme 9",
            "11-03 10:00 bob acme 5",
            "11-03 10:00 dee acme 7",
        ] {
            company.order(order).await?;
        }
        let seen =
            async |viewer, peers| november(&company, viewer, metric(Metric::Orders), peers).await;
        assert_eq!(
            seen("Nora", Peers::Reps).await?,
            "1 bob 1 +0 +1\n4 ann 0 -3 +0"
        );
        assert_eq!(seen("ann", Peers::Reps).await?, "4 ann 0 -3 +0");
        assert_eq!(seen("Nora", Peers::Teams).await?, "2 North 1 -1 +1");
        assert_eq!(seen("ann", Peers::Teams).await?, "");
        assert_eq!(
            seen("Ada", Peers::Teams).await?,
            "1 South 2 +0 +2\n2 North 1 -1 +1"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_customer_visited_by_two_reps_is_one_for_their_team() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for visit in [
            "11-03 09:00 ann acme",
            "11-04 09:00 bob acme",
            "11-05 09:00 bob zeta",
        ] {
            company.visit(visit).await?;
        }
        told(rebuild_sums(company.db()).await)?;
        let ask =
            async |peers| november(&company, "Nora", metric(Metric::CustomersVisited), peers).await;
        assert_eq!(ask(Peers::Teams).await?, "1 North 2 +0 +2");
        assert_eq!(ask(Peers::Reps).await?, "1 bob 2 +0 +2\n2 ann 1 -1 +1");
        let visits = november(&company, "Nora", metric(Metric::Visits), Peers::Teams).await?;
        assert_eq!(visits, "1 North 3 +0 +3");
    }
    Ok(())
}

#[tokio::test]
async fn coverage_is_the_share_of_due_customers_seen_in_time() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        for assignment in [
            "ann acme 10",
            "ann zeta 10",
            "bob beta 10",
            "North gamma 15",
        ] {
            company.assign(assignment).await?;
        }
        // Until the 20th: ann sees acme in time and zeta never, bob comes too late, and the team
        // keeps its own.
        for visit in [
            "10-31 09:00 ann acme",
            "11-09 09:00 ann acme",
            "11-18 09:00 ann acme",
            "11-12 09:00 bob beta",
            "11-08 09:00 bob gamma",
        ] {
            company.visit(visit).await?;
        }
        told(rebuild_sums(company.db()).await)?;
        let ask = async |peers| november(&company, "Nora", metric(Metric::Coverage), peers).await;
        assert!(
            ask(Peers::Reps).await?.starts_with("1 ann 0.5 "),
            "{}",
            ask(Peers::Reps).await?
        );
        assert!(
            ask(Peers::Teams).await?.starts_with("1 North 0.5 "),
            "{}",
            ask(Peers::Teams).await?
        );
        let all = november(&company, "Ada", metric(Metric::Coverage), Peers::Reps).await?;
        assert!(
            all.contains("\n2 bob 0 ") && all.contains("\n3 cy +0 -\n3 dee +0 -"),
            "{all}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_scorecard_weighs_attainment() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 10:00 ann acme 150").await?;
        company.order("11-03 10:00 bob acme 50").await?;
        company.training("11-03 10:00 bob PASSED").await?;
        for rep in ["ann", "bob"] {
            company.target(Stored::Revenue, rep, "100").await?;
            company.target(Stored::TrainingCompleted, rep, "2").await?;
        }
        let item = |metric, weight, cap| Item {
            metric,
            weight: Decimal::from(weight),
            cap,
        };
        let card = Scorecard::new(vec![
            item(Metric::Revenue, 60, Decimal::new(12, 1)),
            item(Metric::TrainingCompleted, 40, Decimal::ONE),
        ])?;
        let measure = Measure::Scorecard(ScorecardId::new(), card);
        let ranking = november(&company, "Nora", measure, Peers::Reps).await?;
        assert_eq!(ranking, "1 ann 72 +0 +72\n2 bob 50 -1 +50");
    }
    Ok(())
}

#[tokio::test]
async fn a_closed_period_is_frozen_and_late_data_are_told_apart() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        company.order("11-03 10:00 ann acme 100").await?;
        company.order("11-03 10:00 bob acme 90").await?;
        let december = company.instant("12-01", "00:00");
        let freeze = async |now| told(freeze_closed(company.db(), now).await);

        freeze(december + TimeDelta::hours(47)).await?;
        company.order("11-04 10:00 bob acme 5").await?;
        let ask = async || november(&company, "Nora", metric(Metric::Revenue), Peers::Reps).await;
        assert_eq!(ask().await?, "1 ann 100.00 +0 +100\n2 bob 95.00 -1 +95");

        assert!(freeze(december + TimeDelta::hours(48)).await? > 0);
        company.order("11-05 10:00 bob acme 20").await?;
        assert_eq!(
            ask().await?,
            "1 ann 100.00 +0 +100\n2 bob 95.00 -1 +95 late 20"
        );

        assert_eq!(freeze(december + TimeDelta::hours(49)).await?, 0);
        assert_eq!(
            ask().await?,
            "1 ann 100.00 +0 +100\n2 bob 95.00 -1 +95 late 20"
        );
    }
    Ok(())
}
