//! A manifest of documents: what is listed runs by its id over HTTP and WebSocket, the rest is
//! refused.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::harness::{Process, Settings, run};

#[tokio::test]
async fn an_enforced_manifest_lets_known_documents_through_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = folder.path().join("documents.json");
    let listed = json!({ "me": "{ viewer { email } }" }).to_string();
    std::fs::write(&manifest, listed).expect("it is written");
    let settings = Settings::sqlite(folder.path());
    let made = run(&settings, &["token", "--create-admin", "ann@example.com"]);
    assert!(made.status.success());
    let settings = settings
        .with(
            "FIELDHUB_PERSISTED_DOCUMENTS",
            &manifest.display().to_string(),
        )
        .with("FIELDHUB_PERSISTED_MODE", "enforce");
    let hub = Process::serve(&settings).expect("it starts");

    let known = post(&hub, json!({ "documentId": "me" })).await;
    assert_eq!(known["data"], json!({ "viewer": null }));
    let unknown = post(&hub, json!({ "query": "{ __typename }" })).await;
    assert_eq!(code(&unknown["errors"]), "DOCUMENT_NOT_ALLOWED");

    let mut request = format!("ws://{}/graphql/ws", hub.address().expect("an address"))
        .into_client_request()
        .expect("a request");
    let protocol = "graphql-transport-ws".parse().expect("a header");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.expect("a socket");
    for said in [
        json!({ "type": "connection_init" }),
        json!({ "type": "subscribe", "id": "1", "payload": { "documentId": "me" } }),
        json!({ "type": "subscribe", "id": "2", "payload": { "query": "{ __typename }" } }),
    ] {
        socket
            .send(Message::text(said.to_string()))
            .await
            .expect("it is sent");
    }
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let message = socket.next().await.expect("open").expect("a message");
        if let Message::Text(text) = message {
            heard.push(serde_json::from_str::<Value>(&text).expect("JSON"));
        }
    }
    let about = |id: &str, kind: &str| {
        let said = |message: &&Value| message["id"] == id && message["type"] == kind;
        heard.iter().find(said).expect("it is heard")["payload"].clone()
    };
    assert_eq!(about("1", "next")["data"], json!({ "viewer": null }));
    assert_eq!(code(&about("2", "error")), "DOCUMENT_NOT_ALLOWED");
}

async fn post(hub: &Process, body: Value) -> Value {
    let client = reqwest::Client::new();
    let asked = client.post(format!("{}/graphql", hub.url)).json(&body);
    let answer = asked.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

fn code(errors: &Value) -> &str {
    errors[0]["extensions"]["code"].as_str().unwrap_or_default()
}
