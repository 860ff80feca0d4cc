//! Somebody's track as GPX 1.1 or GeoJSON (RFC 7946), in pieces wherever it breaks off.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::columns::Column;

/// Between fixes further apart in time nobody knows the way.
const BREAK: TimeDelta = TimeDelta::minutes(15);
/// A piece never has more fixes, so that memory is bounded.
const LONGEST_PIECE: usize = 10_000;

/// How a track is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackFormat {
    /// One `trk`, a `trkseg` a piece.
    Gpx,
    /// A feature a piece: its line, and the time of each position.
    GeoJson,
}

impl TrackFormat {
    /// The format of that name: `gpx` or `geojson`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "gpx" => Some(Self::Gpx),
            "geojson" => Some(Self::GeoJson),
            _ => None,
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Gpx => "application/gpx+xml",
            Self::GeoJson => "application/geo+json",
        }
    }
}

struct Fix {
    at: DateTime<Utc>,
    latitude: f64,
    longitude: f64,
    altitude_m: Option<f64>,
}

/// Where in a row of check-ins a fix is told.
struct Places {
    recorded_at: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
    altitude_m: Option<usize>,
}

impl Places {
    fn of(columns: &[Column]) -> Self {
        let place = |name| columns.iter().position(|column| column.name() == name);
        Self {
            recorded_at: place("recordedAt"),
            latitude: place("position.latitude"),
            longitude: place("position.longitude"),
            altitude_m: place("altitudeM"),
        }
    }

    /// The fix of a row; none where it tells of no position.
    fn fix(&self, row: &[Value]) -> Option<Fix> {
        let cell = |place: Option<usize>| row.get(place?);
        Some(Fix {
            at: cell(self.recorded_at)?.as_str()?.parse().ok()?,
            latitude: cell(self.latitude)?.as_f64()?,
            longitude: cell(self.longitude)?.as_f64()?,
            altitude_m: cell(self.altitude_m).and_then(Value::as_f64),
        })
    }
}

/// A track being written, from rows of check-ins in order of time.
pub struct TrackExport {
    format: TrackFormat,
    places: Places,
    piece: Vec<Fix>,
    is_begun: bool,
    has_pieces: bool,
}

impl TrackExport {
    /// An empty track.
    pub fn new(format: TrackFormat, columns: &[Column]) -> Self {
        Self {
            format,
            places: Places::of(columns),
            piece: Vec::new(),
            is_begun: false,
            has_pieces: false,
        }
    }

    /// Writes check-ins; gives the bytes that are ready. Those without a position are left out.
    pub fn write(&mut self, rows: &[Vec<Value>]) -> Vec<u8> {
        let mut ready = self.opening();
        for row in rows {
            let Some(fix) = self.places.fix(row) else {
                continue;
            };
            let breaks_off = self
                .piece
                .last()
                .is_some_and(|last| fix.at - last.at > BREAK);
            if breaks_off || self.piece.len() >= LONGEST_PIECE {
                self.close_piece(&mut ready);
            }
            self.piece.push(fix);
        }
        ready.into_bytes()
    }

    /// The rest of the bytes.
    pub fn finish(mut self) -> Vec<u8> {
        let mut ready = self.opening();
        self.close_piece(&mut ready);
        ready += match self.format {
            TrackFormat::Gpx => "</trk></gpx>\n",
            TrackFormat::GeoJson => "]}\n",
        };
        ready.into_bytes()
    }

    fn opening(&mut self) -> String {
        let opening = match (std::mem::replace(&mut self.is_begun, true), self.format) {
            (true, _) => "",
            (false, TrackFormat::Gpx) => {
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" \
                 creator=\"Fieldhub\" xmlns=\"http://www.topografix.com/GPX/1/1\"><trk>\n"
            }
            (false, TrackFormat::GeoJson) => "{\"type\":\"FeatureCollection\",\"features\":[\n",
        };
        opening.to_owned()
    }

    fn close_piece(&mut self, ready: &mut String) {
        let piece = std::mem::take(&mut self.piece);
        if piece.is_empty() {
            return;
        }
        match self.format {
            TrackFormat::Gpx => {
                *ready += "<trkseg>\n";
                ready.extend(piece.iter().map(point));
                *ready += "</trkseg>\n";
            }
            TrackFormat::GeoJson => {
                if self.has_pieces {
                    *ready += ",\n";
                }
                *ready += &feature(&piece).to_string();
            }
        }
        self.has_pieces = true;
    }
}

fn point(fix: &Fix) -> String {
    let Fix {
        at,
        latitude,
        longitude,
        altitude_m,
    } = fix;
    let altitude = altitude_m.map_or_else(String::new, |metres| format!("<ele>{metres}</ele>"));
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    format!("<trkpt lat=\"{latitude}\" lon=\"{longitude}\">{altitude}<time>{at}</time></trkpt>\n")
}

/// A line; of a single fix, a point.
fn feature(piece: &[Fix]) -> Value {
    let place = |fix: &Fix| match fix.altitude_m {
        Some(metres) => json!([fix.longitude, fix.latitude, metres]),
        None => json!([fix.longitude, fix.latitude]),
    };
    let geometry = match piece {
        [only] => json!({"type": "Point", "coordinates": place(only)}),
        _ => {
            let places: Vec<Value> = piece.iter().map(place).collect();
            json!({"type": "LineString", "coordinates": places})
        }
    };
    let times: Vec<DateTime<Utc>> = piece.iter().map(|fix| fix.at).collect();
    json!({"type": "Feature", "geometry": geometry, "properties": {"times": times}})
}
