//! Rows as CSV, as an Excel workbook, or as JSON Lines.

use rust_xlsxwriter::{Workbook, Worksheet};
use serde_json::{Map, Value};

use super::Fault;
use super::columns::{Column, Holds};
use crate::formula;

/// The rows of an Excel sheet, its heading included.
const MOST_ROWS: u32 = 1_048_576;
/// The characters of an Excel cell.
const LONGEST_CELL: usize = 32_767;
/// Excel keeps a number to this many digits.
const EXACT_DIGITS: usize = 15;
/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values in UTF-8 with a byte order mark, by which Excel knows it.
    Csv,
    /// An Excel workbook with one sheet.
    Xlsx,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Jsonl];

    /// Its name, which is also a file's ending.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Jsonl => "jsonl",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

/// A table being written. Of a workbook no byte is ready before the end.
pub struct Sheet {
    columns: Vec<Column>,
    names: Vec<String>,
    page: Page,
}

enum Page {
    Csv { is_begun: bool },
    Jsonl,
    Xlsx { workbook: Box<Workbook>, rows: u32 },
}

impl Sheet {
    /// An empty table.
    pub fn new(format: Format, columns: Vec<Column>) -> Result<Self, Fault> {
        let names: Vec<String> = columns.iter().map(Column::name).collect();
        let page = match format {
            Format::Csv => Page::Csv { is_begun: false },
            Format::Jsonl => Page::Jsonl,
            Format::Xlsx => {
                let mut workbook = Box::new(Workbook::new());
                let sheet = workbook.add_worksheet_with_constant_memory();
                for (column, name) in (0..).zip(&names) {
                    sheet
                        .write_string(0, column, name)
                        .map_err(Fault::internal)?;
                }
                Page::Xlsx { workbook, rows: 1 }
            }
        };
        Ok(Self {
            columns,
            names,
            page,
        })
    }

    /// Whether bytes are ready before the last row.
    pub fn flows(&self) -> bool {
        !matches!(self.page, Page::Xlsx { .. })
    }

    /// Writes rows; gives the bytes that are ready.
    pub fn write(&mut self, rows: &[Vec<Value>]) -> Result<Vec<u8>, Fault> {
        let Self {
            columns,
            names,
            page,
        } = self;
        match page {
            Page::Csv { is_begun } => {
                let mut ready = Vec::new();
                if !std::mem::replace(is_begun, true) {
                    ready.extend_from_slice("\u{feff}".as_bytes());
                    ready.extend(separated([names.as_slice()])?);
                }
                let texts = rows.iter().map(|row| {
                    let cells = columns.iter().zip(row);
                    cells.map(|(column, value)| cell(column.holds, value))
                });
                let texts: Vec<Vec<String>> = texts.map(Iterator::collect).collect();
                ready.extend(separated(texts.iter().map(Vec::as_slice))?);
                Ok(ready)
            }
            Page::Jsonl => {
                let mut ready = Vec::new();
                for row in rows {
                    let members = names.iter().cloned().zip(row.iter().cloned());
                    let object = Value::Object(members.collect::<Map<String, Value>>());
                    serde_json::to_writer(&mut ready, &object).map_err(Fault::internal)?;
                    ready.push(b'\n');
                }
                Ok(ready)
            }
            Page::Xlsx { workbook, rows: at } => {
                let sheet = workbook.worksheet_from_index(0).map_err(Fault::internal)?;
                for row in rows {
                    if *at >= MOST_ROWS {
                        return Err(Fault::bad_input(
                            "an Excel sheet ends at 1,048,576 rows: ask for CSV, or filter",
                        ));
                    }
                    write_row(sheet, *at, columns, row)?;
                    *at += 1;
                }
                Ok(Vec::new())
            }
        }
    }

    /// The rest of the bytes, after the last row.
    pub fn finish(mut self) -> Result<Vec<u8>, Fault> {
        // A table without rows still has its heading.
        let ready = self.write(&[])?;
        match self.page {
            Page::Xlsx { mut workbook, .. } => workbook.save_to_buffer().map_err(Fault::internal),
            _ => Ok(ready),
        }
    }
}

fn separated<'a>(rows: impl IntoIterator<Item = &'a [String]>) -> Result<Vec<u8>, Fault> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(Fault::internal)?;
    }
    writer.into_inner().map_err(Fault::internal)
}

fn write_row(
    sheet: &mut Worksheet,
    at: u32,
    columns: &[Column],
    row: &[Value],
) -> Result<(), Fault> {
    for (place, (column, value)) in (0..).zip(columns.iter().zip(row)) {
        let written = match (column.holds, value) {
            (_, Value::Null) => continue,
            (Holds::Truth, Value::Bool(truth)) => sheet.write_boolean(at, place, *truth),
            (Holds::Number, value) => match number(value) {
                Some(number) => sheet.write_number(at, place, number),
                None => sheet.write_string(at, place, text(value)),
            },
            (holds, value) => {
                let cell = cell(holds, value);
                if cell.chars().count() > LONGEST_CELL {
                    let name = column.name();
                    return Err(Fault::bad_input(format!(
                        "{name} has a value longer than an Excel cell may be: ask for CSV"
                    )));
                }
                sheet.write_string(at, place, cell)
            }
        };
        written.map_err(Fault::internal)?;
    }
    Ok(())
}

/// A number that Excel keeps as it is.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text)
            if text.chars().filter(char::is_ascii_digit).count() <= EXACT_DIGITS =>
        {
            text.parse().ok()
        }
        _ => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value as a cell's text, which no spreadsheet runs.
fn cell(holds: Holds, value: &Value) -> String {
    match holds {
        Holds::Text => formula::marked(text(value)),
        _ => text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_no_excel_cell_holds_is_refused_by_name() {
        let column = Column {
            path: vec!["note".to_owned()],
            holds: Holds::Text,
            parts: String::new(),
        };
        let mut sheet = Sheet::new(Format::Xlsx, vec![column]).unwrap();
        let mut write = |length| sheet.write(&[vec!["x".repeat(length).into()]]);
        assert_eq!(write(LONGEST_CELL), Ok(Vec::new()));
        let refused = write(LONGEST_CELL + 1).unwrap_err();
        assert_eq!(refused.code, "BAD_INPUT");
        assert!(
            refused.message.starts_with("note has a value longer"),
            "{refused}"
        );
    }
}
