//! Loading what is known of the reps and devices of a group: one statement, whatever its size.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::duty::hours::{Schedule, Version};
use domain::duty::{Duty, Event, LOOK_BACK};
use entity::id::{DeviceId, UserId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::bulk::{Column, Holds, Rows};
use super::judge::month_of;
use super::plan::Known;
use super::row::{Author, Row};
use super::words;

/// Loads what the rows' judgement needs.
pub(crate) async fn load(db: &impl ConnectionTrait, rows: &[Row]) -> Result<Known, DbErr> {
    let spans = spans(rows);
    let mut found = find(db, &spans).await?;
    Ok(Known {
        sealed: sealed(db, &spans).await?,
        revoked: found
            .revoked
            .drain()
            .map(|(id, at)| (id.into(), at))
            .collect(),
        duties: found.duties(spans.keys().map(|author| author.rep)),
    })
}

/// Loads the duty of reps around an instant, with one statement.
pub async fn duties(
    db: &impl ConnectionTrait,
    reps: &[UserId],
    at: DateTime<Utc>,
) -> Result<HashMap<UserId, Duty>, DbErr> {
    let device = DeviceId::from(Uuid::nil());
    let span = |rep: &UserId| (Author { rep: *rep, device }, (at, at));
    let found = find(db, &reps.iter().map(span).collect()).await?;
    let duties = found.duties(reps.iter().copied()).into_iter();
    Ok(duties
        .map(|(rep, (schedule, pressed))| (rep, Duty::new(schedule, pressed)))
        .collect())
}

async fn find(db: &impl ConnectionTrait, spans: &Spans) -> Result<Found, DbErr> {
    let mut found = Found::default();
    for statement in statements(db, spans) {
        for row in db.query_all_raw(statement).await? {
            found.add(FactRow::from_query_result(&row, "")?)?;
        }
    }
    Ok(found)
}

type Spans = BTreeMap<Author, (DateTime<Utc>, DateTime<Utc>)>;

/// The first and last instant at which each author's duty is asked for.
fn spans(rows: &[Row]) -> Spans {
    let mut spans = Spans::new();
    for row in rows {
        let recorded_at = match &row.content {
            Ok(fix) => Some(fix.key.recorded_at),
            Err(faulty) => faulty.recorded_at,
        };
        let instant = recorded_at.unwrap_or(row.received_at);
        let (first, last) = spans.entry(row.key.author).or_insert((instant, instant));
        *first = instant.min(*first);
        *last = instant.max(*last);
    }
    spans
}

/// A fact of one of several kinds:
/// - `BUTTON`: what (`told`) the rep (`id`) pressed, `at` when.
/// - `HOURS`: the hours of a week, valid from `at`, of the rep `id`, or of the company; `distance`
///   0 for the rep's own, then the teams' upwards.
/// - `ZONE`: the company's time zone.
/// - `REVOKED`: the device `id` is revoked, since `at`.
#[derive(FromQueryResult)]
struct FactRow {
    fact: String,
    id: Option<Uuid>,
    distance: i32,
    at: Option<DateTime<Utc>>,
    told: Option<String>,
}

/// The buttons that can matter are those of the span and the days before it, and the newest start
/// or end of a shift before those.
fn statements(db: &impl ConnectionTrait, spans: &Spans) -> Vec<Statement> {
    const COLUMNS: [Column; 4] = [
        ("rep", Holds::Uuid),
        ("device", Holds::Uuid),
        ("since", Holds::Instant),
        ("until", Holds::Instant),
    ];
    let mut given = Rows::new(&COLUMNS);
    for (author, (first, last)) in spans {
        let since = *first - LOOK_BACK;
        let (rep, device) = (author.rep.into(), author.device.into());
        given.push([rep, device, since.into(), (*last).into()]);
    }
    given.statements(db.get_database_backend(), |given| {
        format!(
            "WITH RECURSIVE span AS (SELECT * FROM {given}), \
             above (rep, team, distance) AS ( \
               SELECT u.id, u.team_id, 1 FROM user_account u \
               WHERE u.id IN (SELECT rep FROM span) AND u.team_id IS NOT NULL \
               UNION ALL SELECT above.rep, t.parent_id, above.distance + 1 \
               FROM above JOIN team t ON t.id = above.team WHERE above.distance < 100) \
             SELECT 'BUTTON' AS fact, e.user_id AS id, 0 AS distance, e.recorded_at AS at, \
               e.kind AS told \
             FROM span JOIN duty_event e ON e.user_id = span.rep \
               AND e.recorded_at BETWEEN span.since AND span.until \
             UNION ALL SELECT 'BUTTON', e.user_id, 0, e.recorded_at, e.kind \
             FROM span JOIN duty_event e ON e.user_id = span.rep AND e.recorded_at = ( \
               SELECT max(s.recorded_at) FROM duty_event s WHERE s.user_id = span.rep \
               AND s.recorded_at < span.since AND s.kind IN ('SHIFT_START', 'SHIFT_END')) \
             UNION ALL SELECT 'HOURS', above.rep, above.distance, h.valid_from, \
               CAST(h.weekly AS text) \
             FROM above JOIN working_hours h ON h.team_id = above.team \
             UNION ALL SELECT 'HOURS', h.user_id, 0, h.valid_from, CAST(h.weekly AS text) \
             FROM working_hours h WHERE h.user_id IN (SELECT rep FROM span) \
             UNION ALL SELECT 'HOURS', NULL, 0, h.valid_from, CAST(h.weekly AS text) \
             FROM working_hours h WHERE h.user_id IS NULL AND h.team_id IS NULL \
             UNION ALL SELECT 'ZONE', NULL, 0, NULL, c.time_zone FROM company c \
             UNION ALL SELECT 'REVOKED', d.id, 0, d.revoked_at, NULL \
             FROM device d WHERE d.id IN (SELECT device FROM span) AND d.revoked_at IS NOT NULL"
        )
    })
}

/// What the statement found, put where it belongs.
struct Found {
    zone: Tz,
    company: Vec<Version>,
    /// Versions of hours by their distance from the rep; the same fact may come several times.
    hours: HashMap<Uuid, BTreeMap<i32, Vec<Version>>>,
    pressed: HashMap<Uuid, HashSet<Event>>,
    revoked: HashMap<Uuid, DateTime<Utc>>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            zone: Tz::UTC,
            company: Vec::new(),
            hours: HashMap::new(),
            pressed: HashMap::new(),
            revoked: HashMap::new(),
        }
    }
}

