//! The protocol of OsmAnd's tracking, as Traccar Client and many trackers speak it: parameters in
//! the query or in a form, or Traccar Client's own JSON.
//! Source: <https://www.traccar.org/osmand/> and the decoder of Traccar's server.

use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::loose::{accuracy, field, is_true, known, number, time};
use super::point::{Said, point};
use crate::intake::{Incoming, Reason};
use crate::wire::point::refused;

/// Metres a second of one knot.
const KNOT: f64 = 1_852.0 / 3_600.0;

/// A request of this protocol, cut into its parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Parameters, of a query or a form.
    Parameters(Map<String, Value>),
    /// A JSON document.
    Document(Value),
    /// Neither; why not.
    Unreadable(String),
}

impl Request {
    /// Cuts a request. Parameters stand in the query, or if that is empty, in the form.
    pub fn new(method: &Method, query: &str, headers: &HeaderMap, body: &Bytes) -> Self {
        if method == Method::POST && is_json(headers) {
            return match serde_json::from_slice(body) {
                Ok(document) => Self::Document(document),
                Err(error) => Self::Unreadable(format!("not valid JSON: {error}")),
            };
        }
        let text: &[u8] = if query.is_empty() {
            body
        } else {
            query.as_bytes()
        };
        let mut parameters = Map::new();
        for (name, value) in form_urlencoded::parse(text) {
            parameters.insert(name.into_owned(), value.into_owned().into());
        }
        Self::Parameters(parameters)
    }

    /// The device's key: in the hub its credential.
    pub fn device(&self) -> Option<String> {
        let named = match self {
            Self::Parameters(fields) => field(fields, "id").or_else(|| field(fields, "deviceid")),
            Self::Document(document) => document.get("device_id"),
            Self::Unreadable(_) => None,
        };
        match named? {
            Value::String(key) => Some(key.clone()),
            Value::Number(key) => Some(key.to_string()),
            _ => None,
        }
    }

    /// Whether it is in the form of Traccar Client's JSON, whose device is told 404 when it is
    /// unknown, where others are told 400.
    pub fn is_document(&self) -> bool {
        matches!(self, Self::Document(_))
    }

    /// The point it holds, which came at `received_at`.
    pub(super) fn point(&self, body: &Bytes, received_at: DateTime<Utc>) -> Incoming {
        let malformed = |why: &str| refused(1, body.clone(), Reason::Malformed, why);
        match self {
            Self::Parameters(fields) => parameters(fields, received_at),
            Self::Document(document) => match document.get("location").and_then(Value::as_object) {
                Some(location) => self::document(location),
                None => malformed("location is missing"),
            },
            Self::Unreadable(why) => malformed(why),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let stated = headers.get(header::CONTENT_TYPE);
    let stated = stated.and_then(|stated| stated.to_str().ok());
    stated.is_some_and(|stated| stated.to_ascii_lowercase().starts_with("application/json"))
}

fn parameters(fields: &Map<String, Value>, received_at: DateTime<Utc>) -> Incoming {
    let stated = |name: &str| number(field(fields, name)?);
    let pair = field(fields, "location").and_then(Value::as_str);
    let pair = pair.and_then(|pair| pair.split_once(','));
    let (latitude, longitude) = match pair {
        Some((latitude, longitude)) => {
            (latitude.trim().parse().ok(), longitude.trim().parse().ok())
        }
        None => (stated("lat"), stated("lon")),
    };
    let recorded_at = match field(fields, "timestamp") {
        Some(written) => time(written),
        None => Some(received_at),
    };
    let alarm = field(fields, "alarm").and_then(Value::as_str);
    let said = Said {
        id: None,
        recorded_at,
        latitude,
        longitude,
        datum: None,
        accuracy_m: accuracy(fields, "accuracy"),
        altitude_m: stated("altitude"),
        speed_mps: known(fields, "speed").map(|knots| knots * KNOT),
        heading_deg: known(fields, "bearing").or_else(|| known(fields, "heading")),
        battery_pct: known(fields, "batt"),
        is_mock: field(fields, "mock").is_some_and(is_true),
        note: alarm.map(|alarm| format!("alarm: {alarm}")),
    };
    let mut received = fields.clone();
    // The credential is kept nowhere.
    for name in ["id", "deviceid", "notificationToken"] {
        received.remove(name);
    }
    let is_invalid = field(fields, "valid").is_some_and(|valid| !is_true(valid));
    finish(said, is_invalid, &Value::Object(received))
}

fn document(location: &Map<String, Value>) -> Incoming {
    let none = Map::new();
    let object = |name: &str| {
        location
            .get(name)
            .and_then(Value::as_object)
            .unwrap_or(&none)
    };
    let (coords, battery) = (object("coords"), object("battery"));
    let stated = |name: &str| number(field(coords, name)?);
    let id = field(location, "uuid").and_then(Value::as_str);
    let said = Said {
        id: id.map(str::to_owned),
        recorded_at: field(location, "timestamp").and_then(time),
        latitude: stated("latitude"),
        longitude: stated("longitude"),
        datum: None,
        accuracy_m: accuracy(coords, "accuracy"),
        altitude_m: stated("altitude"),
        speed_mps: known(coords, "speed"),
        heading_deg: known(coords, "heading"),
        battery_pct: known(battery, "level").map(|level| level * 100.0),
        is_mock: field(location, "mock").is_some_and(is_true),
        note: None,
    };
    let mut received = location.clone();
    // It repeats the query, with the device's credential in it.
    received.remove("_");
    finish(said, false, &Value::Object(received))
}

/// A position, or without a valid one a sign of life.
fn finish(said: Said, is_invalid: bool, received: &Value) -> Incoming {
    let has_position = said.latitude.is_some() || said.longitude.is_some();
    match has_position && !is_invalid {
        true => point("osmand", "TRAIL", said, received),
        false => point("osmand", "HEARTBEAT", said, received),
    }
}
