//! What a browser is told to allow a page: nothing but what the page is known to need.

use anyhow::Context;
use axum::http::{HeaderName, HeaderValue, header};

/// The rules that no setting changes.
pub(super) const FIXED: [(HeaderName, &str); 4] = [
    // A page is asked for again each time, and answered by 304 while it has not changed.
    (header::CACHE_CONTROL, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    ),
];

/// The policy of every page but GraphiQL.
pub(super) fn of_pages() -> anyhow::Result<HeaderValue> {
    policy("style-src 'self'", "font-src 'self'")
}

/// The policy of GraphiQL, whose editor writes style elements and brings its fonts in them.
pub(super) fn of_graphiql() -> anyhow::Result<HeaderValue> {
    policy("style-src 'self' 'unsafe-inline'", "font-src 'self' data:")
}

fn policy(style: &str, font: &str) -> anyhow::Result<HeaderValue> {
    let directives = [
        "default-src 'none'",
        "script-src 'self'",
        style,
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        font,
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ];
    HeaderValue::from_str(&directives.join("; ")).context("the pages' policy is no header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_graphiql_may_write_styles() {
        let may = |policy: HeaderValue| policy.to_str().unwrap().contains("'unsafe-inline'");
        assert!(may(of_graphiql().unwrap()));
        assert!(!may(of_pages().unwrap()));
    }
}
