//! A JSON list of `{"point": "POINT(lon lat)", "time": "2014-09-10 06:54:07+0200"}`.

use anyhow::Context;
use serde::Deserialize;

use super::{Fix, Recording, instant, number};

#[derive(Deserialize)]
struct Entry {
    point: String,
    time: String,
}

pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Recording> {
    let entries: Vec<Entry> = serde_json::from_slice(bytes)?;
    let mut recording = Recording::default();
    for (entry, number) in entries.iter().zip(1..) {
        recording.add(number, fix(entry));
    }
    Ok(recording)
}

fn fix(entry: &Entry) -> anyhow::Result<Fix> {
    let inner = entry.point.strip_prefix("POINT(");
    let (longitude, latitude) = inner
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|inner| inner.trim().split_once(' '))
        .with_context(|| format!("{:?} is not POINT(lon lat)", entry.point))?;
    Ok(Fix {
        at: Some(instant(&entry.time)?),
        latitude: number(latitude)?,
        longitude: number(longitude)?,
        ..Fix::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_wkt_is_longitude_first() {
        let text = r#"[{"point":"POINT(11.5 48.1)","time":"2014-09-10 06:54:07+0200"},
            {"point":"48.1 11.5","time":"2014-09-10 06:54:07+0200"}]"#;
        let recording = read(text.as_bytes()).unwrap();
        let fix = &recording.fixes[0];
        assert_eq!((fix.latitude, fix.longitude), (48.1, 11.5));
        assert_eq!(fix.at.unwrap().to_rfc3339(), "2014-09-10T04:54:07+00:00");
        assert_eq!(recording.refused[0].line, 2);
    }
}
