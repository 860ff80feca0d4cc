//! How a check-in stands to the fences around it, as known at this moment; the visit is the
//! worker's.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::position::Position;
use domain::visit::{DEFAULT_ACCURACY_M, Verdict as Judged, VisitRule};
use entity::customers::assignment;
use entity::field::check_in::Kind;
use entity::id::{CustomerId, GeofenceId};
use entity::keys;
use entity::viewer::Viewer;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, QueryFilter, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;

use super::incoming::Reading;

/// A check-in against one fence.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whose fence it is.
    pub customer_id: String,
    /// The fence.
    pub geofence_id: String,
    /// How the check-in stands to it.
    pub state: State,
    /// Metres to the fence's boundary, negative inside.
    pub distance_m: f64,
}

/// How a check-in stands to a fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// The point lies in the fence, its edge included.
    Inside,
    /// The whole error circle lies beyond the boundary, by a margin.
    Outside,
    /// The accuracy does not allow to tell.
    Undecided,
}

/// A fence as seen from a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighted {
    /// Whose fence.
    pub customer: CustomerId,
    /// The fence.
    pub fence: GeofenceId,
    /// Metres to its boundary, negative inside.
    pub distance_m: f64,
}

/// What is asked of the fences: those that stand at an instant within so many metres of a place,
/// and all of the named customer's however far.
type Look = dyn Fn(Position, f64, Option<CustomerId>, DateTime<Utc>) -> Vec<Sighted> + Send + Sync;

/// The fences around a place.
#[derive(Clone)]
pub struct Surroundings(Arc<Look>);

impl Surroundings {
    /// Fences found by this function; it must be quick and take no lock.
    pub fn new(
        look: impl Fn(Position, f64, Option<CustomerId>, DateTime<Utc>) -> Vec<Sighted>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Arc::new(look))
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}

/// A fence near a check-in, whoever's it is.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    sighted: Sighted,
    is_named: bool,
    state: State,
}

/// The fences in force now that the check-in is not outside of, and those of the customer that a
/// button names; the nearest first.
pub(crate) fn near(
    surroundings: &Surroundings,
    reading: &Reading,
    now: DateTime<Utc>,
) -> Vec<Candidate> {
    let Some(position) = reading.position else {
        return Vec::new();
    };
    let rule = VisitRule::default();
    let accuracy_m = reading
        .accuracy_m
        .filter(|stated| *stated > 0.0)
        .unwrap_or(DEFAULT_ACCURACY_M);
    let is_vague = reading.kind == Kind::Trail && accuracy_m > rule.max_accuracy_m;
    // A fix that takes no part in visits is not worth a search of the whole town.
    let reach_m = accuracy_m.min(rule.max_accuracy_m) + rule.exit_margin_m;
    let Surroundings(look) = surroundings;
    let mut candidates: Vec<Candidate> = look(position, reach_m, reading.customer, now)
        .into_iter()
        .map(|sighted| Candidate {
            is_named: reading.customer == Some(sighted.customer),
            state: match Judged::of(sighted.distance_m, accuracy_m, rule.exit_margin_m) {
                Judged::Inside if is_vague => State::Undecided,
                Judged::Inside => State::Inside,
                Judged::Outside => State::Outside,
                Judged::Undecided => State::Undecided,
            },
            sighted,
        })
        .collect();
    candidates.sort_by(|a, b| {
        a.sighted
            .distance_m
            .total_cmp(&b.sighted.distance_m)
            .then(a.sighted.fence.cmp(&b.sighted.fence))
    });
    candidates
}

/// The verdicts of each check-in on the fences of the customers assigned to the viewer, to their
/// team or to a team above it.
pub(crate) async fn of_assigned(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    near: Vec<Vec<Candidate>>,
    now: DateTime<Utc>,
) -> Result<Vec<Vec<Verdict>>, DbErr> {
    let unnamed = near.iter().flatten().filter(|one| !one.is_named);
    let mut asked: Vec<CustomerId> = unnamed.map(|one| one.sighted.customer).collect();
    asked.sort_unstable();
    asked.dedup();
    let assigned = assigned(db, viewer, &asked, now).await?;
    let verdicts = |near: Vec<Candidate>| {
        near.into_iter()
            .filter(|one| one.is_named || assigned.contains(&one.sighted.customer))
            .map(|one| Verdict {
                customer_id: one.sighted.customer.global(),
                geofence_id: one.sighted.fence.global(),
                state: one.state,
                distance_m: (one.sighted.distance_m * 10.0).round() / 10.0 + 0.0,
            })
            .collect()
    };
    Ok(near.into_iter().map(verdicts).collect())
}

async fn assigned(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    customers: &[CustomerId],
    now: DateTime<Utc>,
) -> Result<HashSet<CustomerId>, DbErr> {
    use assignment::Column;

    if customers.is_empty() {
        return Ok(HashSet::new());
    }
    let backend = db.get_database_backend();
    let found: Vec<CustomerId> = assignment::Entity::visible_to(&viewer.scope)
        .filter(keys::any_of(
            backend,
            Column::CustomerId.into_expr(),
            customers,
        ))
        .filter(
            Condition::any()
                .add(Column::UserId.eq(viewer.user))
                .add(viewer.scope.teams(Column::TeamId)),
        )
        .filter(Column::ValidFrom.lte(now))
        .filter(
            Condition::any()
                .add(Column::ValidTo.is_null())
                .add(Column::ValidTo.gt(now)),
        )
        .select_only()
        .column(Column::CustomerId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}
