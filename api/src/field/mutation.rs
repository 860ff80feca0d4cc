//! The verbs of the field: drawing fences, planning, setting rules, deciding.

use async_graphql::{Context, ID, Object};

use super::check_in::CheckIn;
use super::decisions::{self, CorrectVisitInput, Word};
use super::fences::{self, DrawGeofenceInput, EditGeofenceInput};
use super::geofence::Geofence;
use super::plan::{PlannedVisit, StalledTrack, VisitRule};
use super::plans::{self, PlanVisitInput, SetVisitRuleInput};
use super::visit::Visit;
use crate::error::Result;
use crate::people::access::record_look;
use crate::{guard, payload};

payload! {
    /// What a verb on a geofence did.
    GeofencePayload {
        /// The geofence; null when the input was refused.
        geofence: Geofence,
    }
}
payload! {
    /// What a verb on a planned visit did.
    PlannedVisitPayload {
        /// The plan; null when the input was refused.
        planned_visit: PlannedVisit,
    }
}
payload! {
    /// What setVisitRule did.
    VisitRulePayload {
        /// The rule; null when the input was refused.
        visit_rule: VisitRule,
    }
}
payload! {
    /// What a verb on a check-in did.
    CheckInPayload {
        /// The check-in; null when the input was refused.
        check_in: CheckIn,
    }
}
payload! {
    /// What correctVisit did.
    VisitPayload {
        /// The visit, not yet derived anew; null when the input was refused.
        visit: Visit,
    }
}
payload! {
    /// What retryTrack did.
    TrackPayload {
        /// The track that is tried again; null when the input was refused.
        track: StalledTrack,
    }
}

/// The verbs of the field.
#[derive(Default)]
pub struct FieldMutation;

#[Object]
impl FieldMutation {
    /// Draws a geofence around a place of a customer. Visits since it counts are derived anew. For
    /// managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn draw_geofence(
        &self,
        ctx: &Context<'_>,
        input: DrawGeofenceInput,
    ) -> Result<GeofencePayload> {
        GeofencePayload::of(fences::draw(ctx, input).await)
    }

    /// Gives a geofence a new shape from a time on; what was before is judged by the old one. For
    /// managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn edit_geofence(
        &self,
        ctx: &Context<'_>,
        input: EditGeofenceInput,
    ) -> Result<GeofencePayload> {
        GeofencePayload::of(fences::edit(ctx, input).await)
    }

    /// Ends a geofence; visits it has seen stay. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn retire_geofence(&self, ctx: &Context<'_>, id: ID) -> Result<GeofencePayload> {
        GeofencePayload::of(fences::retire(ctx, &id).await)
    }

    /// Plans a visit, of yourself or of somebody in your teams.
    #[graphql(guard = "guard::signed_in()")]
    async fn plan_visit(
        &self,
        ctx: &Context<'_>,
        input: PlanVisitInput,
    ) -> Result<PlannedVisitPayload> {
        PlannedVisitPayload::of(plans::plan(ctx, input).await)
    }

    /// Calls a planned visit off.
    #[graphql(guard = "guard::signed_in()")]
    async fn cancel_planned_visit(&self, ctx: &Context<'_>, id: ID) -> Result<PlannedVisitPayload> {
        PlannedVisitPayload::of(plans::cancel(ctx, &id).await)
    }

    /// Sets the thresholds by which visits are derived, from a time on; visits since then are
    /// derived anew. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn set_visit_rule(
        &self,
        ctx: &Context<'_>,
        input: SetVisitRuleInput,
    ) -> Result<VisitRulePayload> {
        VisitRulePayload::of(plans::set_rule(ctx, input).await)
    }

    /// Lets an arrival out of range count where it was made. For managers and administrators.
    ///
    /// Nobody decides on their own arrival while somebody else could, which is another
    /// administrator or a manager of their team or of one above: the answer is OWN_DECISION.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn accept_arrival(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The check-in of the arrival.")] id: ID,
        #[graphql(desc = "Why.")] reason: Option<String>,
    ) -> Result<CheckInPayload> {
        let decided = decisions::decide_arrival(ctx, &id, Word::Accept, reason).await;
        shown(ctx, CheckInPayload::of(decided)?).await
    }

    /// Leaves an arrival out of range without effect. For managers and administrators.
    ///
    /// Nobody decides on their own arrival while somebody else could, which is another
    /// administrator or a manager of their team or of one above: the answer is OWN_DECISION.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn refuse_arrival(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The check-in of the arrival.")] id: ID,
        #[graphql(desc = "Why.")] reason: Option<String>,
    ) -> Result<CheckInPayload> {
        let decided = decisions::decide_arrival(ctx, &id, Word::Refuse, reason).await;
        shown(ctx, CheckInPayload::of(decided)?).await
    }

    /// Says whose stay a visit was, or that there was none; the visits are derived anew by that
    /// within seconds. For managers and administrators.
    ///
    /// Nobody corrects their own visit while somebody else could, which is another
    /// administrator or a manager of their team or of one above: the answer is OWN_DECISION.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn correct_visit(
        &self,
        ctx: &Context<'_>,
        input: CorrectVisitInput,
    ) -> Result<VisitPayload> {
        VisitPayload::of(decisions::correct_visit(ctx, input).await)
    }

    /// Judges a check-in that was kept aside anew, and stores it if it passes now: after what was
    /// wrong with it has been put right. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn release_check_in(&self, ctx: &Context<'_>, id: ID) -> Result<CheckInPayload> {
        let released = decisions::release(ctx, &id).await;
        shown(ctx, CheckInPayload::of(released)?).await
    }

    /// Leaves a check-in that was kept aside out for good. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn discard_check_in(&self, ctx: &Context<'_>, id: ID) -> Result<CheckInPayload> {
        let discarded = decisions::discard(ctx, &id).await;
        shown(ctx, CheckInPayload::of(discarded)?).await
    }

    /// Lets a track that is set aside be tried again now. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn retry_track(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose track.")] rep_id: ID,
    ) -> Result<TrackPayload> {
        TrackPayload::of(decisions::retry_track(ctx, &rep_id).await)
    }
}

/// Shows the check-in of a payload; the look at it is recorded.
async fn shown(ctx: &Context<'_>, payload: CheckInPayload) -> Result<CheckInPayload> {
    if let Some(check_in) = &payload.check_in {
        record_look(ctx, check_in.row.rep_id).await?;
    }
    Ok(payload)
}
