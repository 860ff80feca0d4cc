//! How visits are planned and the rules of visits are set.

use async_graphql::{Context, ID, InputObject};
use chrono::{DateTime, Utc};
use domain::visit::VisitRule as Thresholds;
use entity::customers::{customer, segment};
use entity::field::{planned_visit, visit_rule};
use entity::id::{CustomerId, PlannedVisitId, SegmentId, UserId, VisitRuleId};
use entity::people::user;
use entity::viewer::Scope;
use presence::Topic;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};

use super::presence::live;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, TEXT_LENGTH};
use crate::performance::calendar::Calendar;
use crate::scalar::{Date, now, whole_millis};

/// A visit to plan.
#[derive(Clone, Debug, InputObject)]
pub struct PlanVisitInput {
    /// Who shall go: you, or somebody in your teams.
    pub rep_id: ID,
    /// Where to.
    pub customer_id: ID,
    /// On which day, in the company's time zone: today or later.
    pub day: Date,
    /// What for.
    pub note: Option<String>,
}

/// The thresholds by which visits are derived. What is left out stays as it is at that time; at
/// first the built-in ones hold.
#[derive(Clone, Debug, InputObject)]
pub struct SetVisitRuleInput {
    /// The class of customers it is for; null means everybody without a rule of their class. Of
    /// the thresholds of a class only minDwellS and exitMarginM count, because the others judge a
    /// track before any customer is known.
    pub segment_id: Option<ID>,
    /// From when on, past visits included; now when left out.
    pub valid_from: Option<DateTime<Utc>>,
    /// The stay that must be observed, 0 to 14,400 seconds.
    pub min_dwell_s: Option<i32>,
    /// A trail fix with a larger error radius takes no part, 5 to 1,000 metres.
    pub max_accuracy_m: Option<f64>,
    /// How far beyond the edge the whole error circle must be to be outside, 0 to 500 metres.
    pub exit_margin_m: Option<f64>,
    /// A longer silence ends a visit, 600 to 86,400 seconds.
    pub silence_s: Option<i32>,
    /// Time between fixes up to this counts as observed, 30 to 21,600 seconds and at most the
    /// silence.
    pub max_sample_gap_s: Option<i32>,
    /// A fix that needs a higher speed on both sides is a jump, 10 to 400 metres a second.
    pub max_speed_mps: Option<f64>,
}

pub(super) async fn plan(ctx: &Context<'_>, input: PlanVisitInput) -> Result<planned_visit::Model> {
    let txn = ctx.db()?.begin().await?;
    let scope = ctx.scope()?;
    let (visible, read) = (user::Entity::visible_to, UserId::from_global);
    let rep = input::seen(&txn, scope, visible, read, &input.rep_id, "user").await?;
    let (visible, read) = (customer::Entity::visible_to, CustomerId::from_global);
    let customer = input::seen(&txn, scope, visible, read, &input.customer_id, "customer").await?;
    let mut faults = Faults::default();
    if rep.deactivated_at.is_some() {
        faults.add("CLOSED", "repId", "the account is closed");
    }
    if customer.archived_at.is_some() {
        faults.add("ARCHIVED", "customerId", "the customer is archived");
    }
    let note = faults.optional("note", input.note.as_deref(), TEXT_LENGTH);
    let at = now();
    if input.day.0 < Calendar::read(&txn).await?.day(at) {
        faults.add(
            "OUT_OF_RANGE",
            "day",
            "a visit is planned for today or later",
        );
    }
    faults.finish()?;
    let same = planned_visit::Entity::visible_to(&Scope::All)
        .filter(planned_visit::Column::RepId.eq(rep.id))
        .filter(planned_visit::Column::CustomerId.eq(customer.id))
        .filter(planned_visit::Column::Day.eq(input.day.0))
        .filter(planned_visit::Column::CancelledAt.is_null())
        .one(&txn)
        .await?;
    if same.is_some() {
        return Err(Error::refuse(
            "TAKEN",
            "day",
            "this visit is planned already",
        ));
    }
    let plan = planned_visit::Model {
        id: PlannedVisitId::new(),
        rep_id: rep.id,
        customer_id: customer.id,
        day: input.day.0,
        note,
        created_by: ctx.viewer()?.user,
        created_at: at,
        cancelled_at: None,
    };
    let plan = plan.into_active_model().insert(&txn).await?;
    // What opened before does not know the plan.
    ingest::verbs::mark_dirty(&txn, &[rep.id], at).await?;
    txn.commit().await?;
    live(ctx)?.wake(Topic::Tracks).await;
    Ok(plan)
}

pub(super) async fn cancel(ctx: &Context<'_>, id: &ID) -> Result<planned_visit::Model> {
    let txn = ctx.db()?.begin().await?;
    let (scope, visible) = (ctx.scope()?, planned_visit::Entity::visible_to);
    let read = PlannedVisitId::from_global;
    let plan = input::seen(&txn, scope, visible, read, id, "planned visit").await?;
    if plan.cancelled_at.is_some() {
        return Ok(plan);
    }
    let at = now();
    let mut plan = plan.into_active_model();
    plan.cancelled_at = Set(Some(at));
    let plan = plan.update(&txn).await?;
    ingest::verbs::mark_dirty(&txn, &[plan.rep_id], at).await?;
    txn.commit().await?;
    live(ctx)?.wake(Topic::Tracks).await;
    Ok(plan)
}

