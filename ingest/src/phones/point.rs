//! A message of an app as one of the hub's own points.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::intake::Incoming;
use crate::wire::point;

/// The most characters of a note.
const NOTE_LIMIT: usize = 2_000;
/// The most bytes of a message that are kept with its point.
const RECEIVED_LIMIT: usize = 32 << 10;

/// What an app said, in the hub's units; what is absent is unknown.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// The app's own id of the fix, where it has one that stays the same on a retry.
    pub(super) id: Option<String>,
    pub(super) recorded_at: Option<DateTime<Utc>>,
    /// Degrees, in the datum.
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    pub(super) datum: Option<&'static str>,
    pub(super) accuracy_m: Option<f64>,
    pub(super) altitude_m: Option<f64>,
    pub(super) speed_mps: Option<f64>,
    pub(super) heading_deg: Option<f64>,
    pub(super) battery_pct: Option<f64>,
    pub(super) is_mock: bool,
    pub(super) note: Option<String>,
}

/// The point of this kind that an app's message is. Read by the same reader as the hub's own
/// points, so the same faults lead to the same quarantine.
pub(super) fn point(app: &str, kind: &str, said: Said, received: &Value) -> Incoming {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    let time = said
        .recorded_at
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
    let id = said.id.filter(|id| (1..=64).contains(&id.len()));
    let own = || {
        let fix = json!([kind, time, said.latitude, said.longitude]).to_string();
        let digest = blake3::hash(fix.as_bytes()).to_hex();
        format!("{app}-{}", &digest[..24])
    };
    set("id", Some(id.unwrap_or_else(own).into()));
    set("kind", Some(kind.into()));
    set("recordedAt", time.clone().map(Value::from));
    set("latitude", said.latitude.map(Value::from));
    set("longitude", said.longitude.map(Value::from));
    set("datum", said.datum.map(Value::from));
    set("accuracyM", said.accuracy_m.map(Value::from));
    set("altitudeM", said.altitude_m.map(Value::from));
    set("speedMps", said.speed_mps.map(Value::from));
    set("headingDeg", said.heading_deg.map(Value::from));
    set("batteryPct", said.battery_pct.map(Value::from));
    set("mock", said.is_mock.then_some(Value::Bool(true)));
    let note = said.note.map(|note| {
        let plain = note.chars().filter(|char| *char != '\0');
        plain.take(NOTE_LIMIT).collect::<String>()
    });
    set("note", note.map(Value::from));
    let is_kept = !received.is_null() && received.to_string().len() <= RECEIVED_LIMIT;
    set("received", is_kept.then(|| received.clone()));
    let text = Value::Object(fields).to_string();
    point::read(&text, text.clone().into_bytes().into(), 1)
}
