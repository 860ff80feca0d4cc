//! GPX 1.0 and 1.1 (<https://www.topografix.com/GPX/1/1/>): the points of all tracks are rows, under
//! the hub's own labels. A file is read whole.

use std::io::{BufReader, Read};

use super::{Cells, Rows, TableError};

const HEADER: [&str; 6] = [
    "kind",
    "recordedAt",
    "latitude",
    "longitude",
    "altitudeM",
    "speedMps",
];

pub(super) fn read(file: impl Read) -> Result<(Vec<String>, Rows), TableError> {
    let document = gpx::read(BufReader::new(file))?;
    let segments = document.tracks.into_iter().flat_map(|track| track.segments);
    let points = segments.flat_map(|segment| segment.points).zip(1..);
    let rows = points.map(|(point, line)| {
        let time = point.time.and_then(|time| time.format().ok());
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let values = vec![
            "TRAIL".to_owned(),
            time.unwrap_or_default(),
            point.point().y().to_string(),
            point.point().x().to_string(),
            number(point.elevation),
            number(point.speed),
        ];
        Ok(Cells { line, values })
    });
    let header = HEADER.map(str::to_owned).to_vec();
    Ok((header, Box::new(rows.collect::<Vec<_>>().into_iter())))
}
