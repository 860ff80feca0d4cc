//! Check-ins of other systems. They go the way of a phone's: the same judgement, the same receipts,
//! the same quarantine, as those of a device that stands for the other system.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use domain::datum::Datum;
use domain::position::Position;
use entity::field::check_in::Kind;
use entity::id::{CustomerId, DeviceId, UserId};
use entity::people::device;
use ingest::{Filed, Told};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveEnum, DatabaseTransaction, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::labels::Field;
use super::lookup::{NamedCustomers, People};
use super::mapping::Source;
use super::nearby::Nearby;
use super::report::Report;
use super::row::{Fault, Row};
use super::{Became, ImportError, Plan};
use crate::performance::calendar::Calendar;
use crate::scalar::now;

/// The most characters of a note.
const NOTE_LENGTH: usize = 2_000;
/// The most characters of an own id; the hub takes 64, and the end of a stay adds some.
const ID_LENGTH: usize = 56;
/// WeCom's unit of degrees.
const MILLIONTH: f64 = 1e-6;
/// WeCom's word for a check-in that was due and did not come.
const MISSED: &str = "未打卡";

pub(super) struct CheckIns {
    source: Source,
    zone: Tz,
    datum: Datum,
    people: People,
    nearby: Nearby,
    devices: HashMap<UserId, DeviceId>,
    seen: HashSet<(UserId, String)>,
}

/// What a row says.
struct Said {
    row: Row,
    id: String,
    rep: UserId,
    kind: Kind,
    recorded_at: DateTime<Utc>,
    /// When the stay that it began ended.
    until: Option<DateTime<Utc>>,
    /// In the datum of the table.
    place: Option<Position>,
    customer: Option<CustomerId>,
    accuracy_m: Option<f64>,
    note: Option<String>,
}

impl CheckIns {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(Self {
            source: plan.mapping.source(),
            zone: Calendar::read(txn).await?.zone,
            datum: plan.datum,
            people: People::of(txn, plan.mapping.people()).await?,
            nearby: Nearby::new(txn).await?,
            devices: HashMap::new(),
            seen: HashSet::new(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let named = NamedCustomers::of(txn, &rows).await?;
        let (rows, none): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| self.is_one(row));
        report.passed_over += none.len() as u64;
        let mut lines = Vec::new();
        let mut told = Vec::new();
        for mut said in report.understood(rows, |row| self.read(row, &named)) {
            self.settle(txn, &mut said).await?;
            let device = self.device(txn, said.rep).await?;
            let points = self.points(&said);
            lines.push((said.row, points.len()));
            told.extend(points.into_iter().map(|point| Told {
                rep: said.rep,
                device,
                point,
            }));
        }
        let mut filed = ingest::file(txn, told).await?.into_iter();
        for (row, points) in lines {
            count(report, &row, filed.by_ref().take(points));
        }
        Ok(())
    }

    /// Whether somebody checked in at all.
    fn is_one(&self, row: &Row) -> bool {
        match self.source {
            Source::Zoho => row.text(Field::RecordedAt).is_some(),
            Source::Wecom => !row
                .text(Field::Status)
                .is_some_and(|status| status.contains(MISSED)),
            Source::Plain | Source::Fxiaoke => true,
        }
    }

    fn read(&mut self, row: &Row, named: &NamedCustomers) -> Result<Said, Fault> {
        let rep = self.people.needed(row)?;
        let recorded_at = row.instant(Field::RecordedAt, self.zone)?;
        let recorded_at = recorded_at.ok_or_else(|| row.fault(Field::RecordedAt, "is empty"))?;
        let kind = self.kind(row)?;
        let until = row.instant(Field::Until, self.zone)?;
        if until.is_some_and(|until| until < recorded_at) {
            return Err(row.fault(Field::Until, "is before the arrival"));
        }
        let place = self.place(row)?;
        let has_place = matches!(kind, Kind::Trail | Kind::Arrive | Kind::Depart);
        if has_place && place.is_none() {
            return Err(row.fault(Field::Latitude, "is empty: a check-in needs a position"));
        }
        let customer = self.customer(row, named)?;
        let id = own_id(row, rep, kind, recorded_at);
        if !self.seen.insert((rep, id.clone())) {
            return Err(row.fault(Field::Id, "stands in a line above already"));
        }
        Ok(Said {
            row: row.clone(),
            id,
            rep,
            kind,
            recorded_at,
            until,
            place,
            customer,
            accuracy_m: row.read(Field::Accuracy, "number of metres")?,
            note: note(row),
        })
    }

    fn kind(&self, row: &Row) -> Result<Kind, Fault> {
        let word = row.text(Field::Kind);
        if self.source == Source::Wecom {
            return match word {
                Some("上班打卡") => Ok(Kind::ShiftStart),
                Some("下班打卡") => Ok(Kind::ShiftEnd),
                Some("外出打卡") => Ok(Kind::Arrive),
                _ => Err(row.fault(Field::Kind, "is none of 上班打卡, 下班打卡 and 外出打卡")),
            };
        }
        let Some(word) = word else {
            return Ok(Kind::Arrive);
        };
        Kind::try_from_value(&word.to_uppercase())
            .map_err(|_| row.fault(Field::Kind, format!("{word:?} is no kind of check-in")))
    }

    /// Where it was; WeCom says 0, 0 where it does not know.
    fn place(&self, row: &Row) -> Result<Option<Position>, Fault> {
        let latitude: Option<f64> = row.read(Field::Latitude, "number of degrees")?;
        let longitude: Option<f64> = row.read(Field::Longitude, "number of degrees")?;
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
            return Ok(None);
        };
        let unit = match self.source {
            Source::Wecom if latitude == 0.0 && longitude == 0.0 => return Ok(None),
            Source::Wecom => MILLIONTH,
            Source::Plain | Source::Zoho | Source::Fxiaoke => 1.0,
        };
        let place = Position::new(latitude * unit, longitude * unit);
        place
            .map(Some)
            .map_err(|error| row.fault(Field::Latitude, error.to_string()))
    }

