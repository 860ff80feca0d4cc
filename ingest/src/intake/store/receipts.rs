//! Receipts: the memory of every client id.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::field::receipt::Status;
use entity::id::{CheckInId, DeviceId, QuarantineId, UserId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{Duplicates, run};
use crate::intake::bulk::{Column, Holds, Rows};
use crate::intake::plan::{Plan, Stored};
use crate::intake::row::{Author, ReceiptKey, Row};
use crate::intake::words;

const RECEIPT: [Column; 10] = [
    ("rep_id", Holds::Uuid),
    ("device_id", Holds::Uuid),
    ("client_id", Holds::Text),
    ("status", Holds::Text),
    ("reason", Holds::Text),
    ("fix_digest", Holds::BigInt),
    ("check_in_id", Holds::UuidOrNull),
    ("recorded_at", Holds::Instant),
    ("quarantine_id", Holds::UuidOrNull),
    ("received_at", Holds::Instant),
];

/// Writes the receipts; false if one of them was not as the plan took it to be.
pub(super) async fn store(
    db: &impl ConnectionTrait,
    plan: &Plan,
    duplicates: &Duplicates,
) -> Result<bool, DbErr> {
    let moved: HashMap<CheckInId, CheckInId> = duplicates
        .iter()
        .filter_map(|(key, stored)| Some((plan.check_ins.get(key)?.0, *stored)))
        .collect();
    let mut added = Rows::new(&RECEIPT);
    let mut replaced = Rows::new(&RECEIPT);
    for (key, written) in &plan.receipts {
        let stored = &written.stored;
        let planned = stored.check_in.map(|(id, _)| id);
        let before = planned.and_then(|planned| moved.get(&planned).copied());
        let status = match before {
            Some(_) => Status::Duplicate,
            None => stored.status,
        };
        let row = [
            key.author.rep.into(),
            key.author.device.into(),
            key.client_id.clone().into(),
            words::status(status).into(),
            stored.reason.clone().into(),
            stored.digest.into(),
            before.or(planned).map(CheckInId::uuid).into(),
            stored.check_in.map(|(_, recorded_at)| recorded_at).into(),
            stored.quarantine.map(QuarantineId::uuid).into(),
            stored.received_at.into(),
        ];
        if written.is_replacement {
            replaced.push(row);
        } else {
            added.push(row);
        }
    }
    let names = Rows::<10>::names(&RECEIPT);
    let wanted = added.len() as u64;
    let text = |given: &str| format!("INSERT INTO receipt ({names}) SELECT {names} FROM {given}");
    let done = run(db, added, |given| {
        format!("{} WHERE TRUE ON CONFLICT DO NOTHING", text(given))
    });
    if done.await? != wanted {
        return Ok(false);
    }
    let wanted = replaced.len() as u64;
    let set: Vec<String> = RECEIPT[3..]
        .iter()
        .map(|(name, _)| format!("{name} = excluded.{name}"))
        .collect();
    let done = run(db, replaced, |given| {
        format!(
            "{} WHERE TRUE ON CONFLICT (rep_id, device_id, client_id) DO UPDATE SET {} \
             WHERE receipt.status = 'QUARANTINED'",
            text(given),
            set.join(", ")
        )
    });
    Ok(done.await? == wanted)
}

const RECEIPT_KEY: [Column; 3] = [RECEIPT[0], RECEIPT[1], RECEIPT[2]];

#[derive(FromQueryResult)]
struct ReceiptRow {
    rep_id: UserId,
    device_id: DeviceId,
    client_id: String,
    status: Status,
    reason: Option<String>,
    fix_digest: Option<i64>,
    check_in_id: Option<Uuid>,
    recorded_at: Option<DateTime<Utc>>,
    quarantine_id: Option<Uuid>,
    received_at: DateTime<Utc>,
}

/// The receipts that exist under the rows' client ids.
pub(crate) async fn existing(
    db: &impl ConnectionTrait,
    rows: &[Row],
) -> Result<HashMap<ReceiptKey, Stored>, DbErr> {
    let mut keys: Vec<&ReceiptKey> = rows.iter().map(|row| &row.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut given = Rows::new(&RECEIPT_KEY);
    for key in keys {
        given.push([
            key.author.rep.into(),
            key.author.device.into(),
            key.client_id.clone().into(),
        ]);
    }
    let statements = given.statements(db.get_database_backend(), |given| {
        format!(
            "SELECT r.* FROM {given} JOIN receipt r ON r.rep_id = given.rep_id \
             AND r.device_id = given.device_id AND r.client_id = given.client_id"
        )
    });
    let mut existing = HashMap::new();
    for statement in statements {
        for row in db.query_all_raw(statement).await? {
            let row = ReceiptRow::from_query_result(&row, "")?;
            let author = Author {
                rep: row.rep_id,
                device: row.device_id,
            };
            let key = ReceiptKey {
                author,
                client_id: row.client_id,
            };
            let stored = Stored {
                status: row.status,
                reason: row.reason,
                digest: row.fix_digest,
                check_in: row.check_in_id.map(CheckInId::from).zip(row.recorded_at),
                quarantine: row.quarantine_id.map(QuarantineId::from),
                received_at: row.received_at,
            };
            existing.insert(key, stored);
        }
    }
    Ok(existing)
}
