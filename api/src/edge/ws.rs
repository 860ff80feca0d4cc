//! GraphQL over WebSocket: the graphql-transport-ws protocol.
//!
//! One task a socket. Subscriptions are polled only while nothing is being sent, so a slow
//! reader holds back its own subscriptions and nobody else's memory grows.

use std::net::IpAddr;

use async_graphql::{Executor, ServerError};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use entity::viewer::Viewer;

use super::answer::{self, Answer};
use super::{Caller, Edge, accept::Media};
use conversation::Conversation;

mod conversation;
mod message;

const PROTOCOL: &str = "graphql-transport-ws";

/// Answers `/graphql/ws`.
pub(super) async fn upgrade<E: Executor>(
    State(edge): State<Edge<E>>,
    viewer: Option<Extension<Viewer>>,
    address: Option<Extension<IpAddr>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !is_allowed_origin(&headers, &edge.inner.settings.allowed_origins) {
        return refused(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "this origin may not connect",
        );
    }
    let Ok(upgrade) = upgrade else {
        let message = "open a WebSocket with the subprotocol graphql-transport-ws";
        return refused(StatusCode::UPGRADE_REQUIRED, "UPGRADE_REQUIRED", message);
    };
    if edge.inner.stop.is_cancelled() {
        return refused(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            "the hub is stopping",
        );
    }
    let limit = edge.inner.settings.limits.message;
    let caller = Caller {
        viewer: viewer.map(|Extension(viewer)| viewer),
        address: address.map(|Extension(address)| address),
    };
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| {
            let sockets = edge.inner.sockets.clone();
            sockets.track_future(async move {
                metrics::gauge!("fieldhub_graphql_sockets").increment(1.0);
                Conversation::new(edge, socket, caller).run().await;
                metrics::gauge!("fieldhub_graphql_sockets").decrement(1.0);
            })
        })
}

/// A browser names the page that connects; other programs name none.
fn is_allowed_origin(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let own = origin.split_once("://").map(|(_, authority)| authority);
    (own.is_some() && own == host)
        || allowed
            .iter()
            .any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin))
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let error = answer::coded(ServerError::new(message, None), code);
    let body = serde_json::to_vec(&Answer::refused(error)).unwrap_or_default();
    (status, [(CONTENT_TYPE, Media::Json.content_type())], body).into_response()
}
