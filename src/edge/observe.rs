//! What every request gets: an id, a span, a count, a time limit, and an answer even to a panic.
//!
//! Logs name the route's pattern, never the path or the query: those carry positions and tokens.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::edge::problem::Problem;

/// A request is answered within this time, a slow upload included.
const REQUEST_LIMIT: Duration = Duration::from_secs(60);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id and span, counts it, limits its time.
pub(crate) async fn request(
    State(stopping): State<CancellationToken>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", id, %method, route);
    let handled = tokio::time::timeout(REQUEST_LIMIT, next.run(request)).instrument(span.clone());
    let mut response = handled.await.unwrap_or_else(|_| too_slow());
    let status = response.status();
    let took = started.elapsed();
    span.in_scope(|| {
        let took_ms = took.as_secs_f64() * 1_000.0;
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), took_ms, "request failed");
        } else {
            tracing::debug!(status = status.as_u16(), took_ms, "request");
        }
    });
    let labels = [
        ("method", method.as_str().to_owned()),
        ("route", route),
        ("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("fieldhub_http_request_seconds", &labels).record(took.as_secs_f64());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if stopping.is_cancelled() && status != StatusCode::SWITCHING_PROTOCOLS {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The caller's request id when it is a plain word, else a new one.
fn request_id(request: &Request) -> String {
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(is_plain))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

fn too_slow() -> Response {
    let detail = format!(
        "the request was not answered within {} s",
        REQUEST_LIMIT.as_secs()
    );
    let mut response =
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TIMED_OUT", detail).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// The answer to a request whose handler panicked. The panic itself was logged by the hook.
pub(crate) fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response {
    metrics::counter!("fieldhub_http_panics_total").increment(1);
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL",
        "an error on our side",
    )
    .into_response()
}
