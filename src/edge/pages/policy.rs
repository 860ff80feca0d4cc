//! What a browser is told to allow a page: nothing but what the page is known to need.

use anyhow::Context;
use api::people::MapTiles;
use axum::http::{HeaderName, HeaderValue, header};
use reqwest::Url;

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

/// The policy of every page but GraphiQL. Pictures come from the hub, and from the host of the
/// map's tiles where there are any.
pub(super) fn of_pages(map: Option<&MapTiles>) -> anyhow::Result<HeaderValue> {
    let tiles = map.map(origin_of).transpose()?.unwrap_or_default();
    policy("style-src 'self'", "font-src 'self'", &tiles)
}

/// The policy of GraphiQL, whose editor writes style elements and brings its fonts in them.
pub(super) fn of_graphiql() -> anyhow::Result<HeaderValue> {
    policy(
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "",
    )
}

/// ` https://tiles.example.com`.
fn origin_of(map: &MapTiles) -> anyhow::Result<String> {
    let url = Url::parse(&map.url).context("the map's tiles have no address")?;
    Ok(format!(" {}", url.origin().ascii_serialization()))
}

fn policy(style: &str, font: &str, tiles: &str) -> anyhow::Result<HeaderValue> {
    let pictures = format!("img-src 'self' data: blob:{tiles}");
    // The map fetches its tiles.
    let connections = format!("connect-src 'self'{tiles}");
    let directives = [
        "default-src 'none'",
        "script-src 'self'",
        style,
        &pictures,
        &connections,
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
        assert!(!may(of_pages(None).unwrap()));
    }

    #[test]
    fn pictures_come_from_the_tiles_host_where_there_is_one() {
        let tiles = MapTiles {
            url: "https://tiles.example.com:8443/a/{z}/{x}/{y}.png?key=1".to_owned(),
            datum: api::people::MapDatum::Gcj02,
            attribution: None,
        };
        let policy = of_pages(Some(&tiles)).unwrap();
        let policy = policy.to_str().unwrap();
        for directive in [
            "img-src 'self' data: blob: https://tiles.example.com:8443;",
            "connect-src 'self' https://tiles.example.com:8443;",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
    }
}
