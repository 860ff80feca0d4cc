//! GraphQL from outside: over HTTP, and over graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

/// What is awaited comes within this time.
const LIMIT: Duration = Duration::from_secs(10);

/// One request; its answer without errors.
pub(crate) async fn ask(url: &str, token: &str, query: &str, variables: Value) -> Value {
    let answer = reqwest::Client::new()
        .post(format!("{url}/graphql"))
        .bearer_auth(token)
        .json(&json!({ "query": query, "variables": variables }))
        .send()
        .await
        .expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

/// A socket with one subscription.
pub(crate) struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Subscription {
    /// Subscribes.
    pub(crate) async fn open(url: &str, token: &str, query: &str, variables: Value) -> Self {
        let mut socket = connect(url, token).await;
        let payload = json!({ "query": query, "variables": variables });
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
        socket
            .send(Message::text(subscribe.to_string()))
            .await
            .expect("it is sent");
        Self { socket }
    }

    /// The next event's data.
    pub(crate) async fn next(&mut self) -> Value {
        let next = async {
            loop {
                let message = self
                    .socket
                    .next()
                    .await
                    .expect("an open socket")
                    .expect("a message");
                let Ok(text) = message.to_text() else {
                    continue;
                };
                let Ok(message) = serde_json::from_str::<Value>(text) else {
                    continue;
                };
                match message["type"].as_str() {
                    Some("next") => return message["payload"].clone(),
                    Some("ping" | "pong") => {}
                    _ => panic!("{message}"),
                }
            }
        };
        let payload = tokio::time::timeout(LIMIT, next)
            .await
            .expect("an event in time");
        assert!(payload.get("errors").is_none(), "{payload}");
        payload["data"].clone()
    }

    /// The next event that satisfies a condition.
    pub(crate) async fn next_where(&mut self, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next().await;
            if is_so(&event) {
                return event;
            }
        }
    }
}

/// Opens a socket and introduces itself.
pub(crate) async fn connect(url: &str, token: &str) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let address = url.replacen("http", "ws", 1);
    let mut request = format!("{address}/graphql/ws")
        .into_client_request()
        .expect("a request");
    let protocol = "graphql-transport-ws".parse().expect("a header");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = tokio_tungstenite::connect_async(request)
        .await
        .expect("the socket opens");
    let payload = json!({ "authorization": format!("Bearer {token}") });
    let hello = json!({ "type": "connection_init", "payload": payload });
    socket
        .send(Message::text(hello.to_string()))
        .await
        .expect("the hello is sent");
    let welcome = socket.next().await.expect("an answer").expect("a message");
    assert!(
        welcome
            .to_text()
            .is_ok_and(|text| text.contains("connection_ack")),
        "{welcome}"
    );
    socket
}
