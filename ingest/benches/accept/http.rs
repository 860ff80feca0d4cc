//! The same over HTTP on the loopback, with a client that costs next to nothing.

use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::future::join_all;
use ingest::Rate;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::company::Company;

/// Posts so many points in batches of a size, from so many connections.
pub(crate) async fn send(
    company: &Company,
    rows: usize,
    size: usize,
    connections: usize,
) -> Duration {
    let rate = Rate {
        burst: u32::MAX.try_into().unwrap(),
        per_second: u32::MAX.try_into().unwrap(),
    };
    let viewers: Vec<_> = (0..connections).map(|rep| company.viewer(rep)).collect();
    let (routes, _description) = ingest::routes(company.intake.clone(), rate).split_for_parts();
    let app = routes.layer(middleware::from_fn(
        move |mut request: Request, next: Next| {
            let rep: usize = request.headers()["x-rep"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            request.extensions_mut().insert(viewers[rep].clone());
            next.run(request)
        },
    ));
    post_all(company, app, rows, size, connections).await
}

/// Posts single points to a server that reads them and answers with no database behind it.
pub(crate) async fn echo(company: &Company, rows: usize, connections: usize) -> Duration {
    let answer = |body: Json<serde_json::Value>| async move {
        let id = body.0["checkIns"][0]["id"].clone();
        let receipt = serde_json::json!({"receipts": [{"id": id, "status": "ACCEPTED"}]});
        (axum::http::StatusCode::ACCEPTED, Json(receipt))
    };
    let app = Router::new().route("/v1/check-ins", post(answer));
    let pass = |request: Request, next: Next| async move { next.run(request).await };
    let app: Router = app.layer(middleware::from_fn(pass));
    post_all(company, app, rows, 1, connections).await
}

async fn post_all(
    company: &Company,
    app: Router,
    rows: usize,
    size: usize,
    connections: usize,
) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(axum::serve(listener, app).into_future());
    let each = rows / size / connections;
    let requests: Vec<Vec<String>> = (0..connections)
        .map(|rep| {
            let body = |n| crate::body(company, rep, n, size);
            (0..each).map(|n| request(rep, &body(n))).collect()
        })
        .collect();
    let started = Instant::now();
    let clients = requests.into_iter().map(|requests| {
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            for request in requests {
                stream.write_all(request.as_bytes()).await.unwrap();
                read_answer(&mut stream).await;
            }
        })
    });
    assert!(join_all(clients).await.iter().all(Result::is_ok));
    let took = started.elapsed();
    server.abort();
    took
}

fn request(rep: usize, body: &str) -> String {
    format!(
        "POST /v1/check-ins HTTP/1.1\r\nhost: bench\r\nx-rep: {rep}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads one answer to its end; it must be 202.
async fn read_answer(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    let mut piece = [0; 16 << 10];
    loop {
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the server hung up");
        answer.extend_from_slice(&piece[..read]);
        let text = std::str::from_utf8(&answer).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("HTTP/1.1 202"), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            return;
        }
    }
}
