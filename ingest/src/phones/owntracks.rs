//! OwnTracks over HTTP, as its booklet says (<https://owntracks.org/booklet/tech/json/>).

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::loose::{accuracy, field, known, number, time};
use super::point::{Said, point};
use super::secretbox;
use crate::intake::{Incoming, Reason};
use crate::wire::point::refused;

/// Metres a second of one kilometre an hour.
const KMH: f64 = 1.0 / 3.6;

/// What a phone that speaks OwnTracks is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phone {
    /// By its `User-Agent`: every app of Apple's tells Darwin.
    pub(super) is_apple: bool,
}

/// What an encrypted message holds; none if it is not encrypted, or not with this key.
pub(super) fn open(body: &[u8], passphrase: Option<&str>) -> Option<Vec<u8>> {
    let message: Value = serde_json::from_slice(body).ok()?;
    if message.get("_type")? != "encrypted" {
        return None;
    }
    secretbox::open(message.get("data")?.as_str()?, passphrase?)
}

/// The point that a message received at `now` holds; none of one that says nothing to keep.
pub(super) fn read(body: &Bytes, phone: Phone, now: DateTime<Utc>) -> Option<Incoming> {
    // A friend was deleted.
    if body.trim_ascii().is_empty() {
        return None;
    }
    let malformed = |why: &str| Some(refused(1, body.clone(), Reason::Malformed, why));
    let message: Value = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(error) => return malformed(&format!("not valid JSON: {error}")),
    };
    let Some(fields) = message.as_object() else {
        return malformed("a message of OwnTracks is an object");
    };
    match field(fields, "_type").and_then(Value::as_str) {
        Some("location") => Some(point(
            "owntracks",
            "TRAIL",
            location(fields, phone),
            &lean(fields),
        )),
        Some("transition") => Some(point(
            "owntracks",
            "TRAIL",
            transition(fields),
            &lean(fields),
        )),
        Some("waypoint" | "waypoints") => Some(point(
            "owntracks",
            "HEARTBEAT",
            regions(fields, now),
            &Value::Null,
        )),
        Some("encrypted") => Some(refused(
            1,
            body.clone(),
            Reason::Encrypted,
            "the message is encrypted, and no key of the hub opens it; see setPayloadKey",
        )),
        // What an app tells of itself: its status, its settings, its last will.
        Some(_) => None,
        None => malformed("_type is missing"),
    }
}

fn location(fields: &Map<String, Value>, phone: Phone) -> Said {
    Said {
        datum: datum(fields, phone),
        speed_mps: known(fields, "vel").map(|kmh| kmh * KMH),
        heading_deg: known(fields, "cog"),
        battery_pct: known(fields, "batt"),
        note: text(fields, "poi").map(str::to_owned),
        ..fix(fields)
    }
}

/// A region was entered or left: where the phone was when it noticed.
fn transition(fields: &Map<String, Value>) -> Said {
    let event = text(fields, "event").unwrap_or_default();
    let region = text(fields, "desc").unwrap_or_default();
    let note = format!("{event} {region}");
    Said {
        note: Some(note.trim().to_owned()).filter(|note| !note.is_empty()),
        ..fix(fields)
    }
}

/// Which regions the app watches, by their names and radii: evidence for the transitions that name
/// them. Where they lie is not kept, for they may be anywhere, a home among them.
fn regions(fields: &Map<String, Value>, now: DateTime<Utc>) -> Said {
    let all = field(fields, "waypoints").and_then(Value::as_array);
    let all = all.map_or_else(
        || vec![fields],
        |all| all.iter().filter_map(Value::as_object).collect(),
    );
    let names = all.into_iter().map(|region| {
        let name = text(region, "desc").unwrap_or("?");
        match field(region, "rad").and_then(number) {
            Some(metres) if metres > 0.0 => format!("{name} ({metres:.0} m)"),
            _ => name.to_owned(),
        }
    });
    let names: Vec<String> = names.collect();
    Said {
        recorded_at: Some(now),
        note: Some(format!("regions: {}", names.join(", "))),
        ..Said::default()
    }
}

fn fix(fields: &Map<String, Value>) -> Said {
    let degrees = |name: &str| number(field(fields, name)?);
    Said {
        recorded_at: field(fields, "tst").and_then(time),
        latitude: degrees("lat"),
        longitude: degrees("lon"),
        accuracy_m: accuracy(fields, "acc"),
        altitude_m: degrees("alt"),
        ..Said::default()
    }
}

/// An iPhone sends what it notes by itself in WGS-84, but what its owner sends by hand in the datum
/// of Apple's map, which in mainland China is GCJ-02 (owntracks/ios#860). Abroad the two agree.
fn datum(fields: &Map<String, Value>, phone: Phone) -> Option<&'static str> {
    let is_by_hand = text(fields, "t") == Some("u");
    (phone.is_apple && is_by_hand).then_some("GCJ02")
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    field(fields, name)?.as_str()
}

/// The message without what is large or of others: a picture, the names of networks around.
fn lean(fields: &Map<String, Value>) -> Value {
    let mut fields = fields.clone();
    for name in ["image", "imagename", "SSID", "BSSID"] {
        fields.remove(name);
    }
    Value::Object(fields)
}
