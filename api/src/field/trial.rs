//! What a changed rule or fence would have done to a past period.

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use domain::visit::{RuleVersion, Visit as Derived};
use entity::customers::customer;
use entity::field::geofence;
use entity::id::{CustomerId, GeofenceId, UserId};
use entity::people::user;
use ingest::worker::trial::{Difference, Trial, try_out};
use ingest::{Fences, TrialFence};
use sea_orm::{QueryOrder, QuerySelect};
use uuid::Uuid;

use super::fences::{self, DrawGeofenceInput, EditGeofenceInput};
use super::plans::{self, SetVisitRuleInput};
use super::verdict::version;
use crate::context::Request;
use crate::customers::Customer;
use crate::error::{Error, Result};
use crate::input;
use crate::loader;
use crate::people::User;

/// The longest period.
const LONGEST: TimeDelta = TimeDelta::days(31);
/// The most reps of one simulation.
const MOST_REPS: usize = 50;
/// The most visits of each kind that are told one by one.
const MOST_TOLD: usize = 100;
/// The most fences that are tried at once.
const MOST_FENCES: usize = 100;

/// What to try, on which visits. What is given of a rule or a geofence is as the verbs take it;
/// without a `validFrom` it counts from the beginning of the period.
#[derive(Clone, Debug, InputObject)]
pub struct SimulateRuleInput {
    /// The beginning of the period: visits that begin from here on are compared.
    pub from: DateTime<Utc>,
    /// Its end, at most 31 days later.
    pub until: DateTime<Utc>,
    /// Whose visits, at most 50; when left out the first 50 in your sight, by name.
    pub rep_ids: Option<Vec<ID>>,
    /// A rule as setVisitRule takes it.
    pub rule: Option<SetVisitRuleInput>,
    /// Geofences as drawGeofence takes them.
    pub draw: Option<Vec<DrawGeofenceInput>>,
    /// Geofences as editGeofence takes them.
    pub edit: Option<Vec<EditGeofenceInput>>,
    /// Geofences that would not stand from the beginning of the period on.
    pub retire: Option<Vec<ID>>,
}

/// A visit that is, or would be, derived.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct SimulatedVisit {
    /// The arrival.
    pub arrived_at: DateTime<Utc>,
    /// The departure; null while it is open.
    pub left_at: Option<DateTime<Utc>>,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    #[graphql(skip)]
    rep: UserId,
    #[graphql(skip)]
    customer: CustomerId,
}

#[ComplexObject]
impl SimulatedVisit {
    /// Whose.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.rep)).await
    }

    /// At whom; null when the customer is not in your sight.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(ctx, customer::Entity::visible_to, Some(self.customer)).await
    }
}

/// A visit that would begin or end otherwise.
#[derive(Clone, Debug, SimpleObject)]
pub struct MovedVisit {
    /// As it is.
    pub before: SimulatedVisit,
    /// As it would be.
    pub after: SimulatedVisit,
}

/// What a rule or fences would change. Of each kind at most 100 visits are told, the earliest of
/// each rep first; the counts are of all.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct RuleSimulation {
    /// How many reps were looked at.
    pub rep_count: i32,
    /// How many visits would stay as they are.
    pub unchanged_count: i32,
    /// How many there would be that are not.
    pub added_count: i32,
    /// How many there would not be any more.
    pub lost_count: i32,
    /// How many would begin or end otherwise.
    pub moved_count: i32,
    /// Visits that there would be.
    pub added: Vec<SimulatedVisit>,
    /// Visits that there would not be.
    pub lost: Vec<SimulatedVisit>,
    /// Visits that would begin or end otherwise.
    pub moved: Vec<MovedVisit>,
}

pub(super) async fn simulate(
    ctx: &Context<'_>,
    input: SimulateRuleInput,
) -> Result<RuleSimulation> {
    if input.until <= input.from || input.until - input.from > LONGEST {
        return Err(Error::bad_input(
            "until must be after from, by at most 31 days",
        ));
    }
    let reps = reps(ctx, input.rep_ids.as_deref()).await?;
    let trial = Trial {
        from: input.from,
        until: input.until,
        rule: match &input.rule {
            Some(rule) => Some(rule_of(ctx, rule, input.from).await?),
            None => None,
        },
        fences: fences_of(ctx, &input).await?,
    };
    let fences: &Fences = ctx
        .data_opt()
        .ok_or_else(|| Error::internal("the schema lacks the fences"))?;
    let told = try_out(ctx.db()?, fences, &reps, &trial).await?;
    let mut simulation = RuleSimulation::default();
    for (rep, difference) in told {
        simulation.add(rep, difference);
    }
    Ok(simulation)
}

