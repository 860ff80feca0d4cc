//! One point of a batch, read field by field into the hub's units.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::datum::Datum;
use domain::position::Position;
use entity::field::check_in::Kind;
use entity::id::CustomerId;

use super::fields::{Fields, NAMES, type_of};
use crate::intake::{
    Fault, Faulty, Incoming, Name, Reading, Reason, has_position, names_customer, words,
};

/// The longest client id, in characters.
const ID_LIMIT: usize = 64;
/// The longest note, in characters.
const NOTE_LIMIT: usize = 2_000;
/// The most bytes of one point that are kept.
const RAW_LIMIT: usize = 64 << 10;
/// The first millisecond of the year 2000: no phone's clock was right before it.
const OLDEST_MS: i64 = 946_684_800_000;

/// Reads a point from its JSON text; `place` counts from 1.
pub(crate) fn read(text: &str, raw: Bytes, place: usize) -> Incoming {
    if text.len() > RAW_LIMIT {
        let message = format!("a point may have {RAW_LIMIT} bytes; only the first are kept");
        return refused(place, raw, Reason::Malformed, message);
    }
    if !text.starts_with('{') {
        let message = format!("a point must be an object, not {}", type_of(text));
        return refused(place, raw, Reason::Malformed, message);
    }
    let fields: Fields = match serde_json::from_str(text) {
        Ok(fields) => fields,
        Err(error) => {
            let message = format!("not valid JSON: {error}");
            return refused(place, raw, Reason::Malformed, message);
        }
    };
    let name = client_id(&fields);
    let reading = match (&fields.twice, &name) {
        (Some(key), _) => {
            let key = key.chars().take(ID_LIMIT).collect::<String>();
            let message = format!("{key:?} stands there twice");
            Err(Fault::new(Reason::DuplicateKey, message))
        }
        (None, Err(fault)) => Err(fault.clone()),
        (None, Ok(_)) => reading(&fields),
    };
    let is_named = name.is_ok() && fields.twice.as_deref() != Some(NAMES[0]);
    Incoming {
        name: match name {
            Ok(id) if is_named => Name::Client(id),
            _ => Name::Place(place),
        },
        raw,
        reading: reading.map_err(|fault| Faulty {
            fault,
            kind: kind(&fields).ok(),
            recorded_at: recorded_at(&fields).ok(),
        }),
    }
}

/// Reads a point that was kept as it came.
pub(crate) fn read_raw(raw: Bytes) -> Incoming {
    match std::str::from_utf8(&raw) {
        Ok(text) => read(text, raw.clone(), 1),
        Err(_error) => refused(1, raw, Reason::Malformed, "not UTF-8"),
    }
}

/// A point of which nothing can be read; at most the first 64 KiB are kept.
pub(crate) fn refused(
    place: usize,
    raw: Bytes,
    reason: Reason,
    message: impl Into<String>,
) -> Incoming {
    Incoming {
        name: Name::Place(place),
        raw: Bytes::copy_from_slice(&raw[..raw.len().min(RAW_LIMIT)]),
        reading: Err(Faulty {
            fault: Fault::new(reason, message),
            kind: None,
            recorded_at: None,
        }),
    }
}

fn client_id(fields: &Fields<'_>) -> Result<String, Fault> {
    let Some(id) = fields.text("id")?.filter(|id| !id.is_empty()) else {
        return Err(Fault::new(Reason::ClientIdMissing, "id is missing"));
    };
    if id.chars().count() > ID_LIMIT {
        let message = format!("id may have {ID_LIMIT} characters");
        return Err(Fault::new(Reason::ClientIdTooLong, message));
    }
    if id.chars().any(char::is_control) {
        let message = "id has a control character";
        return Err(Fault::new(Reason::FieldOutOfRange, message));
    }
    Ok(id.into_owned())
}

fn reading(fields: &Fields<'_>) -> Result<Reading, Fault> {
    let kind = kind(fields)?;
    let recorded_at = recorded_at(fields)?;
    let position = if has_position(kind) {
        Some(position(fields)?)
    } else {
        None
    };
    let customer = if names_customer(kind) {
        Some(customer(fields)?)
    } else {
        None
    };
    Ok(Reading {
        kind,
        recorded_at,
        position,
        customer,
        accuracy_m: fields.within("accuracyM", 0.0, 10_000_000.0)?,
        altitude_m: fields.within("altitudeM", -12_000.0, 100_000.0)?,
        speed_mps: unless_unknown(fields, "speedMps", 1_000.0)?,
        heading_deg: unless_unknown(fields, "headingDeg", 360.0)?
            .map(|heading| if heading == 360.0 { 0.0 } else { heading }),
        battery_pct: unless_unknown(fields, "batteryPct", 100.0)?.map(|pct| pct.round() as i16),
        is_mock: fields.flag("mock")?.unwrap_or(false),
        note: note(fields)?,
    })
}

