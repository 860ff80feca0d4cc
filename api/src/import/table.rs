//! A file as a table: CSV in UTF-8 or GB18030, the first sheet of an Excel workbook, or the features
//! of GeoJSON.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use encoding_rs::{GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use serde::Deserialize;
use serde_json::Value as Json;

/// Why a file is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is no CSV.
    #[error("it is no CSV: {0}")]
    Csv(#[from] csv::Error),
    /// It is no workbook.
    #[error("it is no Excel workbook: {0}")]
    Excel(#[from] calamine::XlsxError),
    /// It is no collection of features.
    #[error("it is no GeoJSON FeatureCollection: {0}")]
    Geojson(#[from] serde_json::Error),
    /// It is empty.
    #[error("it has no header line")]
    Empty,
}

/// One row, with the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The line in the file, from 1.
    pub line: u64,
    /// The cells, in the order of the columns; a short row has fewer.
    pub values: Vec<String>,
}

type Text = Box<dyn Read + Send>;

/// A table, read row by row.
pub struct Table {
    header: Vec<String>,
    rows: Rows,
}

enum Rows {
    Csv(Box<csv::Reader<Text>>),
    Sheet(std::vec::IntoIter<Cells>),
}

impl Table {
    /// Opens a file. `.xlsx` is a workbook, `.geojson` and `.json` are features, anything else is CSV with commas, semicolons or tabs: in
    /// the encoding that its byte order mark says, else in UTF-8 if all of it is that, else in
    /// GB18030, of which GBK and GB2312 are parts.
    pub fn open(file: &Path) -> Result<Self, TableError> {
        let is_workbook = file
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
        if is_workbook {
            return Self::of_workbook(file);
        }
        let is_geojson = file.extension().is_some_and(|ending| {
            ending.eq_ignore_ascii_case("geojson") || ending.eq_ignore_ascii_case("json")
        });
        if is_geojson {
            return Self::of_collection(serde_json::from_reader(BufReader::new(File::open(
                file,
            )?))?);
        }
        let encoding = match is_utf8(BufReader::new(File::open(file)?))? {
            true => UTF_8,
            false => GB18030,
        };
        let decoded = || -> io::Result<Text> {
            let mut builder = DecodeReaderBytesBuilder::new();
            builder.encoding(Some(encoding)).bom_override(true);
            Ok(Box::new(builder.build(BufReader::new(File::open(file)?))))
        };
        Self::of_csv(delimiter(decoded()?)?, decoded()?)
    }

    /// Reads a text that is there: GeoJSON if it begins like that, else CSV.
    pub fn of_text(text: &str) -> Result<Self, TableError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') {
            return Self::of_collection(serde_json::from_str(text)?);
        }
        let bytes = io::Cursor::new(text.to_owned().into_bytes());
        Self::of_csv(delimiter(text.as_bytes())?, Box::new(bytes))
    }

    fn of_csv(delimiter: u8, text: Text) -> Result<Self, TableError> {
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(text);
        let header: Vec<String> = rows.headers()?.iter().map(clean).collect();
        if header.iter().all(String::is_empty) {
            return Err(TableError::Empty);
        }
        Ok(Self {
            header,
            rows: Rows::Csv(Box::new(rows)),
        })
    }

    fn of_workbook(file: &Path) -> Result<Self, TableError> {
        let mut workbook: Xlsx<_> = open_workbook(file)?;
        let sheet = workbook.worksheet_range_at(0).ok_or(TableError::Empty)??;
        let (first, _) = sheet.start().ok_or(TableError::Empty)?;
        let mut rows = sheet.rows().zip(u64::from(first) + 1..);
        let (header, _) = rows.next().ok_or(TableError::Empty)?;
        let header: Vec<String> = header.iter().map(text).collect();
        let rows: Vec<Cells> = rows
            .map(|(cells, line)| Cells {
                line,
                values: cells.iter().map(text).collect(),
            })
            .collect();
        Ok(Self {
            header,
            rows: Rows::Sheet(rows.into_iter()),
        })
    }

    /// A feature is a row, its number stands for the line; its properties are cells, and its
    /// geometry is the cell `geojson`.
    fn of_collection(read: Collection) -> Result<Self, TableError> {
        let mut header: Vec<String> = vec!["geojson".to_owned()];
        for feature in &read.features {
            for name in feature
                .properties
                .iter()
                .flat_map(|properties| properties.keys())
            {
                if !header.contains(name) {
                    header.push(name.clone());
                }
            }
        }
        let cells = |feature: &Feature, name: &String| match name.as_str() {
            "geojson" => feature.geometry.to_string(),
            name => match feature.properties.as_ref().and_then(|all| all.get(name)) {
                None | Some(Json::Null) => String::new(),
                Some(Json::String(text)) => clean(text),
                Some(other) => other.to_string(),
            },
        };
        let rows: Vec<Cells> = read
            .features
            .iter()
            .zip(1..)
            .map(|(feature, line)| Cells {
                line,
                values: header.iter().map(|name| cells(feature, name)).collect(),
            })
            .collect();
        Ok(Self {
            header,
            rows: Rows::Sheet(rows.into_iter()),
        })
    }

    /// What the columns are called.
    pub fn header(&self) -> &[String] {
        &self.header
    }
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Json,
    properties: Option<serde_json::Map<String, Json>>,
}

