//! Notes for the worker: whose track changed, from when on.
//!
//! A rep without a track has nothing to derive, so nothing is noted for them.

use chrono::{DateTime, SubsecRound, Utc};
use entity::field::counter;
use entity::id::{CustomerId, TeamId, UserId};
use entity::keys;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use uuid::Uuid;

/// The members of the teams in `chosen` and of all teams below them.
const MEMBERS_BELOW: &str = "
    WITH RECURSIVE below(id) AS (
        SELECT id FROM chosen
        UNION
        SELECT team.id FROM team JOIN below ON team.parent_id = below.id
    )
    SELECT user_account.id FROM user_account JOIN below ON user_account.team_id = below.id";

/// Notes that something of these reps' tracks changed, from `earliest` on.
pub async fn mark_dirty(
    txn: &impl ConnectionTrait,
    reps: &[UserId],
    earliest: DateTime<Utc>,
) -> Result<(), DbErr> {
    let backend = txn.get_database_backend();
    let reps: Vec<Uuid> = reps.iter().copied().map(Uuid::from).collect();
    let whose = match backend {
        sea_orm::DbBackend::Postgres => "rep_id = ANY($3)",
        _ => "rep_id IN (SELECT unhex(value) FROM json_each($3))",
    };
    note(txn, whose, earliest, Some(keys::parameter(backend, &reps))).await
}

/// Notes that something changed for everybody, from `earliest` on.
pub async fn everybody_changed(
    txn: &impl ConnectionTrait,
    earliest: DateTime<Utc>,
) -> Result<(), DbErr> {
    note(txn, "TRUE", earliest, None).await
}

/// Notes that what is known of a customer changed, from `earliest` on: for every rep it is or was
/// assigned to, by name or through a team, for every rep who visited it, and for those who named
/// it on arrival since then.
pub async fn customer_changed(
    txn: &impl ConnectionTrait,
    customer: CustomerId,
    earliest: DateTime<Utc>,
) -> Result<(), DbErr> {
    let chosen = "SELECT team_id AS id FROM assignment WHERE customer_id = $3";
    let members = MEMBERS_BELOW.replace("chosen", &format!("({chosen}) AS chosen"));
    let whose = format!(
        "rep_id IN (SELECT user_id FROM assignment WHERE customer_id = $3) \
         OR rep_id IN (SELECT rep_id FROM visit WHERE customer_id = $3) \
         OR rep_id IN ({members}) \
         OR EXISTS (SELECT 1 FROM check_in c WHERE c.rep_id = track.rep_id \
             AND c.recorded_at >= $1 AND c.kind = 'ARRIVE' AND c.customer_key = $3)"
    );
    note(txn, &whose, earliest, Some(customer.into())).await
}

/// Notes that something changed for the members of a team and of all teams below it.
pub async fn team_changed(
    txn: &impl ConnectionTrait,
    team: TeamId,
    earliest: DateTime<Utc>,
) -> Result<(), DbErr> {
    let members = MEMBERS_BELOW.replace("chosen", "team WHERE id = $3");
    let whose = format!("rep_id IN ({members})");
    note(txn, &whose, earliest, Some(team.into())).await
}

/// Tells every running process that the fences it holds are old. Call it in the transaction that
/// changes them.
pub async fn fences_changed(txn: &impl ConnectionTrait) -> Result<(), DbErr> {
    let raise = Statement::from_sql_and_values(
        txn.get_database_backend(),
        "UPDATE counter SET value = value + 1 WHERE name = $1",
        [counter::FENCES.into()],
    );
    txn.execute_raw(raise).await.map(drop)
}

/// `whose` may name a key as `$3`.
async fn note(
    txn: &impl ConnectionTrait,
    whose: &str,
    earliest: DateTime<Utc>,
    key: Option<Value>,
) -> Result<(), DbErr> {
    let times = [earliest, Utc::now()].map(|at| Value::from(at.trunc_subsecs(3)));
    let note = Statement::from_sql_and_values(
        txn.get_database_backend(),
        format!(
            "INSERT INTO track_dirty (rep_id, earliest, queued_at) \
             SELECT rep_id, $1, $2 FROM track WHERE {whose}"
        ),
        times.into_iter().chain(key),
    );
    txn.execute_raw(note).await.map(drop)
}
