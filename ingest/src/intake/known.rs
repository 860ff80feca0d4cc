//! Loading what is known of the reps and devices of a group: three statements, whatever its size.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::duty::hours::{Schedule, Version, Weekly};
use domain::duty::{Event, EventKind, LOOK_BACK};
use entity::id::{DeviceId, UserId};
use entity::keys;
use entity::people::duty_event::Kind;
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::bulk::{Column, Holds, Rows};
use super::judge::month_of;
use super::plan::Known;
use super::row::Row;

/// Loads what the rows' judgement needs.
pub(crate) async fn load(db: &impl ConnectionTrait, rows: &[Row]) -> Result<Known, DbErr> {
    let spans = spans(rows);
    let reps: Vec<UserId> = spans.keys().copied().collect();
    let mut devices: Vec<DeviceId> = rows.iter().map(|row| row.key.author.device).collect();
    devices.sort_unstable();
    devices.dedup();

    let mut events = events(db, &spans).await?;
    let duties = schedules(db, &reps)
        .await?
        .into_iter()
        .map(|(rep, schedule)| (rep, (schedule, events.remove(&rep).unwrap_or_default())))
        .collect();
    Ok(Known {
        duties,
        revoked: revoked(db, &devices).await?,
        sealed: sealed(db, &spans).await?,
    })
}

/// The first and last instant at which each rep's duty is asked for.
fn spans(rows: &[Row]) -> BTreeMap<UserId, (DateTime<Utc>, DateTime<Utc>)> {
    let mut spans = BTreeMap::new();
    for row in rows {
        let recorded_at = match &row.content {
            Ok(fix) => Some(fix.key.recorded_at),
            Err(faulty) => faulty.recorded_at,
        };
        let instant = recorded_at.unwrap_or(row.received_at);
        let (first, last) = spans
            .entry(row.key.author.rep)
            .or_insert((instant, instant));
        *first = instant.min(*first);
        *last = instant.max(*last);
    }
    spans
}

#[derive(FromQueryResult)]
struct EventRow {
    user_id: UserId,
    recorded_at: DateTime<Utc>,
    kind: String,
}

/// The buttons that can matter: those of the span and the days before it, and the newest start or
/// end of a shift before those.
pub(crate) async fn events(
    db: &impl ConnectionTrait,
    spans: &BTreeMap<UserId, (DateTime<Utc>, DateTime<Utc>)>,
) -> Result<HashMap<UserId, Vec<Event>>, DbErr> {
    const COLUMNS: [Column; 3] = [
        ("rep", Holds::Uuid),
        ("since", Holds::Instant),
        ("until", Holds::Instant),
    ];
    let mut given = Rows::new(&COLUMNS);
    for (rep, (first, last)) in spans {
        given.push([(*rep).into(), (*first - LOOK_BACK).into(), (*last).into()]);
    }
    let backend = db.get_database_backend();
    let statements = given.statements(backend, |given| {
        format!(
            "WITH span AS (SELECT * FROM {given}) \
             SELECT e.user_id, e.recorded_at, e.kind FROM span JOIN duty_event e \
             ON e.user_id = span.rep AND e.recorded_at BETWEEN span.since AND span.until \
             UNION ALL \
             SELECT e.user_id, e.recorded_at, e.kind FROM span JOIN duty_event e \
             ON e.user_id = span.rep AND e.recorded_at = (SELECT max(s.recorded_at) \
             FROM duty_event s WHERE s.user_id = span.rep AND s.recorded_at < span.since \
             AND s.kind IN ('SHIFT_START', 'SHIFT_END'))"
        )
    });
    let mut events: HashMap<UserId, Vec<Event>> = HashMap::new();
    for statement in statements {
        for row in db.query_all_raw(statement).await? {
            let row = EventRow::from_query_result(&row, "")?;
            let kind = event_kind(Kind::try_from_value(&row.kind)?);
            let at = row.recorded_at;
            events
                .entry(row.user_id)
                .or_default()
                .push(Event { at, kind });
        }
    }
    Ok(events)
}

fn event_kind(kind: Kind) -> EventKind {
    match kind {
        Kind::ShiftStart => EventKind::ShiftStart,
        Kind::ShiftEnd => EventKind::ShiftEnd,
        Kind::Pause => EventKind::Pause,
        Kind::Resume => EventKind::Resume,
        Kind::Arrive => EventKind::Arrive,
        Kind::Depart => EventKind::Depart,
    }
}

