//! GraphQL over HTTP: the specification's statuses and media types.

use std::net::IpAddr;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, ServerError};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use entity::viewer::Viewer;
use tracing::Instrument;

use super::accept::{self, Media};
use super::answer::{self, Answer};
use super::params::Params;
use super::{Caller, Edge, run};

/// A body that takes longer to arrive is not waited for.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// A request that could not be read, so that nothing of it was run.
struct Unread {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<&'static str>,
}

impl Unread {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            allow: None,
        }
    }

    fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    fn method(allow: &'static str, message: &str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                message,
            )
        }
    }
}

/// Answers `/graphql`.
pub(super) async fn answer<E: Executor>(State(edge): State<Edge<E>>, request: Request) -> Response {
    let request_id = request_id(request.headers());
    let span = tracing::info_span!(
        "graphql",
        request.id = %request_id,
        operation.name = tracing::field::Empty,
        operation.type = tracing::field::Empty,
        http.status = tracing::field::Empty,
    );
    async {
        let response = match accept::wanted(request.headers()) {
            None => unread(
                Media::Json,
                Unread::new(
                    StatusCode::NOT_ACCEPTABLE,
                    "NOT_ACCEPTABLE",
                    "answers are application/graphql-response+json or application/json",
                ),
            ),
            Some(media) => match serve(&edge, request, request_id).await {
                Ok(answer) => written(media, &answer),
                Err(fault) => unread(media, fault),
            },
        };
        tracing::Span::current().record("http.status", response.status().as_u16());
        response
    }
    .instrument(span)
    .await
}

async fn serve<E: Executor>(
    edge: &Edge<E>,
    request: Request,
    request_id: String,
) -> Result<Answer, Unread> {
    let caller = Caller {
        viewer: request.extensions().get::<Viewer>().cloned(),
        address: request.extensions().get::<IpAddr>().copied(),
    };
    let method = request.method().clone();
    let params = match method {
        Method::GET => Params::from_uri(request.uri()).map_err(Unread::bad_request)?,
        Method::POST => {
            let body = body(edge, request).await?;
            Params::from_body(&body).map_err(Unread::bad_request)?
        }
        _ => {
            return Err(Unread::method(
                "GET, POST",
                "send a POST, or a GET for queries",
            ));
        }
    };
    let span = tracing::Span::current();
    span.record("operation.name", params.operation_name.as_deref());
    let prepared = match edge.prepare(params, caller, request_id) {
        Ok(prepared) => prepared,
        Err(error) => {
            metrics::counter!("fieldhub_graphql_requests_total", "type" => "unknown", "outcome" => "refused")
                .increment(1);
            return Ok(Answer::refused(error));
        }
    };
    span.record("operation.type", tracing::field::display(prepared.kind));
    match prepared.kind {
        OperationType::Mutation if method == Method::GET => {
            Err(Unread::method("POST", "mutations are sent by POST"))
        }
        OperationType::Subscription => Err(Unread::bad_request(
            "subscriptions go through the WebSocket at /graphql/ws",
        )),
        _ => Ok(edge.execute(prepared).await),
    }
}

async fn body<E: Executor>(edge: &Edge<E>, request: Request<Body>) -> Result<Vec<u8>, Unread> {
    let (parts, body) = request.into_parts();
    if !accept::is_json(&parts.headers) {
        return Err(Unread::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "send application/json in UTF-8, not compressed",
        ));
    }
    let limit = edge.inner.settings.limits.body;
    let too_large = || {
        let message = format!("a request has at most {limit} bytes");
        Unread::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
    };
    let declared = parts.headers.get(CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_over_limit(&error) => Err(too_large()),
        Ok(Err(_broken)) => Err(Unread::bad_request("the body ended early")),
        Err(_elapsed) => Err(Unread::new(
            StatusCode::REQUEST_TIMEOUT,
            "REQUEST_TIMEOUT",
            "the body took too long to arrive",
        )),
    }
}

fn is_over_limit(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        source = error.source();
    }
    false
}

/// The status follows the specification: a document that was refused is 400 where the media type
/// tells data from errors by status, 200 in plain JSON.
fn written(media: Media, answer: &Answer) -> Response {
    let status = if answer.failed_with("RATE_LIMITED") {
        StatusCode::TOO_MANY_REQUESTS
    } else if answer.failed_with("UNAVAILABLE") || answer.failed_with("ACCESS_LOG_UNAVAILABLE") {
        StatusCode::SERVICE_UNAVAILABLE
    } else if !answer.is_request_error() {
        StatusCode::OK
    } else if answer.failed_with("DEADLINE_EXCEEDED") {
        StatusCode::GATEWAY_TIMEOUT
    } else if answer.failed_with("INTERNAL") {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if media == Media::Json {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let mut response = respond(media, status, answer);
    if let Some(seconds) = answer.retry_after.filter(|_| status != StatusCode::OK) {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn unread(media: Media, fault: Unread) -> Response {
    let error = answer::coded(ServerError::new(fault.message, None), fault.code);
    let mut response = respond(media, fault.status, &Answer::refused(error));
    if let Some(allow) = fault.allow {
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static(allow));
    }
    response
}

fn respond(media: Media, status: StatusCode, answer: &Answer) -> Response {
    match serde_json::to_vec(answer) {
        Ok(body) => (status, [(CONTENT_TYPE, media.content_type())], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn request_id(headers: &HeaderMap) -> String {
    headers
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .filter(|id| !id.is_empty() && id.len() <= 64)
        .map_or_else(run::new_request_id, str::to_owned)
}
