//! Step 2, continued: reads the check-ins themselves.

use chrono::{DateTime, Utc};
use domain::position::Position;
use domain::visit::{Fix, Kind};
use entity::Database;
use entity::field::check_in::{self, NO_POSITION, Outcome};
use entity::id::{CheckInId, UserId};
use rustc_hash::FxHashMap;
use sea_orm::{DatabaseConnection, DbBackend, DbErr, QueryResult};
use uuid::Uuid;

use super::load::{Track, query};
use crate::rows::{self, Column, Rows};

/// A track with more check-ins than this to read is derived by itself, in pieces of this size.
pub(crate) const MOST_AT_ONCE: usize = 2_500;
/// A check-in as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) id: CheckInId,
    pub(crate) received_at: DateTime<Utc>,
    pub(crate) speed_mps: Option<f64>,
    pub(crate) battery_pct: Option<i16>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) fix: Fix<Uuid>,
}

/// Reads each track's check-ins, but for those of tracks that are long.
pub(crate) async fn read(database: &Database, tracks: &mut [Track]) -> Result<(), DbErr> {
    let most = MOST_AT_ONCE + 1;
    match database.backend() {
        DbBackend::Postgres => {
            let rows = query_fixes_of_many(&database.read, tracks, most).await?;
            let mut places: FxHashMap<UserId, &mut Track> = tracks
                .iter_mut()
                .map(|track| (track.claimed.rep, track))
                .collect();
            for row in rows {
                if let Some(track) = places.get_mut(&row.try_get_by_index(0)?) {
                    track.fixes.push(reading(&row)?);
                }
            }
        }
        _ => {
            for track in tracks.iter_mut() {
                track.fixes =
                    read_on(&database.read, track.claimed.rep, track.since(), most).await?;
            }
        }
    }
    for track in tracks {
        if track.fixes.len() == most {
            track.is_long = true;
            track.fixes = Vec::new();
        }
    }
    Ok(())
}

/// What a reading is made of, in the order of [`reading`].
const READING: &str = "c.rep_id, c.recorded_at, c.device_id, c.kind, c.customer_key, c.latitude_e6,
    c.longitude_e6, c.accuracy_m, c.id, c.received_at, c.speed_mps, c.battery_pct, c.outcome";

async fn query_fixes_of_many(
    connection: &DatabaseConnection,
    tracks: &[Track],
    most: usize,
) -> Result<Vec<QueryResult>, DbErr> {
    let mut wanted = Rows::default();
    for track in tracks {
        let since = track
            .since()
            .map_or(rows::BEGINNING_OF_TIME.into(), rows::instant);
        wanted.push([("rep_id", rows::id(track.claimed.rep)), ("since", since)]);
    }
    let source = rows::unpacked(
        DbBackend::Postgres,
        "$1",
        &[("rep_id", Column::Id), ("since", Column::Instant)],
    );
    let text = format!(
        "SELECT {READING} FROM {source} CROSS JOIN LATERAL (
            SELECT * FROM check_in
            WHERE check_in.rep_id = v.rep_id AND check_in.recorded_at >= v.since
            ORDER BY check_in.recorded_at LIMIT {most}
        ) c"
    );
    query(connection, text, [wanted.into_parameter()]).await
}

/// Reads up to `most` check-ins of a rep from an instant on, in order of time.
pub(crate) async fn read_on(
    connection: &DatabaseConnection,
    rep: UserId,
    since: Option<DateTime<Utc>>,
    most: usize,
) -> Result<Vec<Reading>, DbErr> {
    let text = format!(
        "SELECT {READING} FROM check_in c WHERE c.rep_id = $1 AND c.recorded_at >= $2
        ORDER BY c.recorded_at LIMIT {most}"
    );
    let since = since.unwrap_or(DateTime::UNIX_EPOCH);
    let rows = query(connection, text, [rep.into(), since.into()]).await?;
    rows.iter().map(reading).collect()
}

fn reading(row: &QueryResult) -> Result<Reading, DbErr> {
    let customer: Uuid = row.try_get_by_index(4)?;
    let (latitude_e6, longitude_e6) = (row.try_get_by_index(5)?, row.try_get_by_index(6)?);
    let position = match latitude_e6 {
        NO_POSITION => None,
        _ => Some(Position::from_e6(latitude_e6, longitude_e6).map_err(corrupt)?),
    };
    Ok(Reading {
        fix: Fix {
            recorded_at: row.try_get_by_index(1)?,
            device: row.try_get_by_index(2)?,
            kind: kind(row.try_get_by_index(3)?),
            customer: (!customer.is_nil()).then_some(customer),
            position,
            accuracy_m: row.try_get_by_index(7)?,
            decision: None,
        },
        id: row.try_get_by_index(8)?,
        received_at: row.try_get_by_index(9)?,
        speed_mps: row.try_get_by_index(10)?,
        battery_pct: row.try_get_by_index(11)?,
        outcome: row.try_get_by_index(12)?,
    })
}

fn corrupt(fault: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("a stored check-in is not usable: {fault}"))
}

fn kind(kind: check_in::Kind) -> Kind {
    match kind {
        check_in::Kind::Trail => Kind::Trail,
        check_in::Kind::Arrive => Kind::Arrive,
        check_in::Kind::Depart => Kind::Depart,
        check_in::Kind::Heartbeat => Kind::Heartbeat,
        check_in::Kind::ShiftStart => Kind::ShiftStart,
        check_in::Kind::ShiftEnd => Kind::ShiftEnd,
        check_in::Kind::Pause => Kind::Pause,
        check_in::Kind::Resume => Kind::Resume,
    }
}
