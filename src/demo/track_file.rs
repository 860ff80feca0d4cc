//! A recorded track from a file: GPX, CSV with a head line, or JSON with WKT points.

use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::demo::place::Place;

/// A track without times is travelled at this speed, in metres a second.
const ASSUMED_MPS: f64 = 8.0;
/// Staying this long within [`HALT_RADIUS_M`] is a halt.
const HALT: TimeDelta = TimeDelta::minutes(3);
const HALT_RADIUS_M: f64 = 40.0;

/// One fix of a recorded track: how long after its first one, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TrackPoint {
    pub(crate) after: TimeDelta,
    pub(crate) place: Place,
}

/// A fix as the file has it.
struct Recorded {
    at: Option<DateTime<Utc>>,
    place: Place,
}

/// Reads a track; of a file with several vehicles the one with the most fixes.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<TrackPoint>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let recorded = match extension.as_deref() {
        Some("gpx") => gpx(&text),
        Some("csv") => csv(&text),
        Some("json") => json(&text),
        _ => bail!("{shown} is none of .gpx, .csv and .json"),
    }
    .with_context(|| format!("{shown} is not a track"))?;
    let points = since_first(recorded);
    if points.len() < 2 {
        bail!(
            "{shown} has {} points of the two a track needs",
            points.len()
        );
    }
    Ok(points)
}

/// The places where the track stayed three minutes or more, in order, each once.
pub(crate) fn halts(points: &[TrackPoint]) -> Vec<Place> {
    let mut halts: Vec<Place> = Vec::new();
    let mut from = 0;
    while from < points.len() {
        let centre = points[from].place;
        let near = points[from..].iter();
        let stayed = near.take_while(|point| point.place.distance_m(centre) <= HALT_RADIUS_M);
        let last = from + stayed.count() - 1;
        if points[last].after - points[from].after >= HALT {
            if halts
                .iter()
                .all(|halt| halt.distance_m(centre) > 3.0 * HALT_RADIUS_M)
            {
                halts.push(centre);
            }
            from = last;
        }
        from += 1;
    }
    halts
}

/// Times from the first fix on; where the file has none, by an assumed speed.
fn since_first(mut recorded: Vec<Recorded>) -> Vec<TrackPoint> {
    let has_times = recorded.iter().all(|fix| fix.at.is_some());
    if has_times {
        recorded.sort_by_key(|fix| fix.at);
    }
    let mut points: Vec<TrackPoint> = Vec::with_capacity(recorded.len());
    let first = recorded.first().and_then(|fix| fix.at);
    for fix in recorded {
        let after = match (first, fix.at, points.last()) {
            (Some(first), Some(at), _) if has_times => at - first,
            (_, _, Some(last)) => last.after + travel(last.place, fix.place),
            _ => TimeDelta::zero(),
        };
        if points.last().is_none_or(|last| last.after < after) {
            points.push(TrackPoint {
                after,
                place: fix.place,
            });
        }
    }
    points
}

fn travel(from: Place, to: Place) -> TimeDelta {
    TimeDelta::milliseconds(((from.distance_m(to) / ASSUMED_MPS) * 1_000.0).max(1_000.0) as i64)
}

/// The track points of a GPX file. Its own reader takes what a track needs and no more.
fn gpx(text: &str) -> anyhow::Result<Vec<Recorded>> {
    let mut recorded = Vec::new();
    for piece in text.split("<trkpt").skip(1) {
        let (head, rest) = piece.split_once('>').context("a trkpt does not end")?;
        let place = Place::new(attribute(head, "lat")?, attribute(head, "lon")?);
        let body = rest.split("</trkpt>").next().unwrap_or_default();
        let at = body
            .split_once("<time>")
            .and_then(|(_, after)| after.split_once("</time>"))
            .and_then(|(time, _)| DateTime::parse_from_rfc3339(time.trim()).ok())
            .map(|time| time.to_utc());
        recorded.push(Recorded { at, place });
    }
    Ok(recorded)
}

fn attribute(head: &str, name: &str) -> anyhow::Result<f64> {
    let (_, after) = head
        .split_once(&format!("{name}="))
        .with_context(|| format!("a trkpt has no {name}"))?;
    let quote = after.chars().next().context("an attribute has no value")?;
    let value = after[quote.len_utf8()..]
        .split(quote)
        .next()
        .unwrap_or_default();
    degrees(value)
}