impl Found {
    fn add(&mut self, row: FactRow) -> Result<(), DbErr> {
        let told = row.told.unwrap_or_default();
        match (row.fact.as_str(), row.id, row.at) {
            ("BUTTON", Some(rep), Some(at)) => {
                let kind = words::kind_of(&told)
                    .and_then(words::duty_event)
                    .ok_or_else(|| unreadable("no such button"))?;
                self.pressed
                    .entry(rep)
                    .or_default()
                    .insert(Event { at, kind });
            }
            ("HOURS", rep, Some(valid_from)) => {
                let weekly = serde_json::from_str(&told).map_err(unreadable)?;
                let version = Version { valid_from, weekly };
                let layer = match rep {
                    Some(rep) => {
                        let layers = self.hours.entry(rep).or_default();
                        layers.entry(row.distance).or_default()
                    }
                    None => &mut self.company,
                };
                if !layer.contains(&version) {
                    layer.push(version);
                }
            }
            ("REVOKED", Some(device), Some(at)) => drop(self.revoked.insert(device, at)),
            _ => self.zone = told.parse().map_err(unreadable)?,
        }
        Ok(())
    }

    fn duties(
        mut self,
        reps: impl Iterator<Item = UserId>,
    ) -> HashMap<UserId, (Schedule, Vec<Event>)> {
        let mut duties = HashMap::new();
        for rep in reps {
            let own = self.hours.remove(&rep.uuid());
            let pressed = self.pressed.remove(&rep.uuid());
            duties.entry(rep).or_insert_with(|| {
                let own = own.unwrap_or_default().into_values();
                let layers = own.chain([self.company.clone()]).collect();
                let pressed = pressed.unwrap_or_default().into_iter().collect();
                (Schedule::new(self.zone, layers), pressed)
            });
        }
        duties
    }
}

fn unreadable(error: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("duty, working hours or time zone: {error}"))
}

/// Months are purged once they are over, so points of this month need no look.
async fn sealed(db: &impl ConnectionTrait, spans: &Spans) -> Result<HashSet<NaiveDate>, DbErr> {
    let oldest = spans.values().map(|(first, _)| *first).min();
    if oldest.is_none_or(|oldest| month_of(oldest) >= month_of(Utc::now())) {
        return Ok(HashSet::new());
    }
    let backend = db.get_database_backend();
    let statement = Statement::from_string(backend, "SELECT month FROM segment_seal");
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "month")).collect()
}
