//! What is kept aside, and what becomes of it when its point comes again.

use std::collections::HashSet;

use entity::field::receipt_key::ReceiptKey;
use entity::id::QuarantineId;
use entity::keys::any_of_text;
use entity::webhooks::webhook::Event;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::json;

use super::run;
use crate::intake::bulk::{Column, Holds, Rows};
use crate::intake::plan::{Kept, Plan};
use crate::intake::row::Row;
use crate::webhooks::{Listeners, News, shown_instant};

const QUARANTINE: [Column; 9] = [
    ("id", Holds::Uuid),
    ("rep_id", Holds::Uuid),
    ("device_id", Holds::Uuid),
    ("client_id", Holds::Text),
    ("raw", Holds::Bytes),
    ("reason", Holds::Text),
    ("message", Holds::Text),
    ("received_at", Holds::Instant),
    ("resolution", Holds::Text),
];

/// Keeps points aside. The same bytes again change the reason, but nobody's decision.
pub(super) async fn keep(
    db: &impl ConnectionTrait,
    plan: &Plan,
    rows: &[Row],
) -> Result<(), DbErr> {
    let mut given = Rows::new(&QUARANTINE);
    for (id, kept) in &plan.quarantined {
        let row = &rows[kept.row];
        given.push([
            (*id).into(),
            row.key.author.rep.into(),
            row.key.author.device.into(),
            row.key.client_id.clone().into(),
            row.raw.to_vec().into(),
            kept.fault.reason.code().into(),
            kept.fault.message.clone().into(),
            row.received_at.into(),
            "HELD".into(),
        ]);
    }
    tell(db, plan, rows).await?;
    let names = Rows::<9>::names(&QUARANTINE);
    let done = run(db, given, |given| {
        format!(
            "INSERT INTO quarantine ({names}) SELECT {names} FROM {given} WHERE TRUE \
             ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, \
             message = excluded.message WHERE quarantine.resolution = 'HELD'"
        )
    });
    done.await.map(drop)
}

/// Tells webhooks of what is kept aside for the first time.
async fn tell(db: &impl ConnectionTrait, plan: &Plan, rows: &[Row]) -> Result<(), DbErr> {
    let Some(now) = plan
        .quarantined
        .values()
        .map(|kept| rows[kept.row].received_at)
        .max()
    else {
        return Ok(());
    };
    let listeners = Listeners::read(db).await?;
    if !listeners.hear(Event::CheckInQuarantined) {
        return Ok(());
    }
    let ids: Vec<QuarantineId> = plan.quarantined.keys().copied().collect();
    let (is_one, ids) = any_of_text(db.get_database_backend(), "id", "$1", &ids);
    let text = format!("SELECT id FROM quarantine WHERE {is_one}");
    let statement = Statement::from_sql_and_values(db.get_database_backend(), text, [ids]);
    let known = db.query_all_raw(statement).await?;
    let known: Result<HashSet<QuarantineId>, DbErr> =
        known.iter().map(|row| row.try_get_by_index(0)).collect();
    let known = known?;
    let new = plan
        .quarantined
        .iter()
        .filter(|(id, _)| !known.contains(id));
    let news: Vec<News> = new.map(|(_, kept)| news(kept, &rows[kept.row])).collect();
    listeners.tell(db, &news, now).await?;
    Ok(())
}

/// What was kept aside and why; never the point itself.
fn news(kept: &Kept, row: &Row) -> News {
    let (rep, device) = (row.key.author.rep, row.key.author.device);
    let check_in = ReceiptKey {
        rep,
        device,
        client_id: row.key.client_id.clone(),
    };
    News {
        rep,
        event: Event::CheckInQuarantined,
        data: json!({"checkIn": {
            "id": check_in.global(),
            "rep": {"id": rep.global()},
            "device": {"id": device.global()},
            "clientId": row.key.client_id,
            "reason": kept.fault.reason.code(),
            "message": kept.fault.message,
            "receivedAt": shown_instant(row.received_at),
        }}),
    }
}

const RESOLVED: [Column; 2] = [("id", Holds::Uuid), ("resolved_at", Holds::Instant)];

/// Marks what is stored now after all, and drops what should not have been kept.
pub(super) async fn resolve(
    db: &impl ConnectionTrait,
    plan: &Plan,
    rows: &[Row],
) -> Result<(), DbErr> {
    let Some(now) = rows.iter().map(|row| row.received_at).max() else {
        return Ok(());
    };
    let mut released = Rows::new(&RESOLVED);
    for id in &plan.released {
        released.push([(*id).into(), now.into()]);
    }
    let done = run(db, released, |given| {
        format!(
            "UPDATE quarantine SET resolution = 'RELEASED', resolved_at = given.resolved_at \
             FROM {given} WHERE quarantine.id = given.id"
        )
    });
    done.await?;
    let mut forgotten = Rows::new(&RESOLVED);
    for id in &plan.forgotten {
        forgotten.push([(*id).into(), now.into()]);
    }
    let done = run(db, forgotten, |given| {
        format!("DELETE FROM quarantine WHERE id IN (SELECT id FROM {given})")
    });
    done.await.map(drop)
}
