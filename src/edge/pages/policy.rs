//! What a browser is told to allow a page: nothing but what the page is known to need.

use anyhow::Context;
use axum::http::{HeaderName, HeaderValue, header};

/// The rules that no setting changes.
pub(super) const FIXED: [(HeaderName, &str); 4] = [
    // A page is asked for again each time, and answered by 304 while it has not changed.
    (header::CACHE_CONTROL, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Whoever serves the map's tiles may know the site, not the page.
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    ),
];

/// The policy of the apps; tiles may come from one origin besides our own.
pub(super) fn of_pages(tile_origin: Option<&str>) -> anyhow::Result<HeaderValue> {
    policy("style-src 'self'", tile_origin)
}

/// The policy of GraphiQL.
pub(super) fn of_graphiql() -> anyhow::Result<HeaderValue> {
    policy("style-src 'self' 'unsafe-inline'", None)
}

fn policy(style: &str, tile_origin: Option<&str>) -> anyhow::Result<HeaderValue> {
    let tiles = tile_origin.map_or_else(String::new, |origin| format!(" {origin}"));
    let directives = [
        "default-src 'none'",
        "script-src 'self'",
        style,
        &format!("img-src 'self' data: blob:{tiles}"),
        &format!("connect-src 'self'{tiles}"),
        "worker-src 'self'",
        "font-src 'self'",
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
    fn tiles_come_from_the_origin_that_is_set_and_scripts_do_not() {
        let policy = of_pages(Some("https://tiles.example")).unwrap();
        let policy = policy.to_str().unwrap();
        let may = |directive: &str| {
            policy.split("; ").any(|found| {
                found.starts_with(directive) && found.ends_with("https://tiles.example")
            })
        };
        assert!(may("img-src") && may("connect-src"), "{policy}");
        assert_eq!(policy.matches("tiles.example").count(), 2, "{policy}");
    }

    #[test]
    fn only_graphiql_may_write_styles() {
        let may = |policy: HeaderValue| policy.to_str().unwrap().contains("'unsafe-inline'");
        assert!(may(of_graphiql().unwrap()));
        assert!(!may(of_pages(None).unwrap()));
    }
}
