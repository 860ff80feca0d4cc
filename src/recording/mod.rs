//! Recorded tracks in files of other programs: GPX, CSV of Traccar or with a head line of its own,
//! OwnTracks' `.rec`, and JSON with WKT points.

mod gpx;
mod json;
mod rec;
mod table;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDateTime, Utc};

/// A fix as the file has it; what is absent is unknown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fix {
    /// Who moved, where the file tells several apart.
    pub(crate) who: Option<String>,
    pub(crate) at: Option<DateTime<Utc>>,
    /// Degrees, WGS-84.
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) accuracy_m: Option<f64>,
    pub(crate) altitude_m: Option<f64>,
    pub(crate) speed_mps: Option<f64>,
    pub(crate) heading_deg: Option<f64>,
}

/// A line that is no fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) reason: String,
}

/// What a file holds, in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Recording {
    pub(crate) fixes: Vec<Fix>,
    pub(crate) refused: Vec<Refused>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Gpx,
    /// CSV with a head line.
    Table,
    /// OwnTracks' own.
    Rec,
    /// A list of WKT points.
    Json,
}

impl Format {
    /// By a file's ending.
    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_string_lossy().to_lowercase();
        match ending.as_str() {
            "gpx" => Some(Self::Gpx),
            "csv" => Some(Self::Table),
            "rec" => Some(Self::Rec),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Reads what a file holds.
    pub(crate) fn read(self, bytes: &[u8]) -> anyhow::Result<Recording> {
        match self {
            Self::Gpx => gpx::read(bytes),
            Self::Table => table::read(bytes),
            Self::Rec => Ok(rec::read(bytes)),
            Self::Json => json::read(bytes),
        }
    }
}

/// Reads a file; its ending says what it is.
pub(crate) fn read(path: &Path) -> anyhow::Result<Recording> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("{shown} cannot be read"))?;
    let format = Format::of(path);
    let format =
        format.with_context(|| format!("{shown} is none of .gpx, .csv, .rec and .json"))?;
    let recording = format.read(&bytes);
    recording.with_context(|| format!("{shown} is not a track"))
}

impl Recording {
    /// Takes a fix, or notes why a line is none.
    fn add(&mut self, line: usize, fix: anyhow::Result<Fix>) {
        match fix.and_then(Fix::checked) {
            Ok(fix) => self.fixes.push(fix),
            Err(error) => self.refused.push(Refused {
                line,
                reason: format!("{error:#}"),
            }),
        }
    }

    /// Who moved, and how many fixes each has.
    pub(crate) fn whose(&self) -> BTreeMap<&str, usize> {
        let mut whose = BTreeMap::new();
        for fix in &self.fixes {
            *whose
                .entry(fix.who.as_deref().unwrap_or_default())
                .or_default() += 1;
        }
        whose
    }
}

impl Fix {
    fn checked(self) -> anyhow::Result<Self> {
        let is_place =
            (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude);
        if !is_place {
            bail!(
                "{}, {} is no place on the Earth",
                self.latitude,
                self.longitude
            );
        }
        Ok(self)
    }
}

/// An instant with its offset, or without one in UTC.
fn instant(text: &str) -> anyhow::Result<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%.f%z"] {
        if let Ok(instant) = DateTime::parse_from_str(text, form) {
            return Ok(instant.to_utc());
        }
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"] {
        if let Ok(instant) = NaiveDateTime::parse_from_str(text, form) {
            return Ok(instant.and_utc());
        }
    }
    bail!("{text:?} is not a time")
}

fn number(text: &str) -> anyhow::Result<f64> {
    let number: f64 = text
        .trim()
        .parse()
        .with_context(|| format!("{text:?} is not a number"))?;
    if !number.is_finite() {
        bail!("{text:?} is not a number");
    }
    Ok(number)
}
