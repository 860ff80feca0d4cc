//! What is intended and by which rules it is judged: planned visits, visit rules; and the tracks
//! that are stuck.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::customers::{customer, segment};
use entity::field::{planned_visit, track, visit, visit_rule};
use entity::people::user;
use sea_orm::QueryFilter;

use super::filter::{VisitFilter, VisitOrder};
use super::visit::Visit;
use crate::context::Request;
use crate::customers::{Customer, Segment};
use crate::error::Result;
use crate::filter::{Filter, Filtering};
use crate::loader;
use crate::page::{Connection, Page};
use crate::people::User;
use crate::scalar::Date;

/// A visit that somebody intends.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct PlannedVisit {
    /// Its id.
    pub id: ID,
    /// On which day, in the company's time zone.
    pub day: Date,
    /// What for.
    pub note: Option<String>,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// Since when it is off; null while it stands.
    pub cancelled_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: planned_visit::Model,
}

impl From<planned_visit::Model> for PlannedVisit {
    fn from(row: planned_visit::Model) -> Self {
        Self {
            id: row.id.global().into(),
            day: Date(row.day),
            note: row.note.clone(),
            created_at: row.created_at,
            cancelled_at: row.cancelled_at,
            row,
        }
    }
}

#[ComplexObject]
impl PlannedVisit {
    /// Who shall go.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }

    /// Where to; null when you may not see the customer any more.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(
            ctx,
            customer::Entity::visible_to,
            Some(self.row.customer_id),
        )
        .await
    }

    /// Who planned it; null if nobody in your sight.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.created_by)).await
    }

    /// The visits that fulfil it.
    async fn visits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<VisitFilter>,
        order_by: Option<VisitOrder>,
    ) -> Result<Connection<Visit>> {
        let filter = filter.unwrap_or_default();
        let rows =
            visit::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, visit::Column::PlannedVisitId, self.row.id)
            .await
    }
}

/// One version of the thresholds by which visits are derived.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct VisitRule {
    /// Its id.
    pub id: ID,
    /// From when on; until the next version for the same segment.
    pub valid_from: DateTime<Utc>,
    /// The stay that must be observed, in seconds; a shorter one is a drive-by.
    pub min_dwell_s: i32,
    /// A trail fix with a larger error radius, in metres, takes no part.
    pub max_accuracy_m: f64,
    /// How far beyond the edge the whole error circle must be to be outside, in metres.
    pub exit_margin_m: f64,
    /// A longer silence ends a visit, in seconds.
    pub silence_s: i32,
    /// Time between fixes up to this counts as observed, in seconds.
    pub max_sample_gap_s: i32,
    /// A fix that needs a higher speed on both sides is a jump, in metres a second.
    pub max_speed_mps: f64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: visit_rule::Model,
}

impl From<visit_rule::Model> for VisitRule {
    fn from(row: visit_rule::Model) -> Self {
        Self {
            id: row.id.global().into(),
            valid_from: row.valid_from,
            min_dwell_s: row.min_dwell_s,
            max_accuracy_m: row.max_accuracy_m,
            exit_margin_m: row.exit_margin_m,
            silence_s: row.silence_s,
            max_sample_gap_s: row.max_sample_gap_s,
            max_speed_mps: row.max_speed_mps,
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl VisitRule {
    /// The class of customers it holds for; null means every customer without a rule of its
    /// class.
    async fn segment(&self, ctx: &Context<'_>) -> Option<Result<Segment>> {
        loader::link(ctx, segment::Entity::visible_to, self.row.segment_id).await
    }

    /// Who set it; null if it was imported, or by nobody in your sight.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.created_by).await
    }
}

/// A rep's track whose visits could not be derived after several tries; its check-ins are still
/// taken.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct StalledTrack {
    /// How often it was tried.
    pub tries: i32,
    /// When a try last failed.
    pub failed_at: Option<DateTime<Utc>>,
    /// Since when it is set aside.
    pub set_aside_at: Option<DateTime<Utc>>,
    /// When it is tried again by itself.
    pub retry_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    #[graphql(skip)]
    pub(crate) row: track::Model,
}

impl From<track::Model> for StalledTrack {
    fn from(row: track::Model) -> Self {
        Self {
            tries: row.tries.into(),
            failed_at: row.failed_at,
            set_aside_at: row.set_aside_at,
            retry_at: row.retry_at,
            last_error: row.last_error.clone(),
            row,
        }
    }
}

#[ComplexObject]
impl StalledTrack {
    /// Whose track it is.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }
}
