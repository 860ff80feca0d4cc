//! A small company on a database of its own, and short ways to let its reps check in.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::position::Position;
use entity::field::check_in::{self, NO_POSITION};
use entity::field::track_dirty;
use entity::id::{CheckInId, CustomerId, DeviceId, GeofenceId, UserId};
use entity::viewer::Scope;
use ingest::worker::Pace;
use ingest::{Fences, Rebuild, Worker};
use presence::Presence;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Statement,
};
use testbed::{Backend, TestDatabase};
use uuid::Uuid;

use super::company::found;

/// Where the customers are: `acme`, `bolt` and, next door to acme, `corner`. A circle of 100 m each.
pub(crate) const PLACES: [(&str, f64, f64); 3] = [
    ("acme", 31.2304, 121.4737),
    ("bolt", 31.2304, 121.5037),
    ("corner", 31.2320, 121.4737),
];
/// Between them.
const ROAD: (f64, f64) = (31.2404, 121.4887);

pub(crate) struct Bed {
    pub(crate) database: TestDatabase,
    pub(crate) presence: Presence,
    pub(crate) rebuild: Rebuild,
    pub(crate) worker: Worker,
    pub(crate) reps: Vec<(UserId, DeviceId)>,
}

impl Bed {
    /// A company with one rep, to whom all customers are assigned.
    pub(crate) async fn new(backend: Backend) -> Bed {
        Bed::with_reps(backend, 1).await
    }

    pub(crate) async fn with_reps(backend: Backend, reps: usize) -> Bed {
        let database = testbed::database(backend).await.unwrap();
        let presence = Presence::local();
        let reps = found(&database, reps).await;
        let fences = Fences::load(&database.db).await.unwrap();
        let rebuild = Rebuild::new(database.db.clone(), presence.clone());
        let worker = Worker::new(
            database.db.clone(),
            presence.clone(),
            fences.clone(),
            rebuild.clone(),
        );
        let worker = worker.at(Pace {
            backoff: Duration::ZERO,
            ..Pace::default()
        });
        Bed {
            database,
            presence,

            rebuild,
            worker,
            reps,
        }
    }

    pub(crate) fn rep(&self) -> UserId {
        self.reps[0].0
    }

    /// Stores check-ins of the first rep as the intake does, and lets the worker work.
    pub(crate) async fn heard(&self, script: &str) {
        self.store(0, &points(script)).await;
        self.worker.drain().await.unwrap();
    }

    /// Stores check-ins of a rep in one commit.
    pub(crate) async fn store(&self, rep: usize, points: &[Point]) {
        let (rep, device) = self.reps[rep];
        let rows: Vec<_> = points
            .iter()
            .map(|point| check_in::ActiveModel {
                id: ActiveValue::Set(CheckInId::new()),
                ..row(rep, device, point).into_active_model()
            })
            .collect();
        let transaction = self.database.db.begin().await.unwrap();
        for rows in rows.chunks(500) {
            check_in::Entity::insert_many(rows.to_vec())
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(&transaction)
                .await
                .unwrap();
        }
        let earliest = points.iter().map(|point| point.at).min().unwrap();
        let latest = points.iter().map(|point| point.at).max();
        insert_dirty(&transaction, rep, earliest, latest).await;
        transaction.commit().await.unwrap();
    }

    pub(crate) async fn execute(&self, text: &str) {
        self.database
            .db
            .write
            .execute_unprepared(text)
            .await
            .unwrap();
    }

