//! F13: a stop with uploads in flight and sockets open.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all};
use rstest::rstest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Barrier,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    faults::{Scenario, deployment::Profile, scaled},
    harness::graphql,
};

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn f13_a_stop_answers_what_is_in_flight_and_says_goodbye(#[case] profile: Profile) {
    let count = scaled(60, 200);
    let mut scenario = Scenario::start("F13", profile, 4, 113).await;
    let address = scenario.deployment.api.address().expect("an address");
    let url = scenario.deployment.api.url.clone();
    let ready = Arc::new(Barrier::new(2 * count + 1));
    let uploads: Vec<_> = (0..count)
        .map(|number| {
            let rep = number % scenario.scene.reps.len();
            let mut batch = scenario.tracks[rep][..5].to_vec();
            batch
                .iter_mut()
                .for_each(|sent| sent.id = format!("{number}-{}", sent.id));
            let body = scenario.phones.body(&batch).to_string();
            let token = scenario.scene.reps[rep].token.clone();
            tokio::spawn(upload(address.clone(), token, body, ready.clone()))
        })
        .collect();
    let sockets: Vec<_> = (0..count)
        .map(|number| {
            let rep = &scenario.scene.reps[number % scenario.scene.reps.len()];
            tokio::spawn(socket(url.clone(), rep.token.clone(), ready.clone()))
        })
        .collect();
    ready.wait().await;
    let begun = Instant::now();
    scenario.deployment.api.terminate();
    let answers: Vec<String> = join_all(uploads)
        .await
        .into_iter()
        .map(|done| done.expect("a task"))
        .collect();
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| !answer.starts_with("HTTP/1.1 202"))
        .collect();
    assert!(
        refused.is_empty(),
        "{} uploads were cut: {:?}",
        refused.len(),
        refused.first()
    );
    for closed in join_all(sockets).await {
        let (code, at) = closed.expect("a task");
        assert_eq!(code, Some(1001), "sockets close as going away");
        assert!(at.duration_since(begun) < Duration::from_secs(5));
    }
    let status = scenario
        .deployment
        .api
        .wait(Duration::from_secs(15))
        .expect("it ends");
    println!(
        "F13 {profile:?}: {count} uploads and {count} sockets, over after {:?}",
        begun.elapsed()
    );
    assert_eq!(status.code(), Some(0));
}

/// Sends half a body, waits for the stop to have begun, sends the rest, reads the answer.
async fn upload(address: String, token: String, body: String, ready: Arc<Barrier>) -> String {
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    let head = format!(
        "POST /v1/check-ins HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, second) = body.split_at(body.len() / 2);
    stream
        .write_all(head.as_bytes())
        .await
        .expect("the head is sent");
    stream
        .write_all(first.as_bytes())
        .await
        .expect("half the body is sent");
    stream.flush().await.expect("it is on its way");
    ready.wait().await;
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    if let Err(error) = stream.write_all(second.as_bytes()).await {
        return format!("the rest could not be sent: {error}");
    }
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Ok(_) => String::from_utf8_lossy(&answer).into_owned(),
        Err(error) => format!("the answer broke off: {error}"),
    }
}

/// Opens a socket and tells with which code and when it was closed.
async fn socket(url: String, token: String, ready: Arc<Barrier>) -> (Option<u16>, Instant) {
    let mut socket = graphql::connect(&url, &token).await;
    ready.wait().await;
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(frame) = message {
            return (frame.map(|frame| frame.code.into()), Instant::now());
        }
    }
    (None, Instant::now())
}
