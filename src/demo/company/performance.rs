//! What is aimed at: monthly targets of reps and teams, and a scorecard.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use domain::zone;
use entity::{
    id::{ScorecardId, ScorecardItemId, TargetId, TeamId, UserId},
    performance::{Metric, PeriodKind, scorecard, scorecard_item, target},
};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;

use crate::demo::{
    city::TIME_ZONE,
    company::{people::People, rows::insert},
};

/// What a rep is to sell in a month, in euros, and how often to visit.
const REP_REVENUE: i64 = 9_000;
const REP_VISITS: i64 = 130;
const REP_ORDERS: i64 = 30;
/// The months with targets: this one and those before.
const MONTHS: u32 = 4;

/// Writes targets and the scorecard.
pub(super) async fn aim(
    connection: &impl ConnectionTrait,
    people: &People,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let today = zone::day_of(now, TIME_ZONE);
    let this_month = today.with_day(1).unwrap_or(today);
    let mut targets = Vec::new();
    for back in 0..MONTHS {
        let month = this_month
            .checked_sub_months(Months::new(back))
            .unwrap_or(this_month);
        let mut aims = Aims {
            targets: &mut targets,
            month,
            by: people.admin.id,
            at: now,
        };
        for rep in &people.reps {
            aims.add(Some(rep.id), None, Metric::Revenue, REP_REVENUE);
            aims.add(Some(rep.id), None, Metric::Visits, REP_VISITS);
            aims.add(Some(rep.id), None, Metric::Orders, REP_ORDERS);
        }
        for (index, team) in people.teams.iter().enumerate() {
            let reps = people.team_of.iter().filter(|of| **of == index).count() as i64;
            aims.add(None, Some(team.id), Metric::Revenue, REP_REVENUE * reps);
            aims.add(None, Some(team.id), Metric::Visits, REP_VISITS * reps);
        }
    }
    insert::<target::ActiveModel>(connection, targets).await?;
    scorecard(connection, now).await
}

struct Aims<'a> {
    targets: &'a mut Vec<target::Model>,
    month: NaiveDate,
    by: UserId,
    at: DateTime<Utc>,
}

impl Aims<'_> {
    fn add(
        &mut self,
        user_id: Option<UserId>,
        team_id: Option<TeamId>,
        metric: Metric,
        value: i64,
    ) {
        self.targets.push(target::Model {
            id: TargetId::new(),
            metric,
            period_kind: PeriodKind::Month,
            period_start: self.month,
            user_id,
            team_id,
            value: Decimal::from(value).into(),
            created_by: self.by,
            created_at: self.at,
        });
    }
}

async fn scorecard(connection: &impl ConnectionTrait, now: DateTime<Utc>) -> anyhow::Result<()> {
    let card = scorecard::Model {
        id: ScorecardId::new(),
        name: "Field rep".to_owned(),
        created_at: now,
        archived_at: None,
    };
    let items = [
        (Metric::Revenue, 50),
        (Metric::Visits, 30),
        (Metric::Orders, 20),
    ];
    let items = items.map(|(metric, weight)| scorecard_item::Model {
        id: ScorecardItemId::new(),
        scorecard_id: card.id,
        metric,
        weight: Decimal::from(weight).into(),
        cap: Decimal::new(12, 1).into(),
    });
    insert::<scorecard::ActiveModel>(connection, vec![card]).await?;
    insert::<scorecard_item::ActiveModel>(connection, items.into()).await?;
    Ok(())
}
