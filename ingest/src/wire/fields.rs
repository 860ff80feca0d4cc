//! The fields of one JSON object, each still in its own text, so that one bad field can be named
//! without losing the others.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::intake::{Fault, Reason};

/// The names a point may have; others are ignored.
pub(crate) const NAMES: [&str; 14] = [
    "id",
    "kind",
    "recordedAt",
    "latitude",
    "longitude",
    "datum",
    "accuracyM",
    "altitudeM",
    "speedMps",
    "headingDeg",
    "batteryPct",
    "mock",
    "customerId",
    "note",
];

/// The fields that stood in an object.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    known: [Option<&'a RawValue>; NAMES.len()],
    /// The first key that stands there twice.
    pub(crate) twice: Option<Cow<'a, str>>,
}

impl<'a> Fields<'a> {
    fn raw(&self, name: &str) -> Option<&'a str> {
        let place = NAMES.iter().position(|known| *known == name)?;
        let text = self.known[place]?.get();
        (text != "null").then_some(text)
    }

    /// A text; absent and `null` are the same.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        if !raw.starts_with('"') {
            return Err(wrong_type(name, "a string", raw));
        }
        let Text(text) = serde_json::from_str(raw).map_err(|_broken| {
            Fault::new(Reason::Malformed, format!("{name} is not valid Unicode"))
        })?;
        Ok(Some(text))
    }

    /// A number; one too large for a float is infinite.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        // Only JSON numbers begin so, and each of them is a float to Rust.
        let is_number = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        match raw.parse() {
            Ok(number) if is_number => Ok(Some(number)),
            _ => Err(wrong_type(name, "a number", raw)),
        }
    }

    /// A number within limits; beyond them the point is at fault.
    pub(crate) fn within(&self, name: &str, from: f64, to: f64) -> Result<Option<f64>, Fault> {
        let number = self.number(name)?;
        match number {
            Some(number) if !(from..=to).contains(&number) => Err(Fault::new(
                Reason::FieldOutOfRange,
                format!("{name} must be between {from} and {to}"),
            )),
            _ => Ok(number.map(|number| number + 0.0)),
        }
    }

    /// True, false or absent.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        match self.raw(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(raw) => Err(wrong_type(name, "true or false", raw)),
        }
    }
}

/// A borrowed text where no escape forces a copy.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn wrong_type(name: &str, wanted: &str, raw: &str) -> Fault {
    let found = type_of(raw);
    Fault::new(
        Reason::Malformed,
        format!("{name} must be {wanted}, not {found}"),
    )
}

/// What a JSON text is, in words.
pub(crate) fn type_of(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        Some(_) => "a number",
        None => "nothing",
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        let mut unknown: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(Text(key)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            let is_new = match NAMES.iter().position(|name| *name == key) {
                Some(place) => fields.known[place].replace(value).is_none(),
                None => unknown.insert(key.clone()),
            };
            if !is_new && fields.twice.is_none() {
                fields.twice = Some(key);
            }
        }
        Ok(fields)
    }
}
