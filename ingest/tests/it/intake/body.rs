//! The request as a whole: forms, packings and limits.

use std::io::Write;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use rstest::rstest;
use serde_json::json;
use testbed::Backend::Sqlite;

use crate::bed::{bed, in_short};

const JSON: (&str, &str) = ("content-type", "application/json");
const LINES: (&str, &str) = ("content-type", "application/x-ndjson");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn json_lines_and_gzip_are_taken() {
    let bed = bed(Sqlite).await;
    let whole = json!({"checkIns": [bed.trail("a", 0)]}).to_string();
    let lines = format!("{}\r\n\n{}", bed.trail("b", 60), bed.trail("c", 120));
    let marked = format!("\u{feff}{}", json!({"checkIns": [bed.trail("d", 180)]}));
    let (status, _, body) = bed.post(&[JSON, GZIP], gzip(whole.as_bytes())).await;
    assert_eq!(
        (status, in_short(&body["receipts"][0]).as_str()),
        (StatusCode::ACCEPTED, "a: ACCEPTED")
    );
    let (status, _, body) = bed.post(&[LINES], lines).await;
    assert_eq!(
        (status, in_short(&body["receipts"][1]).as_str()),
        (StatusCode::ACCEPTED, "c: ACCEPTED")
    );
    let (status, ..) = bed.post(&[JSON], marked).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (status, _, body) = bed.post(&[JSON], r#"{"checkIns":[]}"#).await;
    assert_eq!(
        (status, body),
        (StatusCode::ACCEPTED, json!({"receipts": []}))
    );
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 4);
}