/// Hours at their distance from the rep: 0 the rep's own, then the teams', last the company's.
/// The row without hours tells the company's time zone.
#[derive(FromQueryResult)]
struct HoursRow {
    rep: Option<Uuid>,
    distance: i32,
    valid_from: Option<DateTime<Utc>>,
    told: String,
}

/// No tree of teams is deeper.
const COMPANY: i32 = 1_000;

pub(crate) async fn schedules(
    db: &impl ConnectionTrait,
    reps: &[UserId],
) -> Result<HashMap<UserId, Schedule>, DbErr> {
    let backend = db.get_database_backend();
    let (are_users, parameter) = keys::any_of_text(backend, "u.id", "$1", reps);
    let (have_own, _) = keys::any_of_text(backend, "h.user_id", "$1", reps);
    let text = format!(
        "WITH RECURSIVE above (rep, team, distance) AS ( \
           SELECT u.id, u.team_id, 1 FROM user_account u WHERE {are_users} \
           UNION ALL SELECT above.rep, t.parent_id, above.distance + 1 \
           FROM above JOIN team t ON t.id = above.team WHERE above.distance < 100) \
         SELECT above.rep, above.distance, h.valid_from, CAST(h.weekly AS text) AS told \
         FROM above JOIN working_hours h ON h.team_id = above.team \
         UNION ALL SELECT h.user_id, 0, h.valid_from, CAST(h.weekly AS text) \
         FROM working_hours h WHERE {have_own} \
         UNION ALL SELECT NULL, {COMPANY}, h.valid_from, CAST(h.weekly AS text) \
         FROM working_hours h WHERE h.user_id IS NULL AND h.team_id IS NULL \
         UNION ALL SELECT NULL, {COMPANY}, NULL, c.time_zone FROM company c"
    );
    let statement = Statement::from_sql_and_values(backend, text, [parameter]);
    let mut zone = chrono_tz::UTC;
    let mut company: Vec<Version> = Vec::new();
    let mut layers: HashMap<Uuid, BTreeMap<i32, Vec<Version>>> = HashMap::new();
    for row in db.query_all_raw(statement).await? {
        let row = HoursRow::from_query_result(&row, "")?;
        let Some(valid_from) = row.valid_from else {
            zone = row.told.parse::<Tz>().map_err(unreadable)?;
            continue;
        };
        let weekly: Weekly = serde_json::from_str(&row.told).map_err(unreadable)?;
        let version = Version { valid_from, weekly };
        match row.rep {
            Some(rep) => {
                let layers = layers.entry(rep).or_default();
                layers.entry(row.distance).or_default().push(version);
            }
            None => company.push(version),
        }
    }
    let schedule = |rep: &UserId| {
        let own = layers.remove(&rep.uuid()).unwrap_or_default();
        let all = own.into_values().chain([company.clone()]).collect();
        (*rep, Schedule::new(zone, all))
    };
    Ok(reps.iter().map(schedule).collect())
}

fn unreadable(error: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("working hours or time zone: {error}"))
}

#[derive(FromQueryResult)]
struct RevokedRow {
    id: DeviceId,
    revoked_at: DateTime<Utc>,
}

async fn revoked(
    db: &impl ConnectionTrait,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, DateTime<Utc>>, DbErr> {
    let backend = db.get_database_backend();
    let (are_these, parameter) = keys::any_of_text(backend, "id", "$1", devices);
    let text =
        format!("SELECT id, revoked_at FROM device WHERE {are_these} AND revoked_at IS NOT NULL");
    let statement = Statement::from_sql_and_values(backend, text, [parameter]);
    let mut revoked = HashMap::new();
    for row in db.query_all_raw(statement).await? {
        let row = RevokedRow::from_query_result(&row, "")?;
        revoked.insert(row.id, row.revoked_at);
    }
    Ok(revoked)
}

/// Months are purged once they are over, so points of this month need no look.
async fn sealed(
    db: &impl ConnectionTrait,
    spans: &BTreeMap<UserId, (DateTime<Utc>, DateTime<Utc>)>,
) -> Result<HashSet<NaiveDate>, DbErr> {
    let oldest = spans.values().map(|(first, _)| *first).min();
    if oldest.is_none_or(|oldest| month_of(oldest) >= month_of(Utc::now())) {
        return Ok(HashSet::new());
    }
    let statement =
        Statement::from_string(db.get_database_backend(), "SELECT month FROM segment_seal");
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "month")).collect()
}
