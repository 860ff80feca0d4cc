//! A body cut into points: one JSON envelope, or one point a line.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::media::Format;
use super::point;
use super::problem::Problem;
use crate::intake::{Incoming, Reason};

/// The most points of one batch.
pub(crate) const POINT_LIMIT: usize = 1_000;
/// The deepest nesting that is read; a point needs three.
const DEPTH_LIMIT: usize = 32;
/// What some phones write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Cuts a body into points and reads each. Takes time in proportion to the body.
pub(crate) fn points(body: &Bytes, format: Format) -> Result<Vec<Incoming>, Problem> {
    let body = match body.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => body.slice_ref(rest),
        None => body.clone(),
    };
    match format {
        Format::Json => from_json(&body),
        Format::Lines => from_lines(&body),
    }
}

fn from_json(body: &Bytes) -> Result<Vec<Incoming>, Problem> {
    if is_too_deep(body) {
        let detail = format!("the JSON is nested more than {DEPTH_LIMIT} deep");
        return Err(Problem::bad_request("JSON_TOO_DEEP", detail));
    }
    let text = std::str::from_utf8(body)
        .map_err(|error| not_envelope(&format!("it is not UTF-8: {error}")))?;
    if text.trim_start().starts_with('[') {
        return Err(not_envelope("it is an array; put it under \"checkIns\""));
    }
    let envelope: Envelope =
        serde_json::from_str(text).map_err(|error| not_envelope(&error.to_string()))?;
    let Points { kept, total } = envelope.check_ins;
    if total > POINT_LIMIT {
        return Err(too_many());
    }
    let read = |(index, raw): (usize, &&RawValue)| {
        let text = raw.get();
        point::read(text, body.slice_ref(text.as_bytes()), index + 1)
    };
    Ok(kept.iter().enumerate().map(read).collect())
}

fn from_lines(body: &Bytes) -> Result<Vec<Incoming>, Problem> {
    let mut points = Vec::new();
    for (index, line) in body.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        if points.len() == POINT_LIMIT {
            return Err(too_many());
        }
        points.push(from_line(body.slice_ref(line), index + 1));
    }
    Ok(points)
}

fn from_line(line: Bytes, number: usize) -> Incoming {
    if is_too_deep(&line) {
        let message = format!("line {number} is nested more than {DEPTH_LIMIT} deep");
        return point::refused(number, line, Reason::Malformed, message);
    }
    let Ok(text) = std::str::from_utf8(&line) else {
        let message = format!("line {number} is not UTF-8");
        return point::refused(number, line, Reason::Malformed, message);
    };
    let mut point = point::read(text, line.clone(), number);
    if let Err(faulty) = &mut point.reading {
        faulty.fault.message = format!("line {number}: {}", faulty.fault.message);
    }
    point
}

/// Whether brackets nest beyond the limit, in one pass that keeps no stack.
fn is_too_deep(body: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut is_in_string = false;
    let mut is_escaped = false;
    for byte in body {
        if is_in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => is_in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => is_in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn not_envelope(fault: &str) -> Problem {
    let detail = format!("the body is not {{\"checkIns\": […]}}: {fault}");
    Problem::bad_request("NOT_ENVELOPE", detail)
}

fn too_many() -> Problem {
    let detail = format!("a batch may have {POINT_LIMIT} points; send it in parts");
    Problem::too_large("TOO_MANY_POINTS", detail)
}

#[derive(serde::Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "checkIns", borrow)]
    check_ins: Points<'a>,
}

/// The points in their own text; beyond the limit they are only counted.
struct Points<'a> {
    kept: Vec<&'a RawValue>,
    total: usize,
}

impl<'de: 'a, 'a> Deserialize<'de> for Points<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PointsVisitor)
    }
}

struct PointsVisitor;

impl<'de> Visitor<'de> for PointsVisitor {
    type Value = Points<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of check-ins")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut points: A) -> Result<Self::Value, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < POINT_LIMIT {
            match points.next_element()? {
                Some(point) => kept.push(point),
                None => break,
            }
        }
        let mut total = kept.len();
        while points.next_element::<IgnoredAny>()?.is_some() {
            total += 1;
        }
        Ok(Points { kept, total })
    }
}

#[cfg(test)]
mod tests;