/// The reps that are named, or the first in sight.
async fn reps(ctx: &Context<'_>, named: Option<&[ID]>) -> Result<Vec<UserId>> {
    let db = &ctx.db()?.read;
    let Some(named) = named else {
        let first = user::Entity::visible_to(ctx.scope()?)
            .order_by_asc(user::Column::Name)
            .order_by_asc(user::Column::Id)
            .limit(u64::try_from(MOST_REPS).unwrap_or(u64::MAX));
        return Ok(first
            .all(db)
            .await?
            .into_iter()
            .map(|user| user.id)
            .collect());
    };
    if named.len() > MOST_REPS {
        return Err(Error::bad_input(format!(
            "repIds takes at most {MOST_REPS} ids"
        )));
    }
    let mut reps = Vec::with_capacity(named.len());
    for id in named {
        let (visible, read) = (user::Entity::visible_to, UserId::from_global);
        reps.push(
            input::seen(db, ctx.scope()?, visible, read, id, "user")
                .await?
                .id,
        );
    }
    Ok(reps)
}

async fn rule_of(
    ctx: &Context<'_>,
    input: &SetVisitRuleInput,
    from: DateTime<Utc>,
) -> Result<RuleVersion<Uuid>> {
    let valid_from = input.valid_from.unwrap_or(from);
    let rule = plans::proposed(ctx, &ctx.db()?.read, input, valid_from).await?;
    Ok(version(&rule))
}

async fn fences_of(ctx: &Context<'_>, input: &SimulateRuleInput) -> Result<Vec<TrialFence>> {
    let (draw, edit) = (input.draw.iter().flatten(), input.edit.iter().flatten());
    let retire = input.retire.iter().flatten();
    let count = draw.clone().count() + edit.clone().count() + retire.clone().count();
    if count > MOST_FENCES {
        return Err(Error::bad_input(format!(
            "at most {MOST_FENCES} geofences are tried at once"
        )));
    }
    let (db, scope) = (&ctx.db()?.read, ctx.scope()?);
    let mut tried = Vec::with_capacity(count);
    for draw in draw {
        let (visible, read) = (customer::Entity::visible_to, CustomerId::from_global);
        let customer = input::seen(db, scope, visible, read, &draw.customer_id, "customer").await?;
        tried.push(TrialFence {
            fence: GeofenceId::new().uuid(),
            customer: customer.id.uuid(),
            since: draw.valid_from.unwrap_or(input.from),
            shape: Some(fences::shape(&draw.shape, draw.datum)?),
        });
    }
    let (visible, read) = (geofence::Entity::visible_to, GeofenceId::from_global);
    for edit in edit {
        let fence = input::seen(db, scope, visible, read, &edit.id, "geofence").await?;
        let shape = fences::shape(&edit.shape, edit.datum)?;
        let since = edit.valid_from.unwrap_or(input.from);
        tried.push(otherwise(&fence, since, Some(shape)));
    }
    for id in retire {
        let fence = input::seen(db, scope, visible, read, id, "geofence").await?;
        tried.push(otherwise(&fence, input.from, None));
    }
    Ok(tried)
}

fn otherwise(
    fence: &geofence::Model,
    since: DateTime<Utc>,
    shape: Option<domain::geofence::Shape>,
) -> TrialFence {
    TrialFence {
        fence: fence.id.uuid(),
        customer: fence.customer_id.uuid(),
        since,
        shape,
    }
}

impl RuleSimulation {
    fn add(&mut self, rep: UserId, difference: Difference) {
        let shown = |visit: Derived<Uuid>| SimulatedVisit {
            arrived_at: visit.arrived_at,
            left_at: visit.left_at,
            confidence: visit.confidence,
            rep,
            customer: visit.customer.into(),
        };
        let count = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
        self.rep_count += 1;
        self.unchanged_count += count(difference.unchanged);
        self.added_count += count(difference.added.len());
        self.lost_count += count(difference.lost.len());
        self.moved_count += count(difference.moved.len());
        let added = difference.added.into_iter().map(shown);
        self.added.extend(added);
        self.added.truncate(MOST_TOLD);
        self.lost.extend(difference.lost.into_iter().map(shown));
        self.lost.truncate(MOST_TOLD);
        let moved = difference
            .moved
            .into_iter()
            .map(|(before, after)| MovedVisit {
                before: shown(before),
                after: shown(after),
            });
        self.moved.extend(moved);
        self.moved.truncate(MOST_TOLD);
    }
}