#[tokio::test]
async fn a_bad_line_is_named_by_its_number() {
    let bed = bed(Sqlite).await;
    let mut body = format!("{}\n{{\"id\":\"half\",\"ki\n\n", bed.trail("a", 0)).into_bytes();
    body.extend(b"\xff\xfe\n");
    body.extend("[".repeat(100_000).bytes());
    body.extend(format!("\n{}", bed.trail("b", 60)).bytes());
    let (status, _, answer) = bed.post(&[LINES], body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let receipts = answer["receipts"].as_array().unwrap();
    assert_eq!(in_short(&receipts[0]), "a: ACCEPTED");
    assert_eq!(in_short(&receipts[4]), "b: ACCEPTED");
    for (receipt, line) in receipts[1..4].iter().zip(["line 2", "line 4", "line 5"]) {
        assert_eq!(receipt["reason"], "MALFORMED");
        let message = receipt["message"].as_str().unwrap();
        assert!(message.starts_with(line), "{message}");
    }
}

#[rstest]
#[case::half(r#"{"checkIns":[{"id":"a","#, "NOT_ENVELOPE")]
#[case::no_list(r#"{"checkins":[]}"#, "NOT_ENVELOPE")]
#[case::another_type(r#"{"checkIns":{}}"#, "NOT_ENVELOPE")]
#[case::twice(r#"{"checkIns":[],"checkIns":[]}"#, "NOT_ENVELOPE")]
#[case::an_array("[]", "NOT_ENVELOPE")]
#[case::nothing("", "NOT_ENVELOPE")]
#[case::more_after_it(r#"{"checkIns":[]} {}"#, "NOT_ENVELOPE")]
#[tokio::test]
async fn what_is_no_envelope_is_refused_whole(#[case] body: &'static str, #[case] code: &str) {
    let bed = bed(Sqlite).await;
    let (status, headers, problem) = bed.post(&[JSON], body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(problem["code"], code);
    assert_eq!(problem["status"], 400);
    assert_eq!(headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn wrong_bytes_and_deep_nesting_are_refused_at_once() {
    let bed = bed(Sqlite).await;
    let started = Instant::now();
    let (status, _, problem) = bed.post(&[JSON], &b"{\"checkIns\":[\"\xff\"]}"[..]).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &json!("NOT_ENVELOPE"))
    );
    for open in ["[", "{\"a\":"] {
        let deep = format!("{{\"checkIns\":[{}", open.repeat(100_000));
        let (status, _, problem) = bed.post(&[JSON], deep).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("JSON_TOO_DEEP"))
        );
    }
    let (status, _, problem) = bed.post(&[JSON, GZIP], "plain").await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &json!("INVALID_GZIP"))
    );
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[rstest]
#[case("text/plain", None, "UNSUPPORTED_MEDIA_TYPE")]
#[case("application/json; charset=gb18030", None, "UNSUPPORTED_CHARSET")]
#[case("application/json", Some("br"), "UNSUPPORTED_ENCODING")]
#[tokio::test]
async fn other_forms_are_refused(
    #[case] media_type: &str,
    #[case] encoding: Option<&str>,
    #[case] code: &str,
) {
    let bed = bed(Sqlite).await;
    let mut headers = vec![("content-type", media_type)];
    headers.extend(encoding.map(|encoding| ("content-encoding", encoding)));
    let (status, _, problem) = bed.post(&headers, r#"{"checkIns":[]}"#).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(problem["code"], code);
}

#[tokio::test]
async fn what_is_over_a_limit_is_refused_at_once() {
    let bed = bed(Sqlite).await;
    let many: Vec<_> = (0..1_001).map(|n| bed.trail(&format!("p{n}"), n)).collect();
    let lines: Vec<String> = many.iter().map(ToString::to_string).collect();
    let bomb = gzip(&vec![b' '; 256 << 20]);
    let plain = vec![b' '; 30 << 20];
    let started = Instant::now();
    let many = json!({"checkIns": many}).to_string();
    let refused = [
        ("TOO_MANY_POINTS", bed.post(&[JSON], many).await),
        (
            "TOO_MANY_POINTS",
            bed.post(&[LINES], lines.join("\n")).await,
        ),
        ("UNPACKED_TOO_LARGE", bed.post(&[JSON, GZIP], bomb).await),
        ("BODY_TOO_LARGE", bed.post(&[JSON], plain).await),
    ];
    for (code, (status, _, problem)) in refused {
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{problem}");
        assert_eq!(problem["code"], code);
    }
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(bed.count("SELECT count(*) FROM receipt").await, 0);
}

#[tokio::test]
async fn a_point_of_many_bytes_is_kept_in_part() {
    let bed = bed(Sqlite).await;
    let mut large = bed.trail("a", 0);
    large["extra"] = json!("x".repeat(1 << 20));
    let receipts = bed.send_as(&bed.ann, &[large, bed.trail("b", 60)]).await;
    assert_eq!(receipts[0]["reason"], "MALFORMED");
    assert_eq!(in_short(&receipts[1]), "b: ACCEPTED");
    assert_eq!(
        bed.count("SELECT length(raw) FROM quarantine").await,
        64 << 10
    );
}

#[tokio::test]
async fn without_a_credential_nothing_is_read() {
    let bed = bed(Sqlite).await;
    let post = Request::post("/v1/check-ins")
        .body(Body::from("{"))
        .unwrap();
    let get = Request::get("/v1/check-ins/a").body(Body::empty()).unwrap();
    for request in [post, get] {
        let (status, headers, problem) = bed.request(None, request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(headers["www-authenticate"], "Bearer");
        assert_eq!(problem["code"], "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn past_its_rate_a_device_waits_and_others_do_not() {
    let mut bed = bed(Sqlite).await;
    let rate = ingest::Rate {
        burst: 10.try_into().unwrap(),
        per_second: 1.try_into().unwrap(),
    };
    (bed.app, _) = ingest::routes(bed.intake.clone(), rate).split_for_parts();
    let points: Vec<_> = (0..10).map(|n| bed.trail(&format!("p{n}"), n)).collect();
    bed.send(&points).await;
    let one = json!({"checkIns": [bed.trail("more", 60)]}).to_string();
    let (status, headers, problem) = bed.post(&[JSON], one).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(problem["code"], "RATE_LIMITED");
    let seconds: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds), "{seconds}");
    bed.send_as(&bed.ben, &points).await;
}
