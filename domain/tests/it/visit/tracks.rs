//! The real tracks in `tests/data/gps`, read as check-ins of one device.

use std::path::Path;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use domain::position::Position;
use domain::visit::{Fix, Kind};

use super::scene::{Name, name};

pub(super) type Reading = (DateTime<Utc>, Position);

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/gps")
        .join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn position(latitude: &str, longitude: &str) -> Position {
    let degrees = |text: &str| text.trim().parse::<f64>().expect("degrees");
    Position::new(degrees(latitude), degrees(longitude)).expect("a position")
}

/// The readings of one bus.
pub(super) fn bus(vehicle: &str) -> Vec<Reading> {
    let text = read("liverpool-buses.csv");
    let rows = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[1].trim_matches('"') == vehicle)
        .map(|row| {
            let clock = row[3].trim_matches('"');
            let at = NaiveDateTime::parse_from_str(clock, "%Y-%m-%d %H:%M:%S").expect("a time");
            (at.and_utc(), position(row[4], row[5]))
        })
        .collect()
}

/// All the buses, by number.
pub(super) fn buses() -> Vec<String> {
    let text = read("liverpool-buses.csv");
    let numbers = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1));
    let mut buses: Vec<String> = numbers
        .map(|bus| bus.trim_matches('"').to_owned())
        .collect();
    buses.sort();
    buses.dedup();
    buses
}

/// The drive through Munich.
pub(super) fn drive() -> Vec<Reading> {
    let rows: serde_json::Value = serde_json::from_str(&read("munich-drive.json")).expect("JSON");
    let rows = rows.as_array().expect("a list");
    rows.iter()
        .map(|row| {
            let clock = row["time"].as_str().expect("a time");
            let at = DateTime::parse_from_str(clock, "%Y-%m-%d %H:%M:%S%z").expect("a time");
            let point = row["point"].as_str().expect("a point");
            let (longitude, latitude) = point
                .trim_start_matches("POINT(")
                .trim_end_matches(')')
                .split_once(' ')
                .expect("two numbers");
            (at.to_utc(), position(latitude, longitude))
        })
        .collect()
}

/// The points of a GPX file. Where they have no time, a second passes between two.
fn gpx(file: &str) -> Vec<(Option<DateTime<Utc>>, Position)> {
    let text = read(file);
    let points = text.split("<trkpt ").skip(1);
    points
        .map(|point| {
            let attribute = |name: &str| {
                let (_, rest) = point
                    .split_once(&format!("{name}=\""))
                    .expect("an attribute");
                rest.split_once('"').expect("its end").0
            };
            let (point, _) = point.split_once("</trkpt>").expect("the end of a point");
            let clock = point
                .split_once("<time>")
                .and_then(|(_, rest)| rest.split_once("</time>"));
            let at = clock.map(|(clock, _)| clock.parse::<DateTime<Utc>>().expect("a time"));
            (at, position(attribute("lat"), attribute("lon")))
        })
        .collect()
}

/// The hike: its second track, the first one has no times.
pub(super) fn hike() -> Vec<Reading> {
    gpx("hike-korita.gpx")
        .into_iter()
        .filter_map(|(at, position)| Some((at?, position)))
        .collect()
}

/// The ride through Denver at a point a second.
pub(super) fn ride() -> Vec<Reading> {
    let start = DateTime::from_timestamp(1_312_984_332, 0).expect("an instant");
    let points = gpx("denver.gpx").into_iter().zip(0..);
    points
        .map(|((_, position), second)| (start + TimeDelta::seconds(second), position))
        .collect()
}

/// A reading as a phone reports it that states no accuracy.
pub(super) fn fix((recorded_at, position): Reading) -> Fix<Name> {
    Fix {
        recorded_at,
        kind: Kind::Trail,
        device: name("a"),
        customer: None,
        position: Some(position),
        accuracy_m: None,
        decision: None,
    }
}
