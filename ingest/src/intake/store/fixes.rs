//! Storing check-ins, and finding those that were stored before.

use std::collections::HashMap;

use entity::id::CheckInId;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{Duplicates, run};
use crate::intake::bulk::{Column, Holds, Rows};
use crate::intake::plan::Plan;
use crate::intake::row::Row;
use crate::intake::words;

const FIX: [Column; 17] = [
    ("rep_id", Holds::Uuid),
    ("recorded_at", Holds::Instant),
    ("device_id", Holds::Uuid),
    ("kind", Holds::Text),
    ("customer_key", Holds::Uuid),
    ("latitude_e6", Holds::Int),
    ("longitude_e6", Holds::Int),
    ("id", Holds::Uuid),
    ("received_at", Holds::Instant),
    ("accuracy_m", Holds::Real),
    ("altitude_m", Holds::Real),
    ("speed_mps", Holds::Real),
    ("heading_deg", Holds::Real),
    ("battery_pct", Holds::SmallInt),
    ("is_mock", Holds::Bool),
    ("note", Holds::Text),
    ("outcome", Holds::Text),
];

/// Stores the check-ins; tells which of them were stored already.
pub(super) async fn store(
    db: &impl ConnectionTrait,
    plan: &Plan,
    rows: &[Row],
) -> Result<Duplicates, DbErr> {
    let mut given = Rows::new(&FIX);
    for (key, (id, row)) in &plan.check_ins {
        let row = &rows[*row];
        let Ok(fix) = &row.content else {
            continue;
        };
        let reading = &fix.reading;
        given.push([
            key.rep.into(),
            key.recorded_at.into(),
            key.device.into(),
            words::kind(key.kind).into(),
            key.customer.into(),
            key.latitude_e6.into(),
            key.longitude_e6.into(),
            (*id).into(),
            row.received_at.into(),
            reading.accuracy_m.into(),
            reading.altitude_m.into(),
            reading.speed_mps.into(),
            reading.heading_deg.into(),
            reading.battery_pct.into(),
            reading.is_mock.into(),
            reading.note.clone().into(),
            None::<String>.into(),
        ]);
    }
    let wanted = given.len();
    let names = Rows::<17>::names(&FIX);
    let stored = run(db, given, |given| {
        format!(
            "INSERT INTO check_in ({names}) SELECT {names} FROM {given} WHERE TRUE \
             ON CONFLICT DO NOTHING"
        )
    });
    if stored.await? == wanted as u64 {
        return Ok(HashMap::new());
    }
    stored_before(db, plan).await
}

const FIX_KEY: [Column; 8] = [
    FIX[0], FIX[1], FIX[2], FIX[3], FIX[4], FIX[5], FIX[6], FIX[7],
];

#[derive(FromQueryResult)]
struct PairRow {
    planned: CheckInId,
    stored: CheckInId,
}

async fn stored_before(db: &impl ConnectionTrait, plan: &Plan) -> Result<Duplicates, DbErr> {
    let mut given = Rows::new(&FIX_KEY);
    let mut keys = HashMap::new();
    for (key, (id, _)) in &plan.check_ins {
        keys.insert(*id, *key);
        given.push([
            key.rep.into(),
            key.recorded_at.into(),
            key.device.into(),
            words::kind(key.kind).into(),
            key.customer.into(),
            key.latitude_e6.into(),
            key.longitude_e6.into(),
            (*id).into(),
        ]);
    }
    let statements = given.statements(db.get_database_backend(), |given| {
        let equal: Vec<String> = FIX_KEY[..7]
            .iter()
            .map(|(name, _)| format!("c.{name} = given.{name}"))
            .collect();
        format!(
            "SELECT given.id AS planned, c.id AS stored FROM {given} JOIN check_in c ON {} \
             WHERE c.id <> given.id",
            equal.join(" AND ")
        )
    });
    let mut duplicates = HashMap::new();
    for statement in statements {
        for row in db.query_all_raw(statement).await? {
            let pair = PairRow::from_query_result(&row, "")?;
            if let Some(key) = keys.get(&pair.planned) {
                duplicates.insert(*key, pair.stored);
            }
        }
    }
    Ok(duplicates)
}
