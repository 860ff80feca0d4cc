//! Messages of OwnTracks, sealed and plain, and requests of OsmAnd's protocol: the first byte says
//! which.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else {
        return;
    };
    match kind % 4 {
        0 => ingest::phones::fuzzing::owntracks(body, kind & 4 != 0),
        1 => ingest::phones::fuzzing::osmand_query(body),
        2 => ingest::phones::fuzzing::osmand_form(body),
        _ => ingest::phones::fuzzing::osmand_document(body),
    }
});
