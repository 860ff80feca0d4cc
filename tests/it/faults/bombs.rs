//! F11: bodies that unpack, nest or weigh far too much.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use reqwest::StatusCode;

use crate::faults::{Scenario, deployment::Profile};

/// What a refusal may cost in memory.
const MOST_KIB: u64 = 32 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn f11_a_bomb_is_refused_within_a_second_and_32_mib() {
    let scenario = Scenario::start("F11", Profile::Embedded, 1, 111).await;
    let before = resident_kib(scenario.deployment.api.pid());
    let nested = format!(
        "{{\"checkIns\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let gzip = Some("gzip");
    let bombs: [(&str, Vec<u8>, Option<&str>); 4] = [
        ("a gigabyte in a mebibyte of gzip", gigabyte(), gzip),
        ("30 MB plain", vec![b' '; 30_000_000], None),
        ("nested 100,000 deep", nested.clone().into_bytes(), None),
        (
            "nested 100,000 deep, packed",
            packed(nested.as_bytes()),
            gzip,
        ),
    ];
    for (name, body, encoding) in bombs {
        let begun = Instant::now();
        let status = post(&scenario, body, encoding).await;
        let took = begun.elapsed();
        println!("F11 {name}: {status} after {took:?}");
        let is_refused = matches!(
            status,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::BAD_REQUEST
        );
        assert!(is_refused, "{name}: {status}");
        assert!(took < Duration::from_secs(1), "{name}: {took:?}");
    }
    let grown = peak_kib(scenario.deployment.api.pid()).saturating_sub(before);
    println!("F11: {grown} KiB more at the peak");
    assert!(grown <= MOST_KIB, "{grown} KiB");
    scenario
        .phones
        .send_all(scenario.uploads(50), 2)
        .await
        .expect("the hub still takes points");
    scenario.check().await;
}

async fn post(scenario: &Scenario, body: Vec<u8>, encoding: Option<&str>) -> StatusCode {
    let url = format!("{}/v1/check-ins", scenario.deployment.api.url);
    let mut request = reqwest::Client::new()
        .post(url)
        .bearer_auth(&scenario.scene.reps[0].token)
        .header("content-type", "application/json")
        .body(body);
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    request
        .send()
        .await
        .expect("an answer, not a reset")
        .status()
}

/// A gigabyte of blanks, packed to about a mebibyte.
fn gigabyte() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let block = vec![b' '; 1 << 20];
    for _ in 0..1_024 {
        encoder.write_all(&block).expect("it packs");
    }
    encoder.finish().expect("it ends")
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("it packs");
    encoder.finish().expect("it ends")
}

fn resident_kib(pid: u32) -> u64 {
    memory_kib(pid, "VmRSS:")
}

fn peak_kib(pid: u32) -> u64 {
    memory_kib(pid, "VmHWM:")
}

fn memory_kib(pid: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status
        .lines()
        .find(|line| line.starts_with(what))
        .expect("a line");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .expect("a number")
}
