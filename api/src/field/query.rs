//! Reading visits, check-ins, geofences, plans and rules.

use async_graphql::{Context, Object};
use entity::field::{geofence, planned_visit, receipt, track, visit, visit_rule};
use sea_orm::{ColumnTrait, QueryFilter};

use super::activity::{ActivityCell, Asked, activity, possible};
use super::check_in::{CheckIn, looked};
use super::check_in_filter::{CheckInFilter, CheckInOrder};
use super::filter::{
    GeofenceFilter, GeofenceOrder, PlannedVisitFilter, PlannedVisitOrder, VisitFilter, VisitOrder,
    VisitRuleFilter, VisitRuleOrder,
};
use super::geofence::Geofence;
use super::plan::{PlannedVisit, StalledTrack, VisitRule};
use super::trial::{self, RuleSimulation, SimulateRuleInput};
use super::visit::Visit;
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering};
use crate::guard;
use crate::page::{Connection, Direction, Page};
use crate::performance::calendar::Calendar;
use crate::performance::words::PeriodInput;
use crate::place::BoundsInput;

/// Reading visits, check-ins, geofences, plans and rules.
#[derive(Default)]
pub struct FieldQuery;

#[Object]
impl FieldQuery {
    /// The visits of the reps in your sight.
    #[graphql(guard = "guard::signed_in()")]
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
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// What the phones of the reps in your sight sent, and what became of it. The looks at other
    /// people's check-ins are recorded.
    #[graphql(guard = "guard::signed_in()")]
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
        let page = Page::new(first, after, last, before)?;
        looked(ctx, page.of(rows, order_by)?.read(ctx).await?).await
    }

    /// The geofences of the customers in your sight.
    #[graphql(guard = "guard::signed_in()")]
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
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The visits that are intended, of the reps in your sight.
    #[graphql(guard = "guard::signed_in()")]
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
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The thresholds by which visits are derived, in all their versions. Where there is none the
    /// built-in ones hold.
    #[graphql(guard = "guard::signed_in()")]
    async fn visit_rules(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<VisitRuleFilter>,
        order_by: Option<VisitRuleOrder>,
    ) -> Result<Connection<VisitRule>> {
        let rows = visit_rule::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// What a changed rule, or geofences that stand otherwise, would add to, take from or move
    /// among the visits of a past period. Nothing is written. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn simulate_rule(
        &self,
        ctx: &Context<'_>,
        input: SimulateRuleInput,
    ) -> Result<RuleSimulation> {
        trial::simulate(ctx, input).await
    }

    /// The tracks that are set aside because their visits could not be derived, of the reps in
    /// your sight; the newest first.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn stalled_tracks(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<StalledTrack>> {
        let rows =
            track::Entity::visible_to(ctx.scope()?).filter(track::Column::SetAsideAt.is_not_null());
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, track::Column::SetAsideAt, Direction::Desc)?;
        page.read(ctx).await
    }

    /// How much went on in each hexagon of a part of the map, of what is in your sight: cells
    /// without anything are left out. A rectangle of more than about 100,000 cells is refused, and
    /// so are more than 2,000 with something in them. Visits and customers are counted where the
    /// customer is.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn activity_map(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part of the map.")] bbox: BoundsInput,
        #[graphql(desc = "How fine: a resolution of the H3 grid, 0 (1,100 km) to 15 (0.6 m).")]
        resolution: i32,
        #[graphql(desc = "When.")] period: PeriodInput,
    ) -> Result<Vec<ActivityCell>> {
        let (bounds, resolution) = possible(bbox.read("bbox")?, resolution)?;
        let calendar = Calendar::read(&ctx.db()?.read).await?;
        let asked = Asked {
            bounds,
            resolution,
            time: period.read(&calendar)?.instants(calendar.zone),
        };
        activity(ctx, asked).await
    }
}
