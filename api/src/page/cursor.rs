//! Cursors: the place of a row in its order, opaque to clients.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::keyset::{Term, is_null};
use crate::error::{Error, Result};

/// The cursor of a row with these values.
pub(super) fn encode<C: ColumnTrait>(terms: &[Term<C>], place: &[Value]) -> String {
    let mut parts = vec![Json::String(order_of(terms))];
    parts.extend(place.iter().map(to_json));
    URL_SAFE_NO_PAD.encode(Json::Array(parts).to_string())
}

/// Reads a cursor, which must be of the same order. `argument` is named in the error.
pub(super) fn decode<C: ColumnTrait>(
    cursor: &str,
    terms: &[Term<C>],
    argument: &str,
) -> Result<Vec<Value>> {
    let wrong = || {
        Error::bad_input(format!(
            "{argument} is not a cursor of this list in this order"
        ))
    };
    let plain = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let parts: Vec<Json> = serde_json::from_slice(&plain).map_err(|_| wrong())?;
    let (order, place) = parts.split_first().ok_or_else(wrong)?;
    if order.as_str() != Some(order_of(terms).as_str()) || place.len() != terms.len() {
        return Err(wrong());
    }
    let values = terms
        .iter()
        .zip(place)
        .map(|(term, json)| from_json(term, json));
    values.collect::<Option<_>>().ok_or_else(wrong)
}

fn order_of<C: ColumnTrait>(terms: &[Term<C>]) -> String {
    let names = terms.iter().map(|term| {
        let sign = if term.is_descending { '-' } else { '+' };
        format!("{}{sign}", term.column.as_str())
    });
    names.collect()
}

fn to_json(value: &Value) -> Json {
    match value {
        value if is_null(value) => Json::Null,
        Value::Bool(Some(value)) => (*value).into(),
        Value::SmallInt(Some(value)) => (*value).into(),
        Value::Int(Some(value)) => (*value).into(),
        Value::BigInt(Some(value)) => (*value).into(),
        // As bits, because text does not always come back as the same number.
        Value::Double(Some(value)) => value.to_bits().into(),
        Value::String(Some(value)) => value.as_str().into(),
        Value::Uuid(Some(value)) => value.simple().to_string().into(),
        Value::ChronoDate(Some(value)) => value.to_string().into(),
        Value::ChronoDateTimeUtc(Some(value)) => {
            value.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
        }
        // Other kinds cannot be ordered by; a cursor with null does not read back.
        _ => Json::Null,
    }
}

fn from_json<C: ColumnTrait>(term: &Term<C>, json: &Json) -> Option<Value> {
    let definition = term.column.def();
    let kind = definition.get_column_type();
    let value = match kind {
        ColumnType::Boolean => Value::Bool(json.as_bool()),
        ColumnType::SmallInteger | ColumnType::TinyInteger => {
            Value::SmallInt(json.as_i64().and_then(|value| value.try_into().ok()))
        }
        ColumnType::Integer => Value::Int(json.as_i64().and_then(|value| value.try_into().ok())),
        ColumnType::BigInteger => Value::BigInt(json.as_i64()),
        ColumnType::Float | ColumnType::Double => Value::Double(json.as_u64().map(f64::from_bits)),
        ColumnType::Uuid => Value::Uuid(json.as_str().and_then(|text| Uuid::try_parse(text).ok())),
        ColumnType::Date => Value::ChronoDate(
            json.as_str()
                .and_then(|text| text.parse::<NaiveDate>().ok()),
        ),
        ColumnType::DateTime | ColumnType::Timestamp | ColumnType::TimestampWithTimeZone => {
            Value::ChronoDateTimeUtc(
                json.as_str()
                    .and_then(|text| text.parse::<DateTime<Utc>>().ok()),
            )
        }
        _ => Value::String(json.as_str().map(str::to_owned)),
    };
    let is_absent = json.is_null() && term.is_nullable;
    (is_absent || !is_null(&value)).then_some(value)
}
