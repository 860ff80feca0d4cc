//! How a check-in stood to the fences around it.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::TimeDelta;
use domain::position::Position;
use domain::visit::{
    FenceVersion, Fix, Judgement, Kind, Located, RuleVersion, VisitRule as Thresholds, World,
    judgements,
};
use entity::Database;
use entity::customers::customer;
use entity::field::{check_in, geofence, visit_rule};
use entity::id::{CustomerId, GeofenceId};
use entity::viewer::Scope;
use futures_util::future::try_join_all;
use ingest::Fences;
use uuid::Uuid;

use super::geofence::Geofence;
use super::words::FenceVerdict;
use crate::context::Request;
use crate::customers::Customer;
use crate::error::{Error, Result};
use crate::loader::{self, Load};

/// How a check-in stood to one fence, as it was then.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Verdict {
    /// Inside, outside, or too vague to tell.
    pub verdict: FenceVerdict,
    /// Metres to the fence's boundary, negative inside.
    pub distance_m: f64,
    /// The error radius that was used, in metres.
    pub accuracy_m: f64,
    /// How far beyond the boundary the whole error circle must be to be outside, in metres.
    pub exit_margin_m: f64,
    /// The version of the fence.
    pub geofence_version: i32,
    /// The verdict in plain English, with its numbers.
    pub sentence: String,
    /// Whose fence it is.
    pub customer: Customer,
    #[graphql(skip)]
    fence: GeofenceId,
}

#[ComplexObject]
impl Verdict {
    /// The fence.
    async fn geofence(&self, ctx: &Context<'_>) -> Option<Result<Geofence>> {
        loader::link(ctx, geofence::Entity::visible_to, Some(self.fence)).await
    }
}

/// The verdicts on a check-in, the nearest fence first: of the fences it was not clearly outside
/// of, and of all of the customer that a button names. Only of customers in the viewer's sight.
pub(super) async fn verdicts(ctx: &Context<'_>, row: &check_in::Model) -> Result<Vec<Verdict>> {
    let fences = ctx.data_opt::<Fences>();
    let fences = fences.ok_or_else(|| Error::unavailable("this process knows no fences"))?;
    let fences = fences.current();
    let fix = fix(row);
    let Some(position) = fix.position else {
        return Ok(Vec::new());
    };
    let mut world = World {
        rules: rules(ctx).await?.to_vec(),
        ..World::empty()
    };
    let is_button = matches!(fix.kind, Kind::Arrive | Kind::Depart);
    let named = fix.customer.filter(|_| is_button);
    let near = fences.near(position, world.reach_m(&fix), named);
    let versions = near.iter().filter_map(|near| fences.version(near.fence));
    let versions: Vec<FenceVersion<Uuid>> = versions.copied().collect();
    let customers = try_join_all(versions.iter().map(|version| {
        let id = CustomerId::from(version.customer);
        loader::row(ctx, customer::Entity::visible_to, id)
    }));
    let customers: HashMap<Uuid, customer::Model> = customers
        .await?
        .into_iter()
        .flatten()
        .map(|row| (row.id.uuid(), row))
        .collect();
    let segments = customers
        .values()
        .filter_map(|row| Some((row.id.uuid(), row.segment_id?.uuid())));
    world.segments = segments.collect();
    world.fences = versions;
    let judged = judgements(&world, &Located { fix, near });
    let seen = judged.iter().filter_map(|judgement| {
        let customer = customers.get(&judgement.customer)?.clone();
        Some(told(judgement, customer))
    });
    Ok(seen.collect())
}

fn told(judgement: &Judgement<Uuid>, customer: customer::Model) -> Verdict {
    Verdict {
        verdict: judgement.verdict.into(),
        distance_m: judgement.distance_m,
        accuracy_m: judgement.accuracy_m,
        exit_margin_m: judgement.exit_margin_m,
        geofence_version: judgement.fence.version,
        sentence: judgement.sentence(),
        customer: customer.into(),
        fence: judgement.fence.fence.into(),
    }
}

/// A stored check-in as the rules read it.
fn fix(row: &check_in::Model) -> Fix<Uuid> {
    Fix {
        recorded_at: row.recorded_at,
        kind: match row.kind {
            check_in::Kind::Trail => Kind::Trail,
            check_in::Kind::Arrive => Kind::Arrive,
            check_in::Kind::Depart => Kind::Depart,
            check_in::Kind::Heartbeat => Kind::Heartbeat,
            check_in::Kind::ShiftStart => Kind::ShiftStart,
            check_in::Kind::ShiftEnd => Kind::ShiftEnd,
            check_in::Kind::Pause => Kind::Pause,
            check_in::Kind::Resume => Kind::Resume,
        },
        device: row.device_id.uuid(),
        customer: row.customer_id().map(Uuid::from),
        position: Position::from_e6(row.latitude_e6, row.longitude_e6).ok(),
        accuracy_m: row.accuracy_m,
        decision: None,
    }
}

/// The visit rules of the company, read once an answer.
async fn rules(ctx: &Context<'_>) -> Result<Arc<[RuleVersion<Uuid>]>> {
    let database = ctx.db()?.clone();
    let rules = ctx.loaders()?.load(|| Rules { database }, ()).await?;
    Ok(rules.unwrap_or_default())
}

struct Rules {
    database: Database,
}

impl Load for Rules {
    type Key = ();
    type Value = Arc<[RuleVersion<Uuid>]>;

    async fn load(&self, _: Vec<()>) -> Result<HashMap<(), Self::Value>> {
        let rows = visit_rule::Entity::visible_to(&Scope::All);
        let rows = rows.all(&self.database.read).await?;
        let rules = rows.iter().map(version);
        Ok(HashMap::from([((), rules.collect())]))
    }
}

/// A rule as the derivation reads it.
pub(super) fn version(row: &visit_rule::Model) -> RuleVersion<Uuid> {
    let seconds = |length: i32| TimeDelta::seconds(length.into());
    RuleVersion {
        id: row.id.uuid(),
        segment: row.segment_id.map(Uuid::from),
        valid_from: row.valid_from,
        rule: Thresholds {
            min_dwell: seconds(row.min_dwell_s),
            max_accuracy_m: row.max_accuracy_m,
            exit_margin_m: row.exit_margin_m,
            silence: seconds(row.silence_s),
            max_sample_gap: seconds(row.max_sample_gap_s),
            max_speed_mps: row.max_speed_mps,
        },
    }
}
