//! A manager's word on an arrival out of range.

use chrono::{SubsecRound, Utc};
use entity::field::arrival_decision::{self, Decision};
use entity::field::check_in::{self, Outcome};
use entity::id::{ArrivalDecisionId, UserId};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use super::{VerbError, mark_dirty};

/// Lets the arrival count where it was made. The newest decision on an arrival holds.
pub async fn accept_arrival(
    txn: &impl ConnectionTrait,
    arrival: &check_in::Model,
    by: UserId,
    reason: Option<String>,
) -> Result<arrival_decision::Model, VerbError> {
    decide(txn, arrival, Decision::Accepted, by, reason).await
}

/// Leaves the arrival without effect. The newest decision on an arrival holds.
pub async fn refuse_arrival(
    txn: &impl ConnectionTrait,
    arrival: &check_in::Model,
    by: UserId,
    reason: Option<String>,
) -> Result<arrival_decision::Model, VerbError> {
    decide(txn, arrival, Decision::Refused, by, reason).await
}

async fn decide(
    txn: &impl ConnectionTrait,
    arrival: &check_in::Model,
    decision: Decision,
    by: UserId,
    reason: Option<String>,
) -> Result<arrival_decision::Model, VerbError> {
    if arrival.kind != check_in::Kind::Arrive || arrival.outcome != Some(Outcome::OutOfRange) {
        return Err(VerbError::NotOutOfRange);
    }
    let decided = arrival_decision::Model {
        id: ArrivalDecisionId::new(),
        rep_id: arrival.rep_id,
        check_in_id: arrival.id,
        recorded_at: arrival.recorded_at,
        decision,
        reason,
        decided_by: by,
        decided_at: Utc::now().trunc_subsecs(3),
    };
    arrival_decision::Entity::insert(decided.clone().into_active_model())
        .exec_without_returning(txn)
        .await?;
    mark_dirty(txn, &[arrival.rep_id], arrival.recorded_at).await?;
    Ok(decided)
}
