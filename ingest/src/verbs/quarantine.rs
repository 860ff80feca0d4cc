//! A person's word on a point kept aside. Releasing one is [`crate::Intake::release`].

use chrono::{SubsecRound, Utc};
use entity::field::quarantine::{self, Resolution};
use entity::id::UserId;
use sea_orm::{ActiveEnum, ConnectionTrait, Statement};

use super::VerbError;

/// States that a held point will not be used; what came in is kept until it is purged.
pub async fn discard_check_in(
    txn: &impl ConnectionTrait,
    held: &quarantine::Model,
    by: UserId,
) -> Result<quarantine::Model, VerbError> {
    let now = Utc::now().trunc_subsecs(3);
    let statement = Statement::from_sql_and_values(
        txn.get_database_backend(),
        "UPDATE quarantine SET resolution = $1, resolved_at = $2, resolved_by = $3
        WHERE id = $4 AND resolution = $5",
        [
            Resolution::Discarded.to_value().into(),
            now.into(),
            by.into(),
            held.id.into(),
            Resolution::Held.to_value().into(),
        ],
    );
    if txn.execute_raw(statement).await?.rows_affected() == 0 {
        return Err(VerbError::NotHeld);
    }
    Ok(quarantine::Model {
        resolution: Resolution::Discarded,
        resolved_at: Some(now),
        resolved_by: Some(by),
        ..held.clone()
    })
}
