//! A manager's word on whose stay a visit was.

use chrono::{DateTime, SubsecRound, Utc};
use domain::visit::Evidence;
use entity::field::{correction, visit};
use entity::id::{CorrectionId, CustomerId, UserId};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::{VerbError, mark_dirty};

/// States which customer the stay belongs to; none means that there was no visit. The newest
/// correction of a stay holds.
pub async fn correct_visit(
    txn: &impl ConnectionTrait,
    visit: &visit::Model,
    customer: Option<CustomerId>,
    by: UserId,
    reason: String,
) -> Result<correction::Model, VerbError> {
    let corrected = correction::Model {
        id: CorrectionId::new(),
        rep_id: visit.rep_id,
        instant: middle(visit),
        customer_id: customer,
        reason,
        decided_by: by,
        decided_at: Utc::now().trunc_subsecs(3),
    };
    correction::Entity::insert(corrected.clone().into_active_model())
        .exec_without_returning(txn)
        .await?;
    mark_dirty(txn, &[visit.rep_id], visit.arrived_at).await?;
    Ok(corrected)
}

/// The middle of the visit's evidence: late check-ins may move its ends.
fn middle(visit: &visit::Model) -> DateTime<Utc> {
    let evidence: Option<Evidence<Uuid>> = serde_json::from_value(visit.evidence.clone()).ok();
    let (first, last) = match evidence {
        Some(evidence) => (evidence.first.at, evidence.last.at),
        None => (visit.arrived_at, visit.left_at.unwrap_or(visit.arrived_at)),
    };
    (first + (last - first) / 2).trunc_subsecs(3)
}
