//! graphql-transport-ws: every message and every close code.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use futures_util::{SinkExt, StreamExt};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::app::{Served, quick, serve, toys};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

/// A client on a socket of its own.
struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    served: Option<Served>,
}

/// What a client hears.
#[derive(Debug, PartialEq)]
enum Heard {
    Said(Value),
    Closed(u16),
}

async fn listen() -> (SocketAddr, Served) {
    let served = serve(toys(), quick());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = served.router.clone();
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, served)
}

async fn connect(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Client, Error> {
    let mut request = format!("ws://{address}/graphql/ws").into_client_request()?;
    for (name, value) in headers {
        let value = HeaderValue::from_str(value)?;
        request.headers_mut().insert(*name, value);
    }
    let (socket, _) = connect_async(request).await?;
    Ok(Client {
        socket,
        served: None,
    })
}

impl Client {
    /// A client that has only opened the socket.
    async fn open() -> Self {
        let (address, served) = listen().await;
        let client = connect(address, &[PROTOCOL]).await.unwrap();
        Self {
            served: Some(served),
            ..client
        }
    }

    /// A client that was acknowledged.
    async fn ready() -> Self {
        let mut client = Self::open().await;
        client.say(json!({ "type": "connection_init" })).await;
        let ack = json!({ "type": "connection_ack" });
        assert_eq!(client.hear().await, Heard::Said(ack));
        client
    }

    async fn say(&mut self, message: Value) {
        self.say_text(message.to_string()).await;
    }

    async fn say_text(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    async fn init(&mut self, authorization: &str) {
        let payload = json!({ "authorization": authorization });
        self.say(json!({ "type": "connection_init", "payload": payload }))
            .await;
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.say(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }

    async fn hear(&mut self) -> Heard {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Said(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return Heard::Closed(0),
            }
        }
    }

    async fn said(&mut self) -> Value {
        match self.hear().await {
            Heard::Said(message) => message,
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }
}

#[tokio::test]
async fn a_subscription_says_next_until_complete() {
    let mut client = Client::ready().await;
    client
        .subscribe("s", "subscription { ticks(count: 2) }")
        .await;
    for tick in 0..2 {
        let next = client.said().await;
        assert_eq!((&next["id"], &next["type"]), (&json!("s"), &json!("next")));
        assert_eq!(next["payload"]["data"], json!({ "ticks": tick }));
    }
    assert_eq!(
        client.said().await,
        json!({ "type": "complete", "id": "s" })
    );
}

#[tokio::test]
async fn queries_run_over_the_socket_too() {
    let mut client = Client::ready().await;
    client.subscribe("q", "{ hello }").await;
    let next = client.said().await;
    assert_eq!(next["payload"]["data"], json!({ "hello": "world" }));
    assert_eq!(
        client.said().await,
        json!({ "type": "complete", "id": "q" })
    );
}

#[tokio::test]
async fn a_refused_document_is_an_error_and_the_socket_lives_on() {
    let mut client = Client::ready().await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        client.subscribe("e", document).await;
        let error = client.said().await;
        assert_eq!(error["type"], "error");
        assert_eq!(error["payload"][0]["extensions"]["code"], code);
    }
    client.subscribe("e", "{ hello }").await;
    assert_eq!(client.said().await["type"], "next");
}

#[tokio::test]
async fn a_panic_in_a_subscription_ends_it_alone() {
    let mut client = Client::ready().await;
    client.subscribe("p", "subscription { crash }").await;
    let error = client.said().await;
    assert_eq!(error["payload"][0]["extensions"]["code"], "INTERNAL");
    client
        .say(json!({ "type": "ping", "payload": { "n": 1 } }))
        .await;
    let pong = json!({ "type": "pong", "payload": { "n": 1 } });
    assert_eq!(client.said().await, pong);
}

#[tokio::test]
async fn without_init_a_socket_is_closed_with_4408() {
    assert_eq!(Client::open().await.hear().await, Heard::Closed(4408));
}

#[tokio::test]
async fn subscribing_before_the_acknowledgement_is_4401() {
    let mut client = Client::open().await;
    client.subscribe("s", "subscription { silence }").await;
    assert_eq!(client.hear().await, Heard::Closed(4401));
}

#[tokio::test]
async fn a_second_init_is_4429() {
    let mut client = Client::ready().await;
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(client.hear().await, Heard::Closed(4429));
}

#[tokio::test]
async fn an_id_in_use_is_4409_and_free_again_after_complete() {
    let mut client = Client::ready().await;
    client.subscribe("s", "subscription { silence }").await;
    client.say(json!({ "type": "complete", "id": "s" })).await;
    client.subscribe("s", "subscription { silence }").await;
    client.subscribe("s", "subscription { silence }").await;
    assert_eq!(client.hear().await, Heard::Closed(4409));
}

#[rstest]
#[case("not json")]
#[case("[]")]
#[case("{}")]
#[case(r#"{"type":"nope"}"#)]
#[case(r#"{"type":"next","id":"x","payload":{}}"#)]
#[case(r#"{"type":"subscribe","payload":{"query":"{hello}"}}"#)]
#[case(r#"{"type":"subscribe","id":"","payload":{"query":"{hello}"}}"#)]
#[case(r#"{"type":"subscribe","id":"x"}"#)]
#[case(r#"{"type":"subscribe","id":"x","payload":{"query":7}}"#)]
#[case(r#"{"type":"subscribe","id":"x","payload":{"query":"{hello}","variables":7}}"#)]
#[case(r#"{"type":"ping","payload":"x"}"#)]
#[case(r#"{"type":"connection_init","payload":7}"#)]
#[tokio::test]
async fn what_is_no_message_is_4400(#[case] text: &str) {
    let mut client = Client::ready().await;
    client.say_text(text.to_owned()).await;
    assert_eq!(client.hear().await, Heard::Closed(4400));
}

#[tokio::test]
async fn a_binary_message_is_4400() {
    let mut client = Client::ready().await;
    client.socket.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(client.hear().await, Heard::Closed(4400));
}

#[tokio::test]
async fn a_bad_token_is_4403() {
    let mut client = Client::open().await;
    client.init("Bearer bad").await;
    assert_eq!(client.hear().await, Heard::Closed(4403));
}

#[tokio::test]
async fn a_token_that_ends_is_4403() {
    let mut client = Client::open().await;
    client.init("Bearer brief").await;
    assert_eq!(client.said().await["type"], "connection_ack");
    client.subscribe("w", "{ who }").await;
    let next = client.said().await;
    assert_eq!(
        next["payload"]["data"]["who"],
        "Manager for unnamed operation"
    );
    assert_eq!(client.said().await["type"], "complete");
    assert_eq!(client.hear().await, Heard::Closed(4403));
}

#[tokio::test]
async fn the_33rd_operation_is_an_error() {
    let mut client = Client::ready().await;
    for n in 0..33 {
        client
            .subscribe(&n.to_string(), "subscription { silence }")
            .await;
    }
    let error = client.said().await;
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("32"))
    );
    assert_eq!(
        error["payload"][0]["extensions"]["code"],
        "TOO_MANY_OPERATIONS"
    );
}

