//! Files of every kind read as tables.

use std::io::Write;

use encoding_rs::GB18030;
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

fn read_json(text: &str) -> Result<(Vec<String>, Vec<Cells>), TableError> {
    let table = Table::of_text(text)?;
    let header = table.header().to_vec();
    Ok((header, table.collect::<Result<_, _>>()?))
}

#[rstest]
#[case::a_list(r#"[{"a":1,"b":" x "},{"c":true,"a":null},{"d":{"e":[1]}}]"#)]
#[case::wecoms(
    r#"{"errcode":0,"checkindata":[{"a":1,"b":" x "},{"c":true},{"d":{"e":[1]}}],"errmsg":"ok"}"#
)]
fn objects_are_rows_whatever_fields_they_have(#[case] text: &str) {
    let (header, rows) = read_json(text).unwrap();
    assert_eq!(header, ["a", "b", "c", "d"]);
    let values: Vec<_> = rows.iter().map(|row| row.values.join("|")).collect();
    assert_eq!(values, ["1|x||", "||true|", r#"|||{"e":[1]}"#]);
    assert_eq!(rows[2].line, 3);
}

#[test]
fn features_are_rows_with_a_geometry() {
    let text = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[1,2]}},
        {"type":"Feature","properties":null,"geometry":null}]}"#;
    let (header, rows) = read_json(text).unwrap();
    assert_eq!(header, ["geojson", "name"]);
    assert_eq!(rows.len(), 1, "one without anything is an empty line");
    let geometry: serde_json::Value = serde_json::from_str(&rows[0].values[0]).unwrap();
    assert_eq!(geometry["coordinates"], serde_json::json!([1, 2]));
}

#[rstest]
#[case("{}", "it has no features or checkindata")]
#[case(r#"{"features":{}}"#, "expected a list of objects")]
#[case("[1]", "expected a map")]
#[case("[{}", "EOF")]
#[case("[] []", "trailing")]
fn what_is_no_list_is_said_to_be_none(#[case] text: &str, #[case] why: &str) {
    let error = read_json(text).err().unwrap().to_string();
    assert!(error.contains(why), "{error}");
}

#[test]
fn a_reader_of_its_own_thread_stops_when_nobody_listens() {
    let rows = vec![r#"{"a":1}"#; 20_000].join(",");
    let mut table = Table::of_text(&format!("[{rows}]")).unwrap();
    assert_eq!(table.next().unwrap().unwrap().values, ["1"]);
    drop(table);
}

#[test]
fn how_far_a_file_is_read_is_told_in_bytes() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "a,b").unwrap();
    for _ in 0..100_000 {
        writeln!(file, "1,2").unwrap();
    }
    let mut table = Table::open(file.path()).unwrap();
    let total = table.progress().total();
    assert_eq!(total, 400_004);
    table.next().unwrap().unwrap();
    assert!(table.progress().done() < total / 2);
    assert_eq!(table.by_ref().count(), 99_999);
    assert_eq!(table.progress().done(), total);
}
