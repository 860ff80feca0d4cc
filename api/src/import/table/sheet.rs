//! The first sheet of an Excel workbook. Its cells are read one by one; in memory are the texts
//! that its cells share.

use std::io::{BufReader, Read, Seek};

use calamine::{Data, Reader as _, Xlsx};

use super::source::{Sink, rows_of};
use super::{Cells, Rows, TableError, clean};

/// The most columns that a sheet has.
const MOST_COLUMNS: usize = 16_384;

pub(super) fn read(
    file: impl Read + Seek + Send + 'static,
) -> Result<(Vec<String>, Rows), TableError> {
    let workbook = Xlsx::new(BufReader::new(file))?;
    let mut rows = rows_of(|sink| hand_over(workbook, sink))?;
    let header = rows.next().ok_or(TableError::Empty)??.values;
    let width = header.len();
    let rows = rows.map(move |row| {
        row.map(|mut cells: Cells| {
            cells.values.truncate(width);
            cells
        })
    });
    Ok((header, Box::new(rows)))
}

/// Hands all rows over that have cells, the header first.
fn hand_over<R: Read + Seek>(mut workbook: Xlsx<R>, sink: &Sink) -> Result<(), TableError> {
    let Some(name) = workbook.sheet_names().into_iter().next() else {
        return Ok(());
    };
    let mut cells = workbook.worksheet_cells_reader(&name)?;
    let mut row: Option<(u32, Vec<String>)> = None;
    while let Some(cell) = cells.next_cell()? {
        let (line, column) = cell.get_position();
        let text = text(&Data::from(cell.get_value().clone()));
        if row.as_ref().is_none_or(|(known, _)| *known != line)
            && let Some((line, values)) = row.replace((line, Vec::new()))
            && !sink.put(u64::from(line) + 1, values)
        {
            return Ok(());
        }
        let column = usize::try_from(column).unwrap_or(MOST_COLUMNS);
        if let Some((_, values)) = &mut row
            && column < MOST_COLUMNS
            && !text.is_empty()
        {
            if values.len() <= column {
                values.resize(column + 1, String::new());
            }
            values[column] = text;
        }
    }
    if let Some((line, values)) = row {
        sink.put(u64::from(line) + 1, values);
    }
    Ok(())
}

/// A cell as people see it; whole numbers without a fraction.
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
