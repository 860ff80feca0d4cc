//! Recorded tracks of other programs: the first byte says of which.

#![no_main]

#[path = "../../src/recording/mod.rs"]
#[allow(dead_code, unreachable_pub)]
mod recording;

use libfuzzer_sys::fuzz_target;

const FORMATS: [recording::Format; 4] = [
    recording::Format::Gpx,
    recording::Format::Table,
    recording::Format::Rec,
    recording::Format::Json,
];

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    let format = FORMATS[usize::from(*kind) % FORMATS.len()];
    if let Ok(read) = format.read(bytes) {
        assert!(
            read.fixes
                .iter()
                .all(|fix| (-90.0..=90.0).contains(&fix.latitude))
        );
    }
});