/// Phones say -1 for a speed, heading or charge that they do not know.
fn unless_unknown(fields: &Fields<'_>, name: &str, to: f64) -> Result<Option<f64>, Fault> {
    match fields.number(name)? {
        Some(-1.0) => Ok(None),
        _ => fields.within(name, 0.0, to),
    }
}

fn kind(fields: &Fields<'_>) -> Result<Kind, Fault> {
    let word = fields.text("kind")?;
    word.and_then(|word| words::kind_of(&word)).ok_or_else(|| {
        let message = "kind must be TRAIL, ARRIVE, DEPART, HEARTBEAT, SHIFT_START, SHIFT_END, \
                       PAUSE or RESUME";
        Fault::new(Reason::UnknownKind, message)
    })
}

fn recorded_at(fields: &Fields<'_>) -> Result<DateTime<Utc>, Fault> {
    let Some(text) = fields.text("recordedAt")? else {
        return Err(Fault::new(Reason::TimeMissing, "recordedAt is missing"));
    };
    let unreadable = || {
        let message = "recordedAt must be an RFC 3339 time with its offset, such as \
                       2026-11-23T08:15:02.250+08:00";
        Fault::new(Reason::Malformed, message)
    };
    let stated = DateTime::parse_from_rfc3339(&text).map_err(|_error| unreadable())?;
    let milliseconds = stated.timestamp_millis();
    if milliseconds < OLDEST_MS {
        let message = "recordedAt is before the year 2000: the phone's clock was not set";
        return Err(Fault::new(Reason::TimeImpossible, message));
    }
    let whole = DateTime::<Utc>::UNIX_EPOCH
        .checked_add_signed(TimeDelta::milliseconds(milliseconds))
        .ok_or_else(unreadable)?;
    Ok(whole)
}

fn position(fields: &Fields<'_>) -> Result<Position, Fault> {
    let datum = match fields.text("datum")?.as_deref() {
        None | Some("WGS84") => Datum::Wgs84,
        Some("GCJ02") => Datum::Gcj02,
        Some("BD09") => Datum::Bd09,
        Some(_) => {
            let message = "datum must be WGS84, GCJ02 or BD09";
            return Err(Fault::new(Reason::UnknownDatum, message));
        }
    };
    let (latitude, longitude) = match (fields.number("latitude")?, fields.number("longitude")?) {
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        (None, None) => {
            let message = "latitude and longitude are missing";
            return Err(Fault::new(Reason::NoPosition, message));
        }
        (Some(_), None) => return Err(Fault::new(Reason::NoPosition, "longitude is missing")),
        (None, Some(_)) => return Err(Fault::new(Reason::NoPosition, "latitude is missing")),
    };
    let out_of_range = |message: &str| Fault::new(Reason::PositionOutOfRange, message);
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(out_of_range("latitude must be between -90 and 90"));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(out_of_range("longitude must be between -180 and 180"));
    }
    let stated = Position::new(latitude, longitude)
        .map_err(|_error| out_of_range("latitude and longitude are no position"))?;
    if stated.to_e6() == (0, 0) {
        let message = "latitude and longitude are both 0: the phone had no fix";
        return Err(Fault::new(Reason::NullIsland, message));
    }
    let (latitude_e6, longitude_e6) = datum.to_wgs84(stated).to_e6();
    Position::from_e6(latitude_e6, longitude_e6)
        .map_err(|_error| out_of_range("latitude and longitude are no position"))
}

fn customer(fields: &Fields<'_>) -> Result<CustomerId, Fault> {
    let Some(global) = fields.text("customerId")? else {
        let message = "customerId is missing: ARRIVE and DEPART name a customer";
        return Err(Fault::new(Reason::CustomerMissing, message));
    };
    CustomerId::from_global(&global)
        .ok_or_else(|| Fault::new(Reason::UnknownCustomer, "customerId names no customer"))
}

fn note(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    let Some(note) = fields.text("note")?.filter(|note| !note.is_empty()) else {
        return Ok(None);
    };
    if note.chars().count() > NOTE_LIMIT {
        let message = format!("note may have {NOTE_LIMIT} characters");
        return Err(Fault::new(Reason::FieldOutOfRange, message));
    }
    if note.contains('\0') {
        let message = "note has a character that no text may have (U+0000)";
        return Err(Fault::new(Reason::FieldOutOfRange, message));
    }
    Ok(Some(note.into_owned()))
}
