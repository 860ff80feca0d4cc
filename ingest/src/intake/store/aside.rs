//! What is kept aside, and what becomes of it when its point comes again.

use sea_orm::{ConnectionTrait, DbErr};

use super::run;
use crate::intake::bulk::{Column, Holds, Rows};
use crate::intake::plan::Plan;
use crate::intake::row::Row;

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