/// A CSV with `timestamp`, `latitude`, `longitude` and, when several moved, `vehicle_id`.
fn csv(text: &str) -> anyhow::Result<Vec<Recorded>> {
    let mut lines = text.lines();
    let head: Vec<&str> = lines
        .next()
        .context("the file is empty")?
        .split(',')
        .map(plain)
        .collect();
    let column = |name: &str| {
        let found = head.iter().position(|column| *column == name);
        found.with_context(|| format!("the head line has no {name}"))
    };
    let (at, latitude, longitude) = (
        column("timestamp")?,
        column("latitude")?,
        column("longitude")?,
    );
    let vehicle = column("vehicle_id").ok();
    let mut vehicles: std::collections::BTreeMap<String, Vec<Recorded>> = Default::default();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(plain).collect();
        let cell = |index: usize| cells.get(index).copied().context("a line is too short");
        let time = NaiveDateTime::parse_from_str(cell(at)?, "%Y-%m-%d %H:%M:%S")
            .with_context(|| format!("{:?} is not a time", cells[at]))?;
        let place = Place::new(degrees(cell(latitude)?)?, degrees(cell(longitude)?)?);
        let name = vehicle
            .map(cell)
            .transpose()?
            .unwrap_or_default()
            .to_owned();
        vehicles.entry(name).or_default().push(Recorded {
            at: Some(time.and_utc()),
            place,
        });
    }
    let longest = vehicles.into_values().max_by_key(Vec::len);
    longest.context("the file has no lines")
}

fn plain(cell: &str) -> &str {
    cell.trim().trim_matches('"')
}

#[derive(Deserialize)]
struct JsonFix {
    point: String,
    time: String,
}

/// A JSON list of `{"point": "POINT(lon lat)", "time": "2014-09-10 06:54:07+0200"}`.
fn json(text: &str) -> anyhow::Result<Vec<Recorded>> {
    let fixes: Vec<JsonFix> = serde_json::from_str(text)?;
    fixes.into_iter().map(json_fix).collect()
}

fn json_fix(fix: JsonFix) -> anyhow::Result<Recorded> {
    let inner = fix
        .point
        .strip_prefix("POINT(")
        .and_then(|rest| rest.strip_suffix(')'));
    let (longitude, latitude) = inner
        .and_then(|inner| inner.trim().split_once(' '))
        .with_context(|| format!("{:?} is not POINT(lon lat)", fix.point))?;
    let at = DateTime::parse_from_str(&fix.time, "%Y-%m-%d %H:%M:%S%z")
        .with_context(|| format!("{:?} is not a time", fix.time))?;
    let place = Place::new(degrees(latitude)?, degrees(longitude)?);
    Ok(Recorded {
        at: Some(at.to_utc()),
        place,
    })
}

fn degrees(text: &str) -> anyhow::Result<f64> {
    text.trim()
        .parse()
        .with_context(|| format!("{text:?} is not a number of degrees"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(points: &[TrackPoint]) -> Vec<i64> {
        points
            .iter()
            .map(|point| point.after.num_minutes())
            .collect()
    }

    #[test]
    fn a_gpx_without_times_is_travelled_at_an_assumed_speed() {
        let text = r#"<trkseg><trkpt lat="39.74" lon="-104.97"><ele>1</ele></trkpt>
            <trkpt lon='-104.97' lat='39.75'></trkpt></trkseg>"#;
        let points = since_first(gpx(text).unwrap());
        assert_eq!(points.len(), 2);
        assert_eq!(points[1].after.num_seconds(), 138);
    }

    #[test]
    fn a_gpx_with_times_keeps_them() {
        let text = r#"<trkpt lat="1" lon="2"><time>2020-01-01T00:00:00Z</time></trkpt>
            <trkpt lat="1" lon="2"><time>2020-01-01T00:05:00Z</time></trkpt>"#;
        assert_eq!(minutes(&since_first(gpx(text).unwrap())), [0, 5]);
    }

    #[test]
    fn of_a_csv_the_busiest_vehicle_is_taken() {
        let text = "\"id\",\"vehicle_id\",\"timestamp\",\"latitude\",\"longitude\"\n\
            1,\"a\",\"2026-01-26 15:57:02\",53.4,-2.9\n\
            2,\"b\",\"2026-01-26 15:57:02\",53.4,-2.9\n\
            3,\"b\",\"2026-01-26 15:59:02\",53.5,-2.9\n";
        assert_eq!(minutes(&since_first(csv(text).unwrap())), [0, 2]);
    }

    #[test]
    fn a_json_of_wkt_points_is_longitude_first() {
        let text = r#"[{"point":"POINT(11.5 48.1)","time":"2014-09-10 06:54:07+0200"}]"#;
        let recorded = json(text).unwrap();
        assert_eq!(recorded[0].place, Place::new(48.1, 11.5));
        assert_eq!(
            recorded[0].at.unwrap().to_rfc3339(),
            "2014-09-10T04:54:07+00:00"
        );
    }

    #[test]
    fn a_stay_of_three_minutes_is_a_halt() {
        let home = Place::new(53.4, -2.9);
        let point = |minute, east| TrackPoint {
            after: TimeDelta::minutes(minute),
            place: home.moved(east, 0.0),
        };
        let points = [
            point(0, 0.0),
            point(2, 500.0),
            point(4, 510.0),
            point(6, 505.0),
            point(8, 900.0),
        ];
        let halts = halts(&points);
        assert_eq!(halts.len(), 1);
        assert!(halts[0].distance_m(home.moved(500.0, 0.0)) < 1.0);
    }

    #[test]
    fn what_is_no_track_says_why() {
        let error = csv("a,b\n1,2\n").map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "the head line has no timestamp");
    }
}
