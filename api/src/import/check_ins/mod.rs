//! Check-ins of other systems. They go the way of a phone's: the same judgement, the same receipts,
//! the same quarantine, as those of a device that stands for the other system.

mod nearby;
mod said;

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
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
use super::report::Report;
use super::row::Row;
use super::{Became, ImportError, Plan};
use crate::performance::calendar::Calendar;
use crate::scalar::now;
use nearby::Nearby;
use said::{Reader, Said};

pub(super) struct CheckIns {
    reader: Reader,
    datum: Datum,
    nearby: Nearby,
    devices: HashMap<UserId, DeviceId>,
}

impl CheckIns {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        let zone = Calendar::read(txn).await?.zone;
        let people = People::of(txn, plan.mapping.people()).await?;
        Ok(Self {
            reader: Reader::new(plan.mapping.source(), zone, people, plan.by),
            datum: plan.datum,
            nearby: Nearby::new(txn).await?,
            devices: HashMap::new(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let named = NamedCustomers::of(txn, &rows).await?;
        let (rows, none): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| self.reader.is_one(row));
        report.passed_over += none.len() as u64;
        let mut lines = Vec::new();
        let mut told = Vec::new();
        for mut said in report.understood(rows, |row| self.reader.read(row, &named)) {
            self.settle(txn, &mut said).await?;
            let device = self.device(txn, said.rep).await?;
            let points = points(&said, self.datum);
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
        let name = self.reader.source.name();
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
        let known = OnConflict::column(device::Column::Id)
            .do_nothing()
            .to_owned();
        device::Entity::insert(device.into_active_model())
            .on_conflict(known)
            .exec_without_returning(txn)
            .await?;
        self.devices.insert(rep, id);
        Ok(id)
    }
}

/// The check-ins of a row, as a phone would send them: it, and the end of its stay.
fn points(said: &Said, datum: Datum) -> Vec<String> {
    let customer = said.customer.map(CustomerId::global);
    let point = |id: &str, kind: Kind, at: DateTime<Utc>| {
        let mut point = json!({
            "id": id,
            "kind": kind.to_value(),
            "recordedAt": at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "latitude": said.place.map(Position::latitude),
            "longitude": said.place.map(Position::longitude),
            "datum": datum_word(datum),
            "customerId": customer,
            "accuracyM": said.accuracy_m,
            "altitudeM": said.altitude_m,
            "speedMps": said.speed_mps,
            "headingDeg": said.heading_deg,
            "batteryPct": said.battery_pct,
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
