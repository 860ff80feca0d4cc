//! The pages people look at: what the build of `web/` made, embedded in the binary.
//!
//! They talk to the public API alone, so a page needs no credential and is the same for everyone.

mod policy;

use api::people::MapTiles;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate},
};

use crate::edge::problem::{self, Problem};

/// What the build of `web/` made; without a build there is nothing in it.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// The places within the manager's app, which are no files (`web/src/manager/routes.tsx`).
const PLACES: [&str; 8] = [
    "sign-in",
    "reps",
    "customers",
    "rankings",
    "training",
    "review",
    "access-log",
    "webhooks",
];

/// What a browser may do for each of the pages.
#[derive(Clone)]
struct Pages {
    policy: HeaderValue,
    /// GraphiQL's editor writes style elements.
    graphiql_policy: HeaderValue,
}

/// Serves the pages where no other route does; `map` says where its tiles come from.
pub(crate) fn router(map: Option<&MapTiles>) -> anyhow::Result<Router> {
    let pages = Pages {
        policy: policy::of_pages(map)?,
        graphiql_policy: policy::of_graphiql()?,
    };
    let compressible = DefaultPredicate::new().and(NotForContentType::const_new("font/woff"));
    Ok(Router::new()
        .fallback(serve)
        .with_state(pages)
        .layer(CompressionLayer::new().compress_when(compressible)))
}

async fn serve(State(pages): State<Pages>, request: Request) -> Response {
    let path = request.uri().path();
    let Some(name) = file_at(path) else {
        return problem::not_found().await.into_response();
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (allow, problem::method_not_allowed().await).into_response();
    }
    match Built::get(name) {
        Some(file) => pages.answer(name, file, request.headers()),
        None => unbuilt(),
    }
}

/// The file that answers a path, if any: itself, or the app that has a place there.
fn file_at(path: &str) -> Option<&str> {
    match path.strip_prefix('/')? {
        "" => Some("index.html"),
        "graphiql" | "graphiql/" => Some("graphiql/index.html"),
        path if Built::iter().any(|name| name == path) => Some(path),
        path => app_of(path),
    }
}

/// The page of the app that has a place at the path. What looks like a file is no place.
fn app_of(path: &str) -> Option<&'static str> {
    if path.contains(['.', '\\', '%']) {
        return None;
    }
    match path.split('/').next()? {
        "pocket" => Some("pocket/index.html"),
        first if PLACES.contains(&first) => Some("index.html"),
        _ => None,
    }
}

impl Pages {
    fn answer(&self, name: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
        // Weak, because the same file is sent packed and unpacked.
        let tag = format!(
            "W/\"{}\"",
            URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash())
        );
        let is_known = asked
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|tags| tags.to_str().ok())
            .any(|tags| names_tag(tags, &tag));
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let bytes = match file.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => bytes.into(),
            };
            Body::from(bytes).into_response()
        };
        let headers = response.headers_mut();
        if !is_known && let Ok(media_type) = media_type(file.metadata.mimetype()).parse() {
            headers.insert(header::CONTENT_TYPE, media_type);
        }
        if let Ok(tag) = tag.parse() {
            headers.insert(header::ETAG, tag);
        }
        self.rules(name, headers);
        response
    }

    /// What a browser is told to keep and to allow.
    fn rules(&self, name: &str, headers: &mut HeaderMap) {
        let policy = match name.starts_with("graphiql/") {
            true => &self.graphiql_policy,
            false => &self.policy,
        };
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        for (header, value) in policy::FIXED {
            headers.insert(header, HeaderValue::from_static(value));
        }
    }
}

/// Text is UTF-8, which a browser is told.
fn media_type(guessed: &str) -> String {
    match guessed.starts_with("text/") {
        true => format!("{guessed}; charset=utf-8"),
        false => guessed.to_owned(),
    }
}

/// Whether the tag, or every tag, is among those that a client has.
fn names_tag(tags: &str, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.trim() == "*" || tags.split(',').any(|known| opaque(known) == opaque(tag))
}

fn unbuilt() -> Response {
    let detail = "this binary was built without its pages: build web/ first (`npm run build`)";
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail).into_response()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::home("/", Some("index.html"))]
    #[case::graphiql("/graphiql", Some("graphiql/index.html"))]
    #[case::a_place_of_the_manager("/customers/Q3VzdG9tZXI6AaI", Some("index.html"))]
    #[case::signing_in("/sign-in", Some("index.html"))]
    #[case::the_pocket("/pocket", Some("pocket/index.html"))]
    #[case::within_the_pocket("/pocket/me", Some("pocket/index.html"))]
    #[case::no_place("/customersx", None)]
    #[case::an_absent_file_of_an_app("/pocket/gone.js", None)]
    #[case::by_name("/graphiql/index.html", Some("graphiql/index.html"))]
    #[case::another_word("/graphiqls", None)]
    #[case::an_absent_file("/assets/gone.js", None)]
    #[case::below_graphql("/graphql/gone", None)]
    #[case::climbing("/../Cargo.toml", None)]
    fn a_path_has_a_file_or_none(#[case] path: &str, #[case] file: Option<&str>) {
        assert_eq!(file_at(path), file);
    }

    #[rstest]
    #[case("W/\"a\"", true)]
    #[case("\"a\"", true)]
    #[case("\"b\", W/\"a\"", true)]
    #[case("*", true)]
    #[case("\"b\"", false)]
    #[case("a", false)]
    fn a_known_tag_is_found_whether_weak_or_strong(#[case] tags: &str, #[case] is_known: bool) {
        assert_eq!(names_tag(tags, "W/\"a\""), is_known);
    }
}
