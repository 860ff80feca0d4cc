//! OwnTracks Recorder's `.rec`: a line a message, `ISO time ⇥ * ⇥ JSON payload`
//! (<https://owntracks.org/booklet/clients/recorder/>). Messages that are no location are passed
//! over.

use anyhow::{Context, bail};
use chrono::DateTime;
use serde_json::Value;

use super::{Fix, Recording};

/// Metres a second of one kilometre an hour.
const KMH: f64 = 1.0 / 3.6;

pub(super) fn read(bytes: &[u8]) -> Recording {
    let mut recording = Recording::default();
    let text = String::from_utf8_lossy(bytes);
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        match fix(line) {
            Ok(None) => {}
            Ok(Some(fix)) => recording.add(number, Ok(fix)),
            Err(error) => recording.add(number, Err(error)),
        }
    }
    recording
}

fn fix(line: &str) -> anyhow::Result<Option<Fix>> {
    let mut parts = line.splitn(3, '\t');
    let payload = parts
        .nth(2)
        .context("a line has a time, a mark and a message, separated by tabs")?;
    let message: Value = serde_json::from_str(payload.trim()).context("the message is not JSON")?;
    if message["_type"] != "location" {
        return Ok(None);
    }
    let number = |name: &str| message[name].as_f64();
    let needed = |name: &str| number(name).with_context(|| format!("the message has no {name}"));
    let tst = needed("tst")?;
    let Some(at) = DateTime::from_timestamp(tst as i64, 0) else {
        bail!("{tst} is not a time");
    };
    // owntracks/USER/DEVICE, as the recorder keeps it; else the two letters of the tracker.
    let who = message["topic"].as_str().or(message["tid"].as_str());
    let known = |name: &str| number(name).filter(|value| *value >= 0.0);
    Ok(Some(Fix {
        who: who.map(str::to_owned),
        at: Some(at),
        latitude: needed("lat")?,
        longitude: needed("lon")?,
        accuracy_m: known("acc"),
        altitude_m: number("alt"),
        speed_mps: known("vel").map(|kmh| kmh * KMH),
        heading_deg: known("cog"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_fixes_and_other_messages_are_passed_over() {
        let text = "2026-11-01T08:00:00Z\t*                 \t{\"_type\":\"location\",\"lat\":60.17,\
            \"lon\":24.94,\"tst\":1793520000,\"acc\":12,\"vel\":36,\"tid\":\"an\"}\n\
            2026-11-01T08:00:01Z\tlwt\t{\"_type\":\"lwt\",\"tst\":1}\n\n\
            2026-11-01T08:00:02Z\t*\t{\"_type\":\"location\",\"lat\":60.17}\n\
            no tabs\n";
        let recording = read(text.as_bytes());
        assert_eq!(recording.fixes.len(), 1);
        let fix = &recording.fixes[0];
        assert_eq!((fix.accuracy_m, fix.speed_mps), (Some(12.0), Some(10.0)));
        assert_eq!(fix.who.as_deref(), Some("an"));
        let lines: Vec<usize> = recording
            .refused
            .iter()
            .map(|refused| refused.line)
            .collect();
        assert_eq!(lines, [4, 5]);
    }
}