    /// The customer that a row names. An event of Zoho may belong to something else.
    fn customer(&self, row: &Row, named: &NamedCustomers) -> Result<Option<CustomerId>, Fault> {
        if row.text(Field::CustomerCode).is_none() && row.text(Field::Customer).is_none() {
            return Ok(None);
        }
        match (named.find(row), self.source) {
            (Ok(customer), _) => Ok(Some(customer)),
            (Err(_), Source::Zoho) => Ok(None),
            (Err(fault), _) => Err(fault),
        }
    }

    /// Finds the customer of a button that names none; without one it is a point of the trail.
    async fn settle(
        &mut self,
        txn: &DatabaseTransaction,
        said: &mut Said,
    ) -> Result<(), ImportError> {
        let is_button = matches!(said.kind, Kind::Arrive | Kind::Depart);
        let Some(place) = said.place.filter(|_| is_button && said.customer.is_none()) else {
            return Ok(());
        };
        self.nearby.load(txn, said.rep).await?;
        said.customer = self.nearby.find(said.rep, self.datum.to_wgs84(place));
        if said.customer.is_none() {
            said.kind = Kind::Trail;
        }
        Ok(())
    }

    /// The check-ins of a row, as a phone would send them: it, and the end of its stay.
    fn points(&self, said: &Said) -> Vec<String> {
        let customer = said.customer.map(CustomerId::global);
        let point = |id: &str, kind: Kind, at: DateTime<Utc>| {
            let mut point = json!({
                "id": id,
                "kind": kind.to_value(),
                "recordedAt": at.to_rfc3339_opts(SecondsFormat::Millis, true),
                "latitude": said.place.map(Position::latitude),
                "longitude": said.place.map(Position::longitude),
                "datum": datum_word(self.datum),
                "customerId": customer,
                "accuracyM": said.accuracy_m,
                "note": said.note,
            });
            if let Some(fields) = point.as_object_mut() {
                fields.retain(|_, value| !value.is_null());
            }
            point.to_string()
        };
        let mut points = vec![point(&said.id, said.kind, said.recorded_at)];
        if let (Some(until), Kind::Arrive) = (said.until, said.kind) {
            points.push(point(&format!("{}-end", said.id), Kind::Depart, until));
        }
        points
    }

    /// The device that stands for the source. Its id follows from the rep and the source, so that
    /// two imports at once mean the same one.
    async fn device(
        &mut self,
        txn: &DatabaseTransaction,
        rep: UserId,
    ) -> Result<DeviceId, ImportError> {
        if let Some(device) = self.devices.get(&rep) {
            return Ok(*device);
        }
        let name = self.source.name();
        let mut bytes = [0; 16];
        let mut hasher = blake3::Hasher::new();
        hasher.update(rep.uuid().as_bytes());
        hasher.update(name.as_bytes());
        hasher.finalize_xof().fill(&mut bytes);
        let id = DeviceId::from(uuid::Builder::from_custom_bytes(bytes).into_uuid());
        let device = device::Model {
            id,
            user_id: rep,
            name: name.to_owned(),
            platform: "import".to_owned(),
            kind: device::Kind::App,
            token_hash: None,
            enrolled_at: now(),
            revoked_at: None,
        };
        device::Entity::insert(device.into_active_model())
            .on_conflict(
                OnConflict::column(device::Column::Id)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(txn)
            .await?;
        self.devices.insert(rep, id);
        Ok(id)
    }
}

/// The id of a check-in in every file: the other system's, else a digest of what does not change.
fn own_id(row: &Row, rep: UserId, kind: Kind, recorded_at: DateTime<Utc>) -> String {
    if let Some(id) = row.text(Field::Id)
        && id.chars().count() <= ID_LENGTH
        && !id.chars().any(char::is_control)
    {
        return id.to_owned();
    }
    let named = row.text(Field::CustomerCode).or(row.text(Field::Customer));
    let places = [Field::Latitude, Field::Longitude].map(|field| row.text(field));
    let fix = json!([
        rep.global(),
        kind.to_value(),
        recorded_at.timestamp_millis(),
        named,
        places
    ]);
    let digest = blake3::hash(fix.to_string().as_bytes()).to_hex();
    format!("import-{}", &digest[..32])
}

/// The rep's words, and where the other system says that they were.
fn note(row: &Row) -> Option<String> {
    let words = [Field::Note, Field::Address].map(|field| row.text(field));
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let note: String = words.join("\n").chars().take(NOTE_LENGTH).collect();
    (!note.is_empty()).then_some(note)
}

fn datum_word(datum: Datum) -> &'static str {
    match datum {
        Datum::Wgs84 => "WGS84",
        Datum::Gcj02 => "GCJ02",
        Datum::Bd09 => "BD09",
    }
}

/// A row is refused if any of its check-ins was kept aside, and new if any is.
fn count(report: &mut Report, row: &Row, filed: impl Iterator<Item = Filed>) {
    let filed: Vec<Filed> = filed.collect();
    for one in &filed {
        if let Filed::Quarantined(fault) = one {
            let reason = format!("{}: {}", fault.reason.code(), fault.message);
            report.refuse(row.line, row.fault(Field::RecordedAt, reason));
            return;
        }
    }
    if filed.contains(&Filed::New) {
        report.count(Became::New);
    } else if filed.contains(&Filed::Known) {
        report.count(Became::Unchanged);
    } else {
        report.passed_over += 1;
    }
}
