//! GPX 1.0 and 1.1 (<https://www.topografix.com/GPX/1/1/>): the points of all tracks.

use super::{Fix, Recording, instant};

pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Recording> {
    let document = ::gpx::read(bytes)?;
    let mut recording = Recording::default();
    let points = document
        .tracks
        .iter()
        .flat_map(|track| &track.segments)
        .flat_map(|segment| &segment.points);
    for (point, number) in points.zip(1..) {
        recording.add(number, fix(point));
    }
    Ok(recording)
}

fn fix(point: &::gpx::Waypoint) -> anyhow::Result<Fix> {
    let at = match point.time {
        Some(time) => Some(instant(&time.format()?)?),
        None => None,
    };
    Ok(Fix {
        at,
        latitude: point.point().y(),
        longitude: point.point().x(),
        altitude_m: point.elevation,
        speed_mps: point.speed,
        ..Fix::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_all_segments_are_fixes() {
        let text = r#"<?xml version="1.0"?><gpx version="1.1" creator="x"><trk>
            <trkseg><trkpt lat="39.74" lon="-104.97"><ele>1609</ele>
            <time>2020-01-01T01:00:00+01:00</time></trkpt></trkseg>
            <trkseg><trkpt lon="-104.97" lat="39.75"></trkpt></trkseg></trk></gpx>"#;
        let recording = read(text.as_bytes()).unwrap();
        assert!(recording.refused.is_empty());
        let [first, second] = recording.fixes.try_into().unwrap();
        assert_eq!(first.at.unwrap().to_rfc3339(), "2020-01-01T00:00:00+00:00");
        assert_eq!((first.latitude, first.altitude_m), (39.74, Some(1609.0)));
        assert_eq!((second.at, second.longitude), (None, -104.97));
    }

    #[test]
    fn what_is_no_gpx_is_refused() {
        for text in ["", "{}", "<gpx", "<html></html>"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
