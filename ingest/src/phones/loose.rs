//! Values as apps write them: whole numbers as floats, numbers as text, truth as 1.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};

/// Unix times below this are seconds, others are milliseconds (as Traccar reads them).
const LARGEST_SECOND: f64 = 2_147_483_647.0;

/// A finite number, whether it stands there as a number or as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// True as `true`, `1` or `"true"`; everything else is false.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is_true) => *is_true,
        Value::String(text) => text.eq_ignore_ascii_case("true") || text == "1",
        other => number(other) == Some(1.0),
    }
}

/// The field of an object, unless it is absent or null.
pub(super) fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// A number that says something: not the -1 by which apps say that they do not know.
pub(super) fn known(object: &Map<String, Value>, name: &str) -> Option<f64> {
    let number = number(field(object, name)?)?;
    (number >= 0.0).then_some(number)
}

/// An accuracy in metres; 0 is written for one that is not known.
pub(super) fn accuracy(object: &Map<String, Value>, name: &str) -> Option<f64> {
    known(object, name).filter(|metres| *metres > 0.0)
}

/// A time as apps write it: Unix seconds or milliseconds, ISO 8601, or `2026-11-29 08:15:02` in
/// UTC.
pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    if let Some(number) = number(value) {
        let milliseconds = match number < LARGEST_SECOND {
            true => number * 1_000.0,
            false => number,
        };
        return DateTime::from_timestamp_millis(milliseconds as i64);
    }
    let text = value.as_str()?.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
    let mut read = formats
        .iter()
        .map(|format| NaiveDateTime::parse_from_str(text, format));
    read.find_map(Result::ok).map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!(1_764_374_400), "2025-11-29T00:00:00Z")]
    #[case(json!(1_764_374_400.0), "2025-11-29T00:00:00Z")]
    #[case(json!("1764374400"), "2025-11-29T00:00:00Z")]
    #[case(json!(1_764_374_400_250_i64), "2025-11-29T00:00:00.250Z")]
    #[case(json!("2025-11-29T08:00:00.5+08:00"), "2025-11-29T00:00:00.500Z")]
    #[case(json!("2025-11-29T00:00:00"), "2025-11-29T00:00:00Z")]
    #[case(json!("2025-11-29 00:00:00"), "2025-11-29T00:00:00Z")]
    fn times_are_read_as_apps_write_them(#[case] written: Value, #[case] read: &str) {
        assert_eq!(time(&written), Some(read.parse().unwrap()));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for written in [json!("yesterday"), json!(null), json!({}), json!(1e300)] {
            assert_eq!(time(&written), None, "{written}");
        }
    }

    #[test]
    fn unknown_is_told_by_minus_one() {
        let object = json!({"a": -1, "b": 0.0, "c": "7.5", "d": null});
        let object = object.as_object().unwrap();
        assert_eq!(
            ["a", "b", "c", "d", "e"].map(|name| known(object, name)),
            [None, Some(0.0), Some(7.5), None, None]
        );
    }
}
