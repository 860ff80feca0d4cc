//! CSV with a head line: Traccar's export of positions, whose speed is in knots, or any with
//! `timestamp`, `latitude` and `longitude` and, when several moved, `vehicle_id`. Times without an
//! offset are UTC.

use anyhow::Context;
use csv::{ReaderBuilder, StringRecord};

use super::{Fix, Recording, instant, number};

/// Metres a second of one knot.
const KNOT: f64 = 1852.0 / 3600.0;

/// Where in a line what is told.
struct Columns {
    who: Option<usize>,
    at: usize,
    latitude: usize,
    longitude: usize,
    accuracy: Option<usize>,
    altitude: Option<usize>,
    speed: Option<usize>,
    heading: Option<usize>,
    valid: Option<usize>,
    /// Metres a second of one unit of speed.
    unit: f64,
}

impl Columns {
    fn of(head: &StringRecord) -> anyhow::Result<Self> {
        let find = |names: &[&str]| {
            let is_one = |cell: &str| names.contains(&cell.trim().trim_start_matches('\u{feff}'));
            head.iter().position(is_one)
        };
        let column = |names: &[&str]| {
            find(names).with_context(|| format!("the head line has no {}", names.join(" or ")))
        };
        let is_traccar = find(&["fixTime"]).is_some();
        Ok(Self {
            who: find(&["deviceId", "vehicle_id", "device"]),
            at: column(&["fixTime", "timestamp", "recordedAt"])?,
            latitude: column(&["latitude"])?,
            longitude: column(&["longitude"])?,
            accuracy: find(&["accuracy", "accuracyM"]),
            altitude: find(&["altitude", "altitudeM"]),
            speed: find(&["speed", "speedMps"]),
            heading: find(&["course", "bearing", "headingDeg"]),
            valid: find(&["valid"]),
            unit: if is_traccar { KNOT } else { 1.0 },
        })
    }

    /// The fix of a line; none if its writer says that it is not valid.
    fn fix(&self, line: &StringRecord) -> anyhow::Result<Option<Fix>> {
        let cell = |index: usize| {
            line.get(index)
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
        };
        let needed = |index: usize, name: &str| cell(index).with_context(|| format!("no {name}"));
        let optional = |index: Option<usize>| index.and_then(cell).map(number).transpose();
        let known = |index| optional(index).map(|value| value.filter(|value| *value >= 0.0));
        if self
            .valid
            .and_then(cell)
            .is_some_and(|cell| cell.eq_ignore_ascii_case("false"))
        {
            return Ok(None);
        }
        Ok(Some(Fix {
            who: self.who.and_then(cell).map(str::to_owned),
            at: Some(instant(needed(self.at, "time")?)?),
            latitude: number(needed(self.latitude, "latitude")?)?,
            longitude: number(needed(self.longitude, "longitude")?)?,
            // Traccar writes 0 where it does not know.
            accuracy_m: known(self.accuracy)?.filter(|metres| *metres > 0.0),
            altitude_m: optional(self.altitude)?,
            speed_mps: known(self.speed)?.map(|speed| speed * self.unit),
            heading_deg: known(self.heading)?,
        }))
    }
}

pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Recording> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
    let columns = Columns::of(reader.headers()?)?;
    let mut recording = Recording::default();
    for line in reader.records() {
        let line = line?;
        let number = line.position().map_or(0, csv::Position::line);
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        match columns.fix(&line) {
            Ok(None) => {}
            Ok(Some(fix)) => recording.add(number, Ok(fix)),
            Err(error) => recording.add(number, Err(error)),
        }
    }
    Ok(recording)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traccars_speed_is_in_knots_and_invalid_fixes_are_passed_over() {
        let text = "id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,latitude,longitude,altitude,speed,course,address,accuracy\n\
            1,7,osmand,2026-11-01T08:00:01Z,2026-11-01T08:00:00Z,2026-11-01T08:00:00.000+00:00,true,60.17,24.94,3.5,10,90,\"A, B\",0\n\
            2,7,osmand,,,2026-11-01 08:01:00,false,60.17,24.94,3.5,10,90,,12\n\
            3,8,osmand,,,2026-11-01 08:02:00,true,60.18,24.94,,,,,12\n\
            4,8,osmand,,,soon,true,60.18,24.94,,,,,12\n\
            5,8,osmand,,,2026-11-01 08:03:00,true,91,24.94,,,,,12\n";
        let recording = read(text.as_bytes()).unwrap();
        assert_eq!(recording.fixes.len(), 2);
        let first = &recording.fixes[0];
        assert_eq!((first.accuracy_m, first.heading_deg), (None, Some(90.0)));
        assert!((first.speed_mps.unwrap() - 5.144).abs() < 0.001);
        assert_eq!(
            recording.whose().into_iter().collect::<Vec<_>>(),
            [("7", 1), ("8", 1)]
        );
        let refused: Vec<_> = recording
            .refused
            .iter()
            .map(|r| (r.line, r.reason.as_str()))
            .collect();
        assert_eq!(
            refused,
            [
                (5, "\"soon\" is not a time"),
                (6, "91, 24.94 is no place on the Earth")
            ]
        );
    }

    #[test]
    fn what_is_no_track_says_why() {
        let error = read(b"a,b\n1,2\n").unwrap_err();
        let said = "the head line has no fixTime or timestamp or recordedAt";
        assert_eq!(error.to_string(), said);
    }
}