pub(super) async fn set_rule(
    ctx: &Context<'_>,
    input: SetVisitRuleInput,
) -> Result<visit_rule::Model> {
    let txn = ctx.db()?.begin().await?;
    let valid_from = whole_millis(input.valid_from.unwrap_or_else(Utc::now));
    let rule = proposed(ctx, &txn, &input, valid_from).await?;
    let before = in_force(&txn, rule.segment_id, valid_from).await?;
    if before
        .as_ref()
        .is_some_and(|known| known.segment_id == rule.segment_id && known.valid_from == valid_from)
    {
        let message = "there is a rule from that instant on already";
        return Err(Error::refuse("TAKEN", "validFrom", message));
    }
    let rule = rule.into_active_model().insert(&txn).await?;
    ingest::verbs::everybody_changed(&txn, valid_from).await?;
    txn.commit().await?;
    live(ctx)?.wake(Topic::Tracks).await;
    Ok(rule)
}

/// The rule that an input means, from an instant on.
pub(super) async fn proposed(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    input: &SetVisitRuleInput,
    valid_from: DateTime<Utc>,
) -> Result<visit_rule::Model> {
    let segment_id = match &input.segment_id {
        Some(id) => {
            let (visible, read) = (segment::Entity::visible_to, SegmentId::from_global);
            let scope = ctx.scope()?;
            Some(
                input::seen(db, scope, visible, read, id, "segment")
                    .await?
                    .id,
            )
        }
        None => None,
    };
    let before = in_force(db, segment_id, valid_from).await?;
    Ok(visit_rule::Model {
        id: VisitRuleId::new(),
        segment_id,
        valid_from,
        created_by: Some(ctx.viewer()?.user),
        created_at: now(),
        ..changed(input, before.unwrap_or_else(built_in))?
    })
}

/// The rule that holds for a class of customers at an instant; of everybody without one.
async fn in_force(
    txn: &impl ConnectionTrait,
    segment: Option<SegmentId>,
    at: DateTime<Utc>,
) -> Result<Option<visit_rule::Model>> {
    use visit_rule::Column;

    let rules = visit_rule::Entity::visible_to(&Scope::All)
        .filter(Column::ValidFrom.lte(at))
        .order_by_asc(Column::ValidFrom)
        .all(txn)
        .await?;
    let newest = |of: Option<SegmentId>| rules.iter().rev().find(|rule| rule.segment_id == of);
    Ok(newest(segment).or_else(|| newest(None)).cloned())
}

fn built_in() -> visit_rule::Model {
    let thresholds = Thresholds::default();
    let seconds = |length: chrono::TimeDelta| i32::try_from(length.num_seconds()).unwrap_or(0);
    visit_rule::Model {
        id: VisitRuleId::new(),
        segment_id: None,
        valid_from: DateTime::UNIX_EPOCH,
        min_dwell_s: seconds(thresholds.min_dwell),
        max_accuracy_m: thresholds.max_accuracy_m,
        exit_margin_m: thresholds.exit_margin_m,
        silence_s: seconds(thresholds.silence),
        max_sample_gap_s: seconds(thresholds.max_sample_gap),
        max_speed_mps: thresholds.max_speed_mps,
        created_by: None,
        created_at: DateTime::UNIX_EPOCH,
    }
}

/// The thresholds with what the input changes of them, or all that is wrong with it.
fn changed(input: &SetVisitRuleInput, before: visit_rule::Model) -> Result<visit_rule::Model> {
    let mut faults = Faults::default();
    let rule = visit_rule::Model {
        min_dwell_s: input.min_dwell_s.unwrap_or(before.min_dwell_s),
        max_accuracy_m: input.max_accuracy_m.unwrap_or(before.max_accuracy_m),
        exit_margin_m: input.exit_margin_m.unwrap_or(before.exit_margin_m),
        silence_s: input.silence_s.unwrap_or(before.silence_s),
        max_sample_gap_s: input.max_sample_gap_s.unwrap_or(before.max_sample_gap_s),
        max_speed_mps: input.max_speed_mps.unwrap_or(before.max_speed_mps),
        ..before
    };
    let of_everybody = [
        ("maxAccuracyM", input.max_accuracy_m.is_some()),
        ("silenceS", input.silence_s.is_some()),
        ("maxSampleGapS", input.max_sample_gap_s.is_some()),
        ("maxSpeedMps", input.max_speed_mps.is_some()),
    ];
    for (field, is_given) in of_everybody {
        if is_given && input.segment_id.is_some() {
            let message = format!("{field} is set for everybody, not for a class of customers");
            faults.add("INVALID", field, message);
        }
    }
    let ranges = [
        ("minDwellS", f64::from(rule.min_dwell_s), 0.0, 14_400.0),
        ("maxAccuracyM", rule.max_accuracy_m, 5.0, 1_000.0),
        ("exitMarginM", rule.exit_margin_m, 0.0, 500.0),
        ("silenceS", f64::from(rule.silence_s), 600.0, 86_400.0),
        (
            "maxSampleGapS",
            f64::from(rule.max_sample_gap_s),
            30.0,
            21_600.0,
        ),
        ("maxSpeedMps", rule.max_speed_mps, 10.0, 400.0),
    ];
    for (field, value, least, most) in ranges {
        if !(least..=most).contains(&value) {
            let message = format!("{field} must be from {least} to {most}, it is {value}");
            faults.add("OUT_OF_RANGE", field, message);
        }
    }
    if rule.max_sample_gap_s > rule.silence_s {
        let message = "what counts as observed cannot be longer than the silence that ends a visit";
        faults.add("OUT_OF_RANGE", "maxSampleGapS", message);
    }
    faults.finish()?;
    Ok(rule)
}
