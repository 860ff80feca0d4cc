//! Errors of the endpoints for phones: `application/problem+json` (RFC 9457) with a stable code.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request as a whole was not served. A single bad point never leads here.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the code says what happened.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, for programs; it never changes its meaning.
    code: &'static str,
    /// What happened, for people.
    detail: String,
    #[serde(skip)]
    hint: Option<Hint>,
}

/// A header that tells the client what to do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hint {
    Authenticate,
    MediaTypes,
    Encodings,
    Photos,
    RetryAfter { seconds: u64 },
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            hint: None,
        }
    }

    fn with(self, hint: Hint) -> Self {
        let hint = Some(hint);
        Self { hint, ..self }
    }

    /// 400: the body is not the envelope at all.
    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: no valid credential came along.
    pub(crate) fn unauthenticated() -> Self {
        let detail = "send a valid credential as Authorization: Bearer";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", detail).with(Hint::Authenticate)
    }

    /// 404: no receipt of this viewer has the id.
    pub(crate) fn not_found() -> Self {
        let detail = "no check-in of yours has this id";
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    }

    /// 404: no photo that this viewer may see has the id.
    pub(crate) fn no_photo() -> Self {
        let detail = "no photo in your sight has this id";
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    }

    /// 409: it does not agree with what is kept.
    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 408: the body stopped coming.
    pub(crate) fn too_slow() -> Self {
        let detail = "the body stopped coming; send the batch again";
        Self::new(StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT", detail)
    }

    /// 413: the body is over a limit.
    pub(crate) fn too_large(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, detail)
    }

    /// 415: another media type, charset or encoding.
    pub(crate) fn unsupported(code: &'static str, detail: impl Into<String>) -> Self {
        let hint = match code {
            "UNSUPPORTED_ENCODING" => Hint::Encodings,
            "UNSUPPORTED_PHOTO" => Hint::Photos,
            _ => Hint::MediaTypes,
        };
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, detail).with(hint)
    }

    /// 422: of the right kind, but broken.
    pub(crate) fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: the device is past its rate.
    pub(crate) fn rate_limited(retry_after_s: u64) -> Self {
        let detail = format!("this device sends too much; try again in {retry_after_s} s");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail).with(Hint::RetryAfter {
            seconds: retry_after_s,
        })
    }

    /// 503: not now, but the same request may be sent again.
    pub(crate) fn unavailable(
        code: &'static str,
        detail: impl Into<String>,
        retry_after_s: u64,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).with(Hint::RetryAfter {
            seconds: retry_after_s,
        })
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let header = self.hint.map(Hint::header);
        let mut response = (status, Json(self)).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, media_type);
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl Hint {
    fn header(self) -> (HeaderName, HeaderValue) {
        match self {
            Hint::Authenticate => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Hint::MediaTypes => (
                header::ACCEPT,
                HeaderValue::from_static("application/json, application/x-ndjson"),
            ),
            Hint::Encodings => (
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("gzip, identity"),
            ),
            Hint::Photos => (
                header::ACCEPT,
                HeaderValue::from_static("image/jpeg, image/png, image/webp"),
            ),
            Hint::RetryAfter { seconds } => (header::RETRY_AFTER, HeaderValue::from(seconds)),
        }
    }
}
