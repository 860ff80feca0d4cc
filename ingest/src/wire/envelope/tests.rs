//! No bytes break the reading.

use proptest::prelude::*;

use super::*;

/// A batch that is nearly right: good bytes, some of them changed.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let good = br#"{"checkIns":[{"id":"a","kind":"TRAIL","recordedAt":"2026-11-23T08:15:02.250+08:00",
        "latitude":31.2304,"longitude":121.4737,"datum":"GCJ02","accuracyM":12.0,"mock":false},
        {"id":"\u00e4","kind":"ARRIVE","recordedAt":"2026-11-23T08:15:02Z","customerId":"x","note":null}]}"#;
    let change = (0..good.len(), any::<u8>());
    prop::collection::vec(change, 0..6).prop_map(move |changes| {
        let mut bytes = good.to_vec();
        for (place, byte) in changes {
            bytes[place] = byte;
        }
        bytes
    })
}

#[test]
fn a_bare_array_is_told_where_it_belongs() {
    let body = Bytes::from_static(b" [{\"id\":\"a\"}]");
    let refused = points(&body, Format::Json).expect_err("it is not the envelope");
    assert!(format!("{refused:?}").contains("it is an array"));
}

proptest! {
    #[test]
    fn a_spoilt_batch_is_refused_or_gives_each_point(bytes in spoilt()) {
        let body = Bytes::from(bytes);
        if let Ok(points) = points(&body, Format::Json) {
            for point in points {
                prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&point.raw).is_ok());
            }
        }
    }

    #[test]
    fn any_lines_give_a_point_each(lines in prop::collection::vec("\\PC{0,40}", 0..20)) {
        let body = Bytes::from(lines.join("\n"));
        let wanted = lines.iter().filter(|line| !line.as_bytes().trim_ascii().is_empty()).count();
        let points = points(&body, Format::Lines);
        prop_assert_eq!(points.map(|points| points.len()), Ok(wanted));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let body = Bytes::from(bytes);
        let _json = points(&body, Format::Json);
        let _lines = points(&body, Format::Lines);
    }
}

#[test]
fn brackets_in_texts_do_not_nest() {
    let many = "[".repeat(100);
    assert!(!is_too_deep(format!(r#"{{"a":"\"{many}"}}"#).as_bytes()));
    assert!(is_too_deep(format!(r#"{{"a":"\\"{many}}}"#).as_bytes()));
    assert!(!is_too_deep("[]".repeat(100).as_bytes()));
}
