//! Reading performance: rankings, targets, scorecards.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::Utc;
use entity::id::ScorecardId;
use entity::performance::{scorecard, target};
use sea_orm::{Condition, QueryFilter};

use super::measure::Measure;
use super::ranking::{Ranking, Told};
use super::standings::{Ask, Standings};
use super::types::{Scorecard, Target, calendar};
use super::words::{Metric, Peers, PeriodInput, PeriodKind};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::filter::{
    DateFilter, Filter, Filtering, IdFilter, InstantFilter, StringFilter, any_of, ids,
};
use crate::page::{Connection, Page};
use crate::{guard, order_by};

order_by! {
    /// How targets are ordered; the newest period first when not given.
    TargetOrder of target, by default PeriodStart Desc {
        /// By the first day of the period.
        PeriodStart,
        /// By the time they were set.
        CreatedAt,
    }
}

order_by! {
    /// How scorecards are ordered; by name when not given.
    ScorecardOrder of scorecard, by default Name Asc {
        /// By name.
        Name,
        /// By the time they were made.
        CreatedAt,
    }
}

/// Which targets.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TargetFilter {
    /// By what is measured.
    pub metric: Option<Vec<Metric>>,
    /// By the length of the period.
    pub period_kind: Option<Vec<PeriodKind>>,
    /// By the first day of the period.
    pub period_start: Option<DateFilter>,
    /// By the rep they are set for.
    pub rep_id: Option<IdFilter>,
    /// By the team they are set for.
    pub team_id: Option<IdFilter>,
}

impl Filter for TargetFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(metric) = &self.metric {
            condition = condition.add(any_of(metric, target::Column::Metric)?);
        }
        if let Some(kind) = &self.period_kind {
            condition = condition.add(any_of(kind, target::Column::PeriodKind)?);
        }
        if let Some(start) = &self.period_start {
            condition = condition.add(start.condition(target::Column::PeriodStart));
        }
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, target::Column::UserId, ids::USERS)?);
        }
        if let Some(team) = &self.team_id {
            condition = condition.add(team.condition(at, target::Column::TeamId, ids::TEAMS)?);
        }
        Ok(condition)
    }
}

/// Which scorecards.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ScorecardFilter {
    /// By name.
    pub name: Option<StringFilter>,
    /// By the time since when they are no longer used.
    pub archived_at: Option<InstantFilter>,
}

impl Filter for ScorecardFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(name) = &self.name {
            condition = condition.add(name.condition(at, scorecard::Column::Name)?);
        }
        if let Some(archived_at) = &self.archived_at {
            condition = condition.add(archived_at.condition(scorecard::Column::ArchivedAt));
        }
        Ok(condition)
    }
}

/// Reading performance.
#[derive(Default)]
pub struct PerformanceQuery;

#[Object]
impl PerformanceQuery {
    /// Reps or teams in order of a metric or of a scorecard; give one of the two.
    #[graphql(guard = "guard::signed_in()")]
    async fn ranking(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When.")] period: PeriodInput,
        #[graphql(desc = "The metric to rank by.")] metric: Option<Metric>,
        #[graphql(desc = "The id of the scorecard to rank by.")] scorecard: Option<ID>,
        #[graphql(desc = "Who is ranked.")] of: Peers,
    ) -> Result<Ranking> {
        let db = &ctx.db()?.read;
        let measure = match (metric, scorecard) {
            (Some(metric), None) => Measure::Metric(metric.into()),
            (None, Some(id)) => {
                let id = ScorecardId::from_global(&id);
                Measure::scorecard(db, id.ok_or_else(|| Error::not_found("scorecard"))?).await?
            }
            _ => return Err(Error::bad_input("give either metric or scorecard")),
        };
        let calendar = calendar(ctx).await?;
        let ask = Ask {
            calendar,
            measure,
            period: period.read(&calendar)?,
            peers: of.into(),
            now: Utc::now(),
        };
        let standings = Standings::read(db, ctx.scope()?, &ask).await?;
        let told = Arc::new(Told { ask, standings });
        Ok(Ranking { told })
    }

    /// The targets in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn targets(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<TargetFilter>,
        order_by: Option<TargetOrder>,
    ) -> Result<Connection<Target>> {
        let rows =
            target::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The scorecards of the company, archived ones too.
    #[graphql(guard = "guard::signed_in()")]
    async fn scorecards(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<ScorecardFilter>,
        order_by: Option<ScorecardOrder>,
    ) -> Result<Connection<Scorecard>> {
        let rows = scorecard::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }
}
