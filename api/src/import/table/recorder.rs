//! What OwnTracks' Recorder keeps: a line a message, `ISO time ⇥ mark ⇥ JSON payload`
//! (<https://owntracks.org/booklet/clients/recorder/>). The payload's fields are the cells.

use std::io::{BufRead, BufReader, Read};

use serde_json::{Map, Value};

use super::{Cells, Rows, TableError, clean};

/// The fields of a message that tell where somebody was.
const FIELDS: [&str; 10] = [
    "_type", "topic", "tst", "lat", "lon", "acc", "alt", "vel", "cog", "batt",
];
/// The column with the line of which nothing could be read.
const LINE: &str = "line";
/// The most of such a line that is kept.
const LONGEST: usize = 200;

pub(super) fn read(file: impl Read + Send + 'static) -> (Vec<String>, Rows) {
    let header = FIELDS.into_iter().chain([LINE]).map(str::to_owned);
    let lines = BufReader::new(file).split(b'\n').zip(1..);
    let rows = lines.map(|(line, number)| {
        let values = cells(&String::from_utf8_lossy(&line?));
        let line = number;
        Ok::<_, TableError>(Cells { line, values })
    });
    (header.collect(), Box::new(rows))
}

fn cells(line: &str) -> Vec<String> {
    let payload = line.splitn(3, '\t').nth(2).unwrap_or_default();
    let Ok(message) = serde_json::from_str::<Map<String, Value>>(payload.trim()) else {
        let mut values = vec![String::new(); FIELDS.len()];
        values.push(clean(&line.chars().take(LONGEST).collect::<String>()));
        return values;
    };
    let cell = |name: &str| match message.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => clean(text),
        Some(other) => other.to_string(),
    };
    FIELDS.into_iter().map(cell).collect()
}
