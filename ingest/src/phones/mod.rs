//! Apps that speak a format of their own: each message becomes the same point as one of
//! `POST /v1/check-ins`, and goes the same way from there.
//!
//! What is kept of a point in quarantine is the point in the hub's own form, with the message as it
//! came under `received`; so it can be released like any other.

pub mod friends;
mod key;
mod loose;
pub mod mqtt;
pub mod osmand;
mod owntracks;
mod point;
mod routes;
mod secretbox;

pub use routes::Phones;
pub(crate) use routes::{osmand_described, owntracks_described};

/// The readers of this room for `cargo fuzz`.
#[cfg(fuzzing)]
#[expect(missing_docs, reason = "each is the reader of its name")]
pub mod fuzzing {
    use axum::http::{HeaderMap, HeaderValue, Method, header};
    use bytes::Bytes;
    use chrono::DateTime;

    use super::osmand::Request;
    use super::owntracks::{self, Phone};

    pub fn owntracks(body: &[u8], is_apple: bool) {
        let body = Bytes::copy_from_slice(body);
        let opened = owntracks::open(&body, Some("open sesame"));
        let body = opened.map_or(body, Bytes::from);
        let _ = owntracks::read(&body, Phone { is_apple }, DateTime::UNIX_EPOCH);
    }

    pub fn osmand_query(query: &[u8]) {
        if let Ok(query) = std::str::from_utf8(query) {
            asked(&Method::GET, query, "text/plain", &Bytes::new());
        }
    }

    pub fn osmand_form(body: &[u8]) {
        let body = Bytes::copy_from_slice(body);
        asked(
            &Method::POST,
            "",
            "application/x-www-form-urlencoded",
            &body,
        );
    }

    pub fn osmand_document(body: &[u8]) {
        let body = Bytes::copy_from_slice(body);
        asked(&Method::POST, "", "application/json", &body);
    }

    fn asked(method: &Method, query: &str, media_type: &'static str, body: &Bytes) {
        let content_type = HeaderValue::from_static(media_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        let request = Request::new(method, query, &headers, body);
        let _ = (request.device(), request.is_document());
        let _ = request.point(body, DateTime::UNIX_EPOCH);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Method, header};
    use bytes::Bytes;
    use chrono::DateTime;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::osmand::Request;
    use super::owntracks::{self, Phone};
    use crate::intake::Incoming;
    use crate::wire::point;

    const NAMES: [&str; 24] = [
        "_type",
        "lat",
        "lon",
        "tst",
        "acc",
        "vel",
        "cog",
        "batt",
        "alt",
        "t",
        "poi",
        "desc",
        "event",
        "id",
        "timestamp",
        "location",
        "coords",
        "latitude",
        "longitude",
        "speed",
        "valid",
        "battery",
        "level",
        "uuid",
    ];

    /// What an app may write as a value, and what it should not.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-200.0..200.0).prop_map(|number: f64| json!(number)),
            any::<f64>().prop_map(|number| json!(number)),
            ".{0,12}".prop_map(Value::from),
            prop::sample::select(vec![
                "location",
                "transition",
                "encrypted",
                "u",
                "-1",
                "1e400"
            ])
            .prop_map(Value::from),
            (1_700_000_000..1_800_000_000_i64).prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 16, 6, |inner| {
            let fields = (prop::sample::select(NAMES.to_vec()), inner);
            prop::collection::vec(fields, 0..8).prop_map(object)
        })
    }

    fn object(fields: Vec<(&str, Value)>) -> Value {
        let fields = fields.into_iter();
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Both apps' points of a body.
    fn points(body: &Bytes, media_type: &'static str) -> Vec<Incoming> {
        let now = DateTime::from_timestamp(1_764_374_400, 0).unwrap();
        let content_type = HeaderValue::from_static(media_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        let asked = Request::new(&Method::POST, "", &headers, body);
        let tracked = asked.point(body, now);
        let own = owntracks::read(body, Phone { is_apple: true }, now);
        own.into_iter().chain([tracked]).collect()
    }

    proptest! {
        #[test]
        fn no_bytes_break_a_reader(body in prop::collection::vec(any::<u8>(), 0..300)) {
            for media_type in ["application/json", "application/x-www-form-urlencoded"] {
                points(&body.clone().into(), media_type);
            }
        }

        #[test]
        fn a_point_of_an_app_is_read_again_as_it_was_when_it_is_released(
            fields in prop::collection::vec((prop::sample::select(NAMES.to_vec()), value()), 0..12),
        ) {
            let body = Bytes::from(object(fields).to_string());
            for read in points(&body, "application/json") {
                if read.raw == body {
                    continue;
                }
                let again = point::read_raw(read.raw.clone());
                prop_assert_eq!(again.name, read.name);
                prop_assert_eq!(again.reading, read.reading);
            }
        }
    }
}
