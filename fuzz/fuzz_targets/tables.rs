//! Files of an import: tables as CSV, JSON, a workbook or a track, in any encoding; mapping files; and shapes
//! as GeoJSON or WKT. The first byte says which.

#![no_main]

use std::cell::RefCell;
use std::path::PathBuf;

use api::import::{Mapping, Source, Table, geojson_of_wkt};
use domain::geofence::Shape;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static FOLDER: RefCell<PathBuf> = RefCell::new({
        let folder = std::env::temp_dir().join(format!("fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    });
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    match kind % 9 {
        0 => text(bytes),
        1 => file(bytes, "a.csv"),
        2 => file(bytes, "a.xlsx"),
        3 => file(bytes, "a.geojson"),
        4 => {
            let text = String::from_utf8_lossy(bytes);
            Mapping::of(Source::Plain).renamed(&text).ok();
        }
        5 => {
            if let Ok(value) = serde_json::from_slice(bytes) {
                shape(&value);
            }
        }
        6 => {
            if let Ok(value) = geojson_of_wkt(&String::from_utf8_lossy(bytes)) {
                shape(&value);
            }
        }
        7 => file(bytes, "a.rec"),
        _ => file(bytes, "a.gpx"),
    }
});

/// A shape that is taken is taken again as it is given back.
fn shape(value: &serde_json::Value) {
    if let Ok(shape) = Shape::from_geojson(value) {
        assert!(Shape::from_geojson(&shape.to_geojson()).is_ok());
    }
}

fn text(bytes: &[u8]) {
    if let Ok(table) = Table::of_text(&String::from_utf8_lossy(bytes)) {
        whole(table);
    }
}

fn file(bytes: &[u8], name: &str) {
    let path = FOLDER.with_borrow(|folder| folder.join(name));
    std::fs::write(&path, bytes).expect("it is written");
    if let Ok(table) = Table::open(&path) {
        whole(table);
    }
}

/// Reads it to its end, or to its first fault.
fn whole(table: Table) {
    let columns = table.header().len();
    assert!(columns > 0);
    for row in table {
        if row.is_err() {
            return;
        }
    }
}
