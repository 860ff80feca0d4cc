//! Who are you, for apps that cannot send a bearer token: OwnTracks has a password, OsmAnd's
//! protocol a device's key among its parameters. Both are a device's credential.

use api::auth::{AuthError, Authenticator};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ingest::phones::osmand;

use crate::edge::identity;

/// The most bytes of a body that are read to find the device's key.
const LARGEST: usize = 1 << 20;

/// Puts the viewer of a password into the request; without a valid one nobody is there, and the
/// route asks for it.
pub(crate) async fn by_password(
    State(authenticator): State<Authenticator>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(password) = password(request.headers()) {
        match authenticator.sender(&password, "owntracks").await {
            Ok(viewer) => {
                request.extensions_mut().insert(viewer);
            }
            Err(AuthError::Rejected(_)) => {}
            Err(AuthError::Unavailable(error)) => return identity::unavailable(&error),
        }
    }
    next.run(request).await
}

/// The password of Basic authentication (RFC 7617); the user's name says nothing.
fn password(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = STANDARD.decode(encoded.trim()).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    plain
        .split_once(':')
        .map(|(_, password)| password.to_owned())
}

/// Puts the viewer of a device's key into the request, or answers as Traccar does to a device that
/// it does not know.
pub(crate) async fn by_device(
    State(authenticator): State<Authenticator>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let query = parts.uri.query().unwrap_or_default();
    let asked = osmand::Request::new(&parts.method, query, &parts.headers, &body);
    let unknown = match asked.is_document() {
        true => StatusCode::NOT_FOUND,
        false => StatusCode::BAD_REQUEST,
    };
    let Some(key) = asked.device() else {
        return unknown.into_response();
    };
    match authenticator.sender(&key, "osmand").await {
        Ok(viewer) => {
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Err(AuthError::Rejected(_)) => unknown.into_response(),
        Err(AuthError::Unavailable(error)) => identity::unavailable(&error),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(value: &'static str) -> Option<String> {
        let value = HeaderValue::from_static(value);
        password(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]))
    }

    #[test]
    fn a_password_may_hold_colons() {
        // jane:fhd_a:b
        assert_eq!(read("Basic amFuZTpmaGRfYTpi"), Some("fhd_a:b".to_owned()));
        assert_eq!(read("basic amFuZTpmaGRfYTpi"), Some("fhd_a:b".to_owned()));
    }

    #[test]
    fn what_is_no_password_is_none() {
        for value in ["Bearer abc", "Basic", "Basic !", "Basic amFuZQ=="] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
