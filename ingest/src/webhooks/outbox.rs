//! The messages that wait: taking those whose time has come, and writing what came of them.
//!
//! Of a rep's messages to one endpoint only the oldest is sent; the others wait for it. Several
//! processes may do this at once: taking a message puts its next try ahead by a lease.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::Database;
use entity::id::{WebhookDeliveryId, WebhookId};
use entity::viewer::Scope;
use entity::webhooks::webhook::{self, Event};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter, QueryResult, Statement, Value};

use crate::clock;

/// Why an endpoint is disabled by the hub.
const GONE: &str = "it answered 410 Gone";
const DEAD: &str = "every message failed for 5 days";
/// An endpoint that has failed for so many seconds is disabled.
const DEAD_AFTER_S: i64 = 5 * 86_400;

/// A message to be sent now.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) seq: i64,
    pub(crate) id: WebhookDeliveryId,
    pub(crate) event: Event,
    pub(crate) data: serde_json::Value,
    pub(crate) occurred_at: DateTime<Utc>,
    /// This one included.
    pub(crate) tries: i32,
    pub(crate) give_up_at: DateTime<Utc>,
}

/// The endpoints to whom something is due.
pub(super) async fn endpoints(database: &Database) -> Result<Vec<WebhookId>, DbErr> {
    let now = clock::now(database.backend());
    let text = format!(
        "SELECT id FROM webhook WHERE disabled_at IS NULL AND EXISTS (
            SELECT 1 FROM webhook_delivery WHERE webhook_id = webhook.id AND state = 'WAITING'
                AND next_try_at <= {now}
        ) ORDER BY id"
    );
    let statement = Statement::from_string(database.backend(), text);
    let rows = database.read.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// An endpoint that is told things; none if it was taken away or disabled.
pub(super) async fn endpoint(
    database: &Database,
    id: WebhookId,
) -> Result<Option<webhook::Model>, DbErr> {
    webhook::Entity::visible_to(&Scope::All)
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::DisabledAt.is_null())
        .one(&database.read)
        .await
}

/// Takes up to `most` messages to an endpoint, the longest due first, at most one a rep. The reps
/// are found by hopping over the index from rep to rep.
pub(super) async fn take(
    database: &Database,
    endpoint: WebhookId,
    most: u32,
    lease: Duration,
) -> Result<Vec<Due>, DbErr> {
    let backend = database.backend();
    let (now, until) = (clock::now(backend), clock::in_seconds(backend, "$2"));
    let text = format!(
        "WITH RECURSIVE waiting (rep_id) AS (
            SELECT rep_id FROM (
                SELECT rep_id FROM webhook_delivery WHERE webhook_id = $1 AND state = 'WAITING'
                ORDER BY rep_id LIMIT 1
            ) AS first
            UNION ALL
            SELECT (
                SELECT next.rep_id FROM webhook_delivery AS next
                WHERE next.webhook_id = $1 AND next.state = 'WAITING'
                    AND next.rep_id > waiting.rep_id
                ORDER BY next.rep_id LIMIT 1
            ) FROM waiting WHERE waiting.rep_id IS NOT NULL
        ), head AS (
            SELECT (
                SELECT seq FROM webhook_delivery AS oldest
                WHERE oldest.webhook_id = $1 AND oldest.state = 'WAITING'
                    AND oldest.rep_id = waiting.rep_id
                ORDER BY seq LIMIT 1
            ) AS seq FROM waiting WHERE rep_id IS NOT NULL
        ), due AS (
            SELECT d.seq FROM head JOIN webhook_delivery AS d ON d.seq = head.seq
            WHERE d.next_try_at <= {now} ORDER BY d.next_try_at, d.seq LIMIT $3
        )
        UPDATE webhook_delivery SET tries = tries + 1, next_try_at = {until}
        WHERE seq IN (SELECT seq FROM due) AND state = 'WAITING' AND next_try_at <= {now}
        RETURNING seq, id, event, data, occurred_at, tries, give_up_at"
    );
    let values: [Value; 3] = [
        endpoint.into(),
        lease.as_secs_f64().into(),
        i64::from(most).into(),
    ];
    let statement = Statement::from_sql_and_values(backend, text, values);
    let rows = database.write.query_all_raw(statement).await?;
    rows.iter().map(due).collect()
}

