//! Who are you: a bearer credential becomes a viewer, in one place for every route that asks.

use api::auth::{AuthError, Authenticator};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::edge::problem::Problem;

/// The header in which a caller says why they look at other people's positions.
const REASON: &str = "x-access-reason";
/// The access log keeps this much of it, in characters.
const LONGEST_REASON: usize = 200;

/// Which door the request came to.
#[derive(Clone)]
pub(crate) enum Identity {
    /// People and apps that ask and change.
    Viewer(Authenticator),
    /// Phones that send check-ins, a revoked one too: what it recorded before is still worth
    /// keeping, and the intake judges each point.
    Sender(Authenticator),
}

/// Puts the viewer of a credential into the request; without a credential nobody is signed in.
pub(crate) async fn identify(
    State(identity): State<Identity>,
    mut request: Request,
    next: Next,
) -> Response {
    let token = match bearer(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(token)) => token,
        Err(why) => return unauthenticated(why),
    };
    let reason = reason(request.headers());
    let judged = match identity {
        Identity::Viewer(authenticator) => authenticator.viewer(token, &reason).await,
        Identity::Sender(authenticator) => authenticator.sender(token, &reason).await,
    };
    match judged {
        Ok(viewer) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Err(error) => refused(error),
    }
}

/// The credential, if there is one.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, &'static str> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let value = value
        .to_str()
        .map_err(|_| "the Authorization header is not text")?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err("the Authorization header is not `Bearer TOKEN`"),
    }
}

fn reason(headers: &HeaderMap) -> String {
    let said = headers
        .get(REASON)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    said.trim().chars().take(LONGEST_REASON).collect()
}

fn refused(error: AuthError) -> Response {
    match error {
        AuthError::Rejected(why) => unauthenticated(&why),
        AuthError::Unavailable(error) => unavailable(&error),
    }
}

/// 503: the database could not be asked about a credential.
pub(crate) fn unavailable(error: &impl std::fmt::Debug) -> Response {
    tracing::warn!(?error, "a credential could not be judged");
    let detail = "the credential cannot be judged now; send the request again";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = Problem::new(status, "DATABASE_UNAVAILABLE", detail).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

fn unauthenticated(why: &str) -> Response {
    let mut response =
        Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", why).into_response();
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &'static str) -> Result<Option<String>, &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        bearer(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn the_scheme_may_be_written_in_any_case() {
        assert_eq!(read("bearer abc"), Ok(Some("abc".to_owned())));
        assert_eq!(bearer(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn another_scheme_is_refused() {
        assert!(read("Basic abc").is_err());
        assert!(read("abc").is_err());
    }
}