#[tokio::test]
async fn a_message_over_64_kib_closes_the_socket() {
    let mut client = Client::ready().await;
    client.say_text("x".repeat(65 * 1024)).await;
    assert_eq!(client.hear().await, Heard::Closed(1009));
}

#[tokio::test]
async fn only_known_origins_connect() {
    let (address, _served) = listen().await;
    let own = format!("http://{address}");
    for origin in ["https://friend.example", own.as_str()] {
        let client = connect(address, &[PROTOCOL, ("origin", origin)]).await;
        assert!(client.is_ok(), "{origin}");
    }
    for origin in [
        "https://foe.example",
        "null",
        "https://friend.example.foe.example",
    ] {
        let refused = connect(address, &[PROTOCOL, ("origin", origin)]).await;
        let is_forbidden =
            matches!(refused, Err(Error::Http(response)) if response.status() == 403);
        assert!(is_forbidden, "{origin}");
    }
}

#[tokio::test]
async fn another_subprotocol_is_4406() {
    let (address, _served) = listen().await;
    let mut client = connect(address, &[]).await.unwrap();
    assert_eq!(client.hear().await, Heard::Closed(4406));
}

#[tokio::test]
async fn a_stop_closes_every_socket_with_1001() {
    let mut client = Client::ready().await;
    client.subscribe("s", "subscription { silence }").await;
    let served = client.served.take().unwrap();
    served.stop.cancel();
    assert_eq!(client.hear().await, Heard::Closed(1001));
    served.sockets.close();
    let gone = tokio::time::timeout(Duration::from_secs(5), served.sockets.wait());
    gone.await.unwrap();
}

#[tokio::test]
async fn a_reader_that_never_reads_is_dropped() {
    let mut client = Client::ready().await;
    client.subscribe("f", "subscription { flood }").await;
    let served = client.served.take().unwrap();
    let started = Instant::now();
    served.sockets.close();
    let gone = tokio::time::timeout(Duration::from_secs(10), served.sockets.wait());
    gone.await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(400));
}
