//! What the field room adds to users and to customers.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use entity::field::{geofence, planned_visit, receipt, visit};
use entity::id::{CustomerId, UserId};
use sea_orm::QueryFilter;

use super::check_in::{CheckIn, looked};
use super::check_in_filter::{CheckInFilter, CheckInOrder};
use super::day::RepDay;
use super::duty::Duty;
use super::filter::{
    GeofenceFilter, GeofenceOrder, PlannedVisitFilter, PlannedVisitOrder, VisitFilter, VisitOrder,
};
use super::geofence::Geofence;
use super::plan::PlannedVisit;
use super::presence::Presence;
use super::track::{Span, Track};
use super::visit::Visit;
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering};
use crate::page::{Connection, Page};
use crate::scalar::Date;

/// The fields of a user that the field room answers.
pub(crate) struct UserInField(pub(crate) UserId);

#[Object]
impl UserInField {
    /// Where they are and what is going on, as far as can be believed now.
    async fn presence(&self, ctx: &Context<'_>) -> Option<Result<Presence>> {
        Some(Presence::of(ctx, self.0).await)
    }

    /// Whether they are at work now.
    async fn duty(&self, ctx: &Context<'_>) -> Option<Result<Duty>> {
        Duty::of(ctx, self.0).await.transpose()
    }

    /// One day of theirs, in the company's time zone.
    async fn day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which day.")] of: Date,
    ) -> Option<Result<RepDay>> {
        Some(RepDay::of(ctx, self.0, of.0).await)
    }

    /// Where they were from one time to another, at most 31 days. The look at somebody else's
    /// track is recorded.
    async fn track(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From when on.")] from: DateTime<Utc>,
        #[graphql(desc = "Until when, exclusive.")] to: DateTime<Utc>,
        #[graphql(
            default = 200,
            desc = "At most this many positions, evenly in time, 1 to 1000."
        )]
        first: i32,
    ) -> Option<Result<Track>> {
        Some(match Span::new(from, to, first) {
            Ok(span) => span.track_of(ctx, self.0).await,
            Err(error) => Err(error),
        })
    }

    /// Their visits.
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
        page.read_for(ctx, visit::Column::RepId, self.0).await
    }

    /// What their phones sent, and what became of it. The look at somebody else's check-ins is
    /// recorded.
    async fn check_ins(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<CheckInFilter>,
        order_by: Option<CheckInOrder>,
    ) -> Result<Connection<CheckIn>> {
        let rows = receipt::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        looked(
            ctx,
            page.read_for(ctx, receipt::Column::RepId, self.0).await?,
        )
        .await
    }

    /// Where they shall go.
    async fn planned_visits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<PlannedVisitFilter>,
        order_by: Option<PlannedVisitOrder>,
    ) -> Result<Connection<PlannedVisit>> {
        let rows = planned_visit::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, planned_visit::Column::RepId, self.0)
            .await
    }
}

/// The fields of a customer that the field room answers.
pub(crate) struct CustomerInField(pub(crate) CustomerId);

#[Object]
impl CustomerInField {
    /// The visits there, of the reps in your sight.
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
        page.read_for(ctx, visit::Column::CustomerId, self.0).await
    }

    /// Its places.
    async fn geofences(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<GeofenceFilter>,
        order_by: Option<GeofenceOrder>,
    ) -> Result<Connection<Geofence>> {
        let rows = geofence::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, geofence::Column::CustomerId, self.0)
            .await
    }

    /// The visits that are intended there, of the reps in your sight.
    async fn planned_visits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<PlannedVisitFilter>,
        order_by: Option<PlannedVisitOrder>,
    ) -> Result<Connection<PlannedVisit>> {
        let rows = planned_visit::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, planned_visit::Column::CustomerId, self.0)
            .await
    }
}