fn due(row: &QueryResult) -> Result<Due, DbErr> {
    Ok(Due {
        seq: row.try_get_by_index(0)?,
        id: row.try_get_by_index(1)?,
        event: row.try_get_by_index(2)?,
        data: row.try_get_by_index(3)?,
        occurred_at: row.try_get_by_index(4)?,
        tries: row.try_get_by_index(5)?,
        give_up_at: row.try_get_by_index(6)?,
    })
}

/// Notes that the endpoint took a message.
pub(super) async fn delivered(
    database: &Database,
    endpoint: WebhookId,
    seq: i64,
    status: u16,
) -> Result<(), DbErr> {
    let now = clock::now(database.backend());
    let text = format!(
        "UPDATE webhook_delivery SET state = 'DELIVERED', delivered_at = {now}, last_status = $2,
            last_error = NULL
        WHERE seq = $1 AND state = 'WAITING'"
    );
    run(database, text, [seq.into(), i32::from(status).into()]).await?;
    let text =
        "UPDATE webhook SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
    run(database, text.to_owned(), [endpoint.into()]).await
}

/// A try that failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure<'a> {
    pub(super) status: Option<u16>,
    pub(super) error: &'a str,
    /// After how long it is tried again.
    pub(super) wait: TimeDelta,
}

/// Notes that a try failed: the message is tried again, or given up where its day is over. An
/// endpoint that has long been dead is disabled.
pub(super) async fn failed(
    database: &Database,
    endpoint: WebhookId,
    due: &Due,
    failure: Failure<'_>,
) -> Result<(), DbErr> {
    let backend = database.backend();
    let (now, again) = (clock::now(backend), clock::in_seconds(backend, "$2"));
    let text = format!(
        "UPDATE webhook_delivery SET next_try_at = {again}, last_status = $3, last_error = $4,
            state = CASE WHEN {again} > $5 THEN 'FAILED' ELSE 'WAITING' END
        WHERE seq = $1 AND state = 'WAITING' AND tries = $6"
    );
    let values: [Value; 6] = [
        due.seq.into(),
        failure.wait.as_seconds_f64().into(),
        failure.status.map(i32::from).into(),
        failure.error.into(),
        due.give_up_at.into(),
        due.tries.into(),
    ];
    run(database, text, values).await?;
    let dead = clock::in_seconds(backend, &format!("-{DEAD_AFTER_S}"));
    let text = format!(
        "UPDATE webhook SET
            disabled_at = CASE WHEN failing_since < {dead} THEN {now} END,
            disabled_reason = CASE WHEN failing_since < {dead} THEN '{DEAD}' END,
            failing_since = coalesce(failing_since, {now})
        WHERE id = $1 AND disabled_at IS NULL
            AND (failing_since IS NULL OR failing_since < {dead})"
    );
    run(database, text, [endpoint.into()]).await
}

/// Disables an endpoint that says that it is gone; its messages wait until somebody enables it.
pub(super) async fn gone(database: &Database, endpoint: WebhookId, due: &Due) -> Result<(), DbErr> {
    let now = clock::now(database.backend());
    let text = format!(
        "UPDATE webhook SET disabled_at = {now}, disabled_reason = '{GONE}'
        WHERE id = $1 AND disabled_at IS NULL"
    );
    run(database, text, [endpoint.into()]).await?;
    let text = format!(
        "UPDATE webhook_delivery SET next_try_at = {now}, last_status = 410, last_error = '{GONE}'
        WHERE seq = $1 AND state = 'WAITING'"
    );
    run(database, text, [due.seq.into()]).await
}

async fn run(
    database: &Database,
    text: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(database.backend(), text, values);
    database.write.execute_raw(statement).await?;
    Ok(())
}