impl Iterator for Table {
    type Item = Result<Cells, TableError>;

    /// The next row that is not empty.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let cells = match &mut self.rows {
                Rows::Sheet(rows) => rows.next()?,
                Rows::Csv(reader) => {
                    let mut record = csv::StringRecord::new();
                    match reader.read_record(&mut record) {
                        Ok(false) => return None,
                        Ok(true) => Cells {
                            line: record.position().map_or(0, csv::Position::line),
                            values: record.iter().map(clean).collect(),
                        },
                        Err(error) => return Some(Err(error.into())),
                    }
                }
            };
            if cells.values.iter().any(|value| !value.is_empty()) {
                return Some(Ok(cells));
            }
        }
    }
}

/// Without the spaces around it and what no text of the database may have.
fn clean(cell: &str) -> String {
    cell.replace('\0', "").trim().to_owned()
}

/// A cell of a workbook as people see it; whole numbers without a fraction.
fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::DateTime(time) => match time.as_datetime() {
            Some(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
            None => String::new(),
        },
        other => clean(&other.to_string()),
    }
}

/// Whether all of a file is UTF-8, or says by its byte order mark what it is.
fn is_utf8(mut file: impl Read) -> io::Result<bool> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let (mut bytes, mut text) = (vec![0; 64 << 10], String::with_capacity(256 << 10));
    let mut is_first = true;
    loop {
        let read = file.read(&mut bytes)?;
        let piece = &bytes[..read];
        if is_first && (piece.starts_with(b"\xff\xfe") || piece.starts_with(b"\xfe\xff")) {
            return Ok(true);
        }
        is_first = false;
        text.clear();
        let (result, _) = decoder.decode_to_string_without_replacement(piece, &mut text, read == 0);
        match result {
            encoding_rs::DecoderResult::Malformed(..) => return Ok(false),
            _ if read == 0 => return Ok(true),
            _ => {}
        }
    }
}

/// What separates the cells: whichever of these stands most often in the first line.
fn delimiter(text: impl Read) -> io::Result<u8> {
    let mut begin = Vec::new();
    text.take(16 << 10).read_to_end(&mut begin)?;
    let line = begin
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    let best = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|one| count(*one));
    Ok(best.unwrap_or(b','))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rstest::rstest;

    use super::*;

    fn read(bytes: &[u8]) -> (Vec<String>, Vec<Cells>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let table = Table::open(file.path()).unwrap();
        let header = table.header().to_vec();
        (header, table.collect::<Result<_, _>>().unwrap())
    }

    #[rstest]
    #[case::utf8("名称,市\n永辉超市,上海\n".as_bytes().to_vec())]
    #[case::with_a_mark("\u{feff}名称,市\r\n永辉超市,上海".as_bytes().to_vec())]
    #[case::gbk(GB18030.encode("名称,市\n永辉超市,上海\n").0.into_owned())]
    #[case::semicolons("名称;市\n永辉超市;上海\n".as_bytes().to_vec())]
    #[case::tabs("名称\t市\n\n永辉超市\t 上海 \n".as_bytes().to_vec())]
    fn a_table_is_read_in_its_own_encoding(#[case] bytes: Vec<u8>) {
        let (header, rows) = read(&bytes);
        assert_eq!(header, ["名称", "市"]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].values, ["永辉超市", "上海"]);
    }

    #[test]
    fn quoted_lines_are_counted_where_they_stand() {
        let (_, rows) = read(b"a,b\n\"one\ntwo\",2\n3\n");
        assert_eq!((rows[0].line, rows[1].line), (2, 4));
        assert_eq!(rows[1].values, ["3"]);
    }

    #[test]
    fn an_empty_file_is_no_table() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(Table::open(file.path()), Err(TableError::Empty)));
    }

    #[test]
    fn a_workbook_says_what_people_see() {
        let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let time = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-11-29T08:15:00").unwrap();
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        for (column, label) in ["code", "city", "latitude", "seen", "open"]
            .iter()
            .enumerate()
        {
            sheet.write(0, column as u16, *label).unwrap();
        }
        sheet.write(2, 0, 1_234_567).unwrap();
        sheet.write(2, 1, " 上海 ").unwrap();
        sheet.write(2, 2, 31.25).unwrap();
        sheet
            .write_datetime_with_format(2, 3, &time, &format)
            .unwrap();
        sheet.write(2, 4, true).unwrap();
        book.save(file.path()).unwrap();

        let table = Table::open(file.path()).unwrap();
        let rows: Vec<Cells> = table.collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 1, "an empty line is none");
        assert_eq!(rows[0].line, 3);
        let seen = ["1234567", "上海", "31.25", "2026-11-29 08:15:00", "true"];
        assert_eq!(rows[0].values, seen);
    }

    #[test]
    fn what_is_no_workbook_is_said_to_be_none() {
        let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
        std::fs::write(file.path(), "code,name").unwrap();
        assert!(matches!(
            Table::open(file.path()),
            Err(TableError::Excel(_))
        ));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            for ending in [".csv", ".geojson", ".xlsx"] {
                let file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
                std::fs::write(file.path(), &bytes).unwrap();
                if let Ok(table) = Table::open(file.path()) {
                    table.count();
                }
            }
        }
    }
}
