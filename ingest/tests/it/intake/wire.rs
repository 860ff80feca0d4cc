//! The same over a real connection: what a client sees that sends too much.

use std::time::{Duration, Instant};

use rstest::rstest;
use testbed::Backend::Sqlite;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::bed::{Bed, bed, spawn};

/// Serves the bed's routes to Ann on a port of this machine.
async fn serve(bed: &Bed) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = bed.app.clone().layer(axum::Extension(bed.ann.clone()));
    spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

/// Sends a body of so many spaces, stated or in chunks, as a simple client does: all of it, then
/// the answer is read. Gives the status line.
async fn answer(address: std::net::SocketAddr, megabytes: usize, framing: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/check-ins HTTP/1.1\r\nhost: it\r\ncontent-type: application/json\r\n{framing}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let is_chunked = framing.starts_with("transfer");
    let piece = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        if is_chunked {
            stream.write_all(b"100000\r\n").await.unwrap();
        }
        stream.write_all(&piece).await.unwrap();
        if is_chunked {
            stream.write_all(b"\r\n").await.unwrap();
        }
    }
    if is_chunked {
        stream.write_all(b"0\r\n\r\n").await.unwrap();
    }
    let mut told = Vec::new();
    let mut piece = [0; 4096];
    while !told.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the server hung up without an answer");
        told.extend_from_slice(&piece[..read]);
    }
    let told = String::from_utf8(told).unwrap();
    told.lines().next().unwrap().to_owned()
}

#[rstest]
#[case("content-length: 31457280")]
#[case("transfer-encoding: chunked")]
#[tokio::test]
async fn a_client_that_sends_30_mb_reads_413(#[case] framing: &str) {
    let bed = bed(Sqlite).await;
    let address = serve(&bed).await;
    let started = Instant::now();
    let status = answer(address, 30, framing).await;
    assert_eq!(status, "HTTP/1.1 413 Payload Too Large");
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn the_description_names_every_answer() {
    let described = serde_json::to_value(ingest::description()).unwrap();
    let send = &described["paths"]["/v1/check-ins"]["post"];
    let answers: Vec<&String> = send["responses"].as_object().unwrap().keys().collect();
    assert_eq!(
        answers,
        ["202", "400", "401", "408", "413", "415", "429", "503"]
    );
    let forms = send["requestBody"]["content"].as_object().unwrap();
    assert!(forms.contains_key("application/json") && forms.contains_key("application/x-ndjson"));
    let fields = &described["components"]["schemas"]["CheckIn"]["properties"];
    assert_eq!(fields.as_object().unwrap().len(), 14);
    assert!(described["paths"]["/v1/check-ins/{clientId}"]["get"].is_object());
}
