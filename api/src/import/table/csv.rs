//! Tables of comma-, semicolon- or tab-separated values.

use std::io::{self, BufReader, Read};

use csv::{Position, ReaderBuilder, StringRecord};
use encoding_rs::{DecoderResult, GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Cells, Rows, TableError, clean};

/// How much of a file tells what separates its cells.
const BEGINNING: u64 = 16 << 10;

/// Reads a file in its own encoding. `open` looks into it as often as it takes to find out which.
pub(super) fn read_encoded<R: Read>(
    open: &dyn Fn() -> io::Result<R>,
    file: impl Read + Send + 'static,
) -> Result<(Vec<String>, Rows), TableError> {
    let encoding = match is_utf8(BufReader::new(open()?))? {
        true => UTF_8,
        false => GB18030,
    };
    let mut decoder = DecodeReaderBytesBuilder::new();
    decoder.encoding(Some(encoding)).bom_override(true);
    let delimiter = delimiter(decoder.build(open()?))?;
    read(delimiter, decoder.build(file))
}

pub(super) fn read(
    delimiter: u8,
    text: impl Read + Send + 'static,
) -> Result<(Vec<String>, Rows), TableError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text);
    let header: Vec<String> = reader.headers()?.iter().map(clean).collect();
    if header.iter().all(String::is_empty) {
        return Err(TableError::Empty);
    }
    let cells = |record: StringRecord| Cells {
        line: record.position().map_or(0, Position::line),
        values: record.iter().map(clean).collect(),
    };
    let rows = reader.into_records();
    let rows = rows.map(move |record| Ok(record.map(cells)?));
    Ok((header, Box::new(rows)))
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
            DecoderResult::Malformed(..) => return Ok(false),
            _ if read == 0 => return Ok(true),
            _ => {}
        }
    }
}

/// What separates the cells: whichever of these stands most often in the first line.
pub(super) fn delimiter(text: impl Read) -> io::Result<u8> {
    let mut begin = Vec::new();
    text.take(BEGINNING).read_to_end(&mut begin)?;
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
