//! A file as a table, read row by row: CSV in UTF-8 or GB18030, the first sheet of an Excel
//! workbook, the features of GeoJSON, a list of JSON objects, or the points of a recorded track.

mod csv;
mod gpx;
mod json;
mod recorder;
mod sheet;
mod source;

use std::fs::File;
use std::io;
use std::path::Path;

pub use source::Progress;

use source::Counted;

/// Why a file is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is no CSV.
    #[error("it is no CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// It is no workbook.
    #[error("it is no Excel workbook: {0}")]
    Excel(#[from] calamine::XlsxError),
    /// It is neither a collection of features nor a list of objects.
    #[error("it is neither a GeoJSON FeatureCollection nor a list of JSON objects: {0}")]
    Json(#[from] serde_json::Error),
    /// It is no GPX.
    #[error("it is no GPX: {0}")]
    Gpx(#[from] ::gpx::errors::GpxError),
    /// It is empty.
    #[error("it has no header line")]
    Empty,
}

/// One row, with the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The line in the file, from 1; of JSON the number of the feature or object, of GPX of the
    /// point.
    pub line: u64,
    /// The cells, in the order of the columns; a short row has fewer.
    pub values: Vec<String>,
}

type Rows = Box<dyn Iterator<Item = Result<Cells, TableError>> + Send>;

/// A table, of which no more is in memory than what is being read.
pub struct Table {
    header: Vec<String>,
    rows: Rows,
    progress: Progress,
}

impl Table {
    /// Opens a file. `.xlsx` is a workbook, `.geojson` and `.json` are JSON, `.gpx` and OwnTracks'
    /// `.rec` are tracks, anything else is CSV with commas, semicolons or tabs: in the encoding that its byte order mark says, else in
    /// UTF-8 if all of it is that, else in GB18030, of which GBK and GB2312 are parts.
    pub fn open(file: &Path) -> Result<Self, TableError> {
        let ending = file.extension().unwrap_or_default().to_ascii_lowercase();
        let progress = Progress::of(file)?;
        let read = || -> io::Result<Counted<File>> { Ok(progress.count(File::open(file)?)) };
        let (header, rows) = match ending.to_str() {
            Some("xlsx") => sheet::read(read()?)?,
            Some("geojson" | "json") => json::read(File::open(file)?, read()?)?,
            Some("gpx") => gpx::read(read()?)?,
            Some("rec") => recorder::read(read()?),
            _ => csv::read_encoded(&|| File::open(file), read()?)?,
        };
        Ok(Self {
            header,
            rows,
            progress,
        })
    }

    /// Reads a text that is there: JSON or GPX if it begins like that, else CSV.
    pub fn of_text(text: &str) -> Result<Self, TableError> {
        let text = text.trim_start_matches('\u{feff}');
        let progress = Progress::default();
        let bytes = || io::Cursor::new(text.to_owned().into_bytes());
        let (header, rows) = match text.trim_start().chars().next() {
            Some('{' | '[') => json::read(bytes(), bytes())?,
            Some('<') => gpx::read(bytes())?,
            _ => csv::read(csv::delimiter(bytes())?, bytes())?,
        };
        Ok(Self {
            header,
            rows,
            progress,
        })
    }

    /// What the columns are called.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How far the file has been read.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl Iterator for Table {
    type Item = Result<Cells, TableError>;

    /// The next row that is not empty.
    fn next(&mut self) -> Option<Self::Item> {
        let is_empty = |cells: &Cells| cells.values.iter().all(String::is_empty);
        self.rows
            .find(|row| row.as_ref().map_or(true, |cells| !is_empty(cells)))
    }
}

/// Without the spaces around it and what no text of the database may have.
fn clean(cell: &str) -> String {
    cell.replace('\0', "").trim().to_owned()
}

#[cfg(test)]
mod tests;