    /// A number from the database.
    pub(crate) async fn number(&self, text: &str) -> i64 {
        let statement = Statement::from_string(self.database.db.backend(), text);
        let row = self
            .database
            .db
            .write
            .query_one_raw(statement)
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// The first rep's visits that are not withdrawn: `acme 09:00-09:30 EXIT, …`
    pub(crate) async fn visits(&self) -> String {
        self.visits_of(0).await
    }

    pub(crate) async fn visits_of(&self, rep: usize) -> String {
        use entity::field::visit::{Column, Entity};
        let visits = Entity::visible_to(&Scope::All)
            .filter(Column::RepId.eq(self.reps[rep].0))
            .filter(Column::WithdrawnAt.is_null())
            .order_by_asc(Column::ArrivedAt)
            .all(&self.database.db.read)
            .await
            .unwrap();
        let told = visits.iter().map(|visit| {
            let end = visit
                .end_reason
                .map_or_else(|| "open".to_owned(), |end| format!("{end:?}"));
            told(
                visit.customer_id.uuid(),
                visit.arrived_at,
                visit.left_at,
                &end,
            )
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// The feed so far: `OPENED 1, AMENDED 2 LATE_DATA, …`
    pub(crate) async fn news(&self) -> String {
        use entity::field::change::{Column, Entity};
        let changes = Entity::visible_to(&Scope::All)
            .order_by_asc(Column::Seq)
            .all(&self.database.db.read)
            .await
            .unwrap();
        let told = changes.iter().map(|change| {
            let reason = change.reason.as_ref().map(|reason| format!(" {reason}"));
            format!(
                "{:?} {}{}",
                change.kind,
                change.revision,
                reason.unwrap_or_default()
            )
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// `acme 09:00-09:30 Exit`
pub(crate) fn told(
    customer: Uuid,
    arrived_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    end: &str,
) -> String {
    let name = PLACES
        .iter()
        .map(|(name, ..)| name)
        .find(|name| customer_id(name).uuid() == customer);
    let day = (arrived_at.date_naive() - day().date_naive()).num_days();
    let day = if day == 0 {
        String::new()
    } else {
        format!("{day}d ")
    };
    let left = left_at.map_or_else(String::new, |left_at| left_at.format("%H:%M").to_string());
    format!(
        "{} {day}{}-{left} {end}",
        name.unwrap(),
        arrived_at.format("%H:%M")
    )
}

/// One check-in of a script.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: check_in::Kind,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) place: Option<(f64, f64)>,
}

/// The day of the scripts: some days ago, so that all is over by now.
pub(crate) fn day() -> DateTime<Utc> {
    let day = Utc::now()
        .date_naive()
        .checked_sub_days(Days::new(6))
        .unwrap();
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Reads `09:00 acme, 09:05 road, 1d 09:00 +bolt@road`: where the phone was, on which day; `+` and
/// `-` are the buttons for arrival and departure, `@` says where one was pressed.
pub(crate) fn points(script: &str) -> Vec<Point> {
    script.split(", ").map(point).collect()
}

fn point(text: &str) -> Point {
    let mut words: Vec<&str> = text.split(' ').collect();
    let what = words.pop().unwrap();
    let time = NaiveTime::parse_from_str(words.pop().unwrap(), "%H:%M").unwrap();
    let days: i64 = words
        .pop()
        .map_or(0, |days| days.trim_end_matches('d').parse().unwrap());
    let at = day() + TimeDelta::days(days) + (time - NaiveTime::MIN);
    let (kind, what) = match what.split_at(1) {
        ("+", name) => (check_in::Kind::Arrive, name),
        ("-", name) => (check_in::Kind::Depart, name),
        _ => (check_in::Kind::Trail, what),
    };
    let (name, place) = what.split_once('@').unwrap_or((what, what));
    let customer = (kind != check_in::Kind::Trail).then(|| customer_id(name));
    Point {
        at,
        kind,
        customer,
        place: Some(place_of(place)),
    }
}

pub(crate) fn place_of(name: &str) -> (f64, f64) {
    let known = PLACES.iter().find(|(known, ..)| *known == name);
    known.map_or(ROAD, |(_, latitude, longitude)| (*latitude, *longitude))
}

/// Ids that a test can name.
pub(crate) fn customer_id(name: &str) -> CustomerId {
    Uuid::from_u128(
        PLACES
            .iter()
            .position(|(known, ..)| *known == name)
            .unwrap() as u128
            + 1,
    )
    .into()
}

pub(crate) fn fence_id(name: &str) -> GeofenceId {
    GeofenceId::from(customer_id(name).uuid())
}

pub(crate) fn row(rep: UserId, device: DeviceId, point: &Point) -> check_in::Model {
    let place = point
        .place
        .map(|(latitude, longitude)| Position::new(latitude, longitude).unwrap());
    let (latitude_e6, longitude_e6) = place.map_or((NO_POSITION, NO_POSITION), Position::to_e6);
    check_in::Model {
        rep_id: rep,
        recorded_at: point.at,
        device_id: device,
        kind: point.kind,
        customer_key: point.customer.map_or(Uuid::nil(), CustomerId::uuid),
        latitude_e6,
        longitude_e6,
        id: CheckInId::new(),
        received_at: point.at,
        accuracy_m: Some(10.0),
        altitude_m: None,
        speed_mps: None,
        heading_deg: None,
        battery_pct: Some(70),
        is_mock: false,
        note: None,
        outcome: None,
    }
}

pub(crate) async fn insert_dirty(
    connection: &impl ConnectionTrait,
    rep: UserId,
    earliest: DateTime<Utc>,
    latest: Option<DateTime<Utc>>,
) {
    let dirty = track_dirty::ActiveModel {
        id: ActiveValue::NotSet,
        rep_id: ActiveValue::Set(rep),
        earliest: ActiveValue::Set(earliest),
        latest: ActiveValue::Set(latest),
        queued_at: ActiveValue::Set(Utc::now()),
    };
    track_dirty::Entity::insert(dirty)
        .exec_without_returning(connection)
        .await
        .unwrap();
}
