//! Targets and scorecards as clients see them.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::ScorecardId;
use entity::people::{team, user};
use entity::performance::{scorecard, scorecard_item, target};
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::calendar::Calendar;
use super::measure::computable;
use super::words::{Metric, Period, kind_of};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::loader::{self, Load};
use crate::people::{Team, User};
use crate::scalar::Decimal;

/// A number to reach in a period: of a rep or of a team.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Target {
    /// Its id.
    pub id: ID,
    /// The value to reach; of money in the main unit of the company's currency.
    pub value: Decimal,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: target::Model,
}

impl From<target::Model> for Target {
    fn from(row: target::Model) -> Self {
        Self {
            id: row.id.global().into(),
            value: row.value.0.into(),
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Target {
    /// What is measured.
    async fn metric(&self) -> Result<Metric> {
        metric(self.row.metric)
    }

    /// When it is to be reached.
    async fn period(&self, ctx: &Context<'_>) -> Result<Period> {
        let calendar = calendar(ctx).await?;
        let period = calendar.period(kind_of(self.row.period_kind), self.row.period_start)?;
        Ok(Period::of(period, &calendar))
    }

    /// The rep it is set for; null where it is a team's.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.user_id).await
    }

    /// The team it is set for; null where it is a rep's.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.row.team_id).await
    }

    /// Who set it; null when you may not see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.created_by)).await
    }
}

/// Metrics with weights that make one score.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Scorecard {
    /// Its id.
    pub id: ID,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is no longer used; null while it is.
    pub archived_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: scorecard::Model,
}

impl From<scorecard::Model> for Scorecard {
    fn from(row: scorecard::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            created_at: row.created_at,
            archived_at: row.archived_at,
            row,
        }
    }
}

#[ComplexObject]
impl Scorecard {
    /// Its metrics, in the order they were given; their weights sum to exactly 100.
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<ScorecardItem>> {
        let database = ctx.db()?.clone();
        let loader = || ItemsOf { database };
        let items = ctx.loaders()?.load(loader, self.row.id).await?;
        items
            .unwrap_or_default()
            .iter()
            .map(ScorecardItem::of)
            .collect()
    }
}

/// One metric of a scorecard.
#[derive(Clone, Debug, SimpleObject)]
pub struct ScorecardItem {
    /// What is measured.
    pub metric: Metric,
    /// The points that reaching the target is worth.
    pub weight: Decimal,
    /// The attainment above which nothing more is gained.
    pub cap: Decimal,
}

impl ScorecardItem {
    fn of(row: &scorecard_item::Model) -> Result<Self> {
        Ok(Self {
            metric: metric(row.metric)?,
            weight: row.weight.0.into(),
            cap: row.cap.0.into(),
        })
    }
}

fn metric(stored: entity::performance::Metric) -> Result<Metric> {
    let metric = computable(stored);
    let metric =
        metric.ok_or_else(|| Error::internal("a metric that nobody computes is stored"))?;
    Ok(metric.into())
}

struct ItemsOf {
    database: Database,
}

impl Load for ItemsOf {
    type Key = ScorecardId;
    type Value = Vec<scorecard_item::Model>;

    async fn load(&self, cards: Vec<ScorecardId>) -> Result<HashMap<ScorecardId, Self::Value>> {
        let column = scorecard_item::Column::ScorecardId.into_expr();
        let items = scorecard_item::Entity::visible_to(&Scope::All)
            .filter(keys::any_of(self.database.backend(), column, &cards))
            .order_by_asc(scorecard_item::Column::Id)
            .all(&self.database.read)
            .await?;
        let mut of_card: HashMap<ScorecardId, Self::Value> = HashMap::new();
        for item in items {
            of_card.entry(item.scorecard_id).or_default().push(item);
        }
        Ok(of_card)
    }
}

/// The company's calendar, read once a request.
pub(super) async fn calendar(ctx: &Context<'_>) -> Result<Calendar> {
    let database = ctx.db()?.clone();
    let calendar = ctx.loaders()?.load(|| TheCalendar { database }, ()).await?;
    calendar.ok_or_else(|| Error::internal("there is no calendar"))
}

struct TheCalendar {
    database: Database,
}

impl Load for TheCalendar {
    type Key = ();
    type Value = Calendar;

    async fn load(&self, _: Vec<()>) -> Result<HashMap<(), Calendar>> {
        Ok(HashMap::from([(
            (),
            Calendar::read(&self.database.read).await?,
        )]))
    }
}
