//! The pages from outside: what a browser gets, what it is told, and what it never gets.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
};

use reqwest::{Client, Method, Response, StatusCode, header::HeaderMap};
use serde_json::Value;

use crate::harness::{Process, Settings};

/// What a browser says when a person goes to an address.
const PERSON: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn hub() -> (Process, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = Process::serve(&Settings::sqlite(folder.path())).expect("the hub is up");
    (hub, folder)
}

async fn get(hub: &Process, path: &str, headers: &[(&str, &str)]) -> Response {
    ask(hub, Method::GET, path, headers).await
}

async fn ask(hub: &Process, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", hub.url);
    // What is packed is looked at as it comes.
    let client = Client::builder().no_gzip().build().expect("a client");
    let mut request = client.request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The built files, by their path within `web/dist`.
fn built() -> Vec<(String, Vec<u8>)> {
    fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
        let entries = fs::read_dir(folder).expect("the build is here");
        let paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        for path in paths {
            if path.is_dir() {
                collect(root, &path, files);
                continue;
            }
            let name = path.strip_prefix(root).expect("it is within");
            files.push((
                name.display().to_string(),
                fs::read(&path).expect("a readable file"),
            ));
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files
}

/// What a file of the build is, by its name.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "txt" => "text/plain; charset=utf-8",
        other => panic!("say here what a .{other} is"),
    }
}

#[tokio::test]
async fn every_built_file_is_served_as_it_is_and_known_by_its_tag() {
    let (hub, _folder) = hub();
    let files = built();
    assert!(files.len() >= 2, "two pages at least");
    for (name, content) in files {
        let path = format!("/{name}");
        let answer = get(&hub, &path, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        let headers = answer.headers().clone();
        assert_eq!(text(&headers, "cache-control"), "no-cache", "{name}");
        assert_eq!(
            text(&headers, "x-content-type-options"),
            "nosniff",
            "{name}"
        );
        assert_eq!(text(&headers, "content-type"), media_type(&name), "{name}");
        let tag = text(&headers, "etag").to_owned();
        assert!(tag.len() > 20, "{name} has the tag {tag}");
        assert_eq!(answer.bytes().await.expect("a body"), content, "{name}");

        let again = get(&hub, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{name}");
        assert_eq!(text(again.headers(), "etag"), tag);
        assert!(again.bytes().await.expect("no body").is_empty());
        let other = get(&hub, &path, &[("if-none-match", "W/\"other\"")]).await;
        assert_eq!(other.status(), StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn each_app_answers_at_its_entrance_and_within() {
    let (hub, _folder) = hub();
    let mut pages = Vec::new();
    for (entrance, within, file) in [
        ("/", "/?a=b", "index.html"),
        ("/sign-in", "/reps/a/b?day=2026-11-23", "index.html"),
        ("/pocket", "/pocket/me", "pocket/index.html"),
        ("/graphiql", "/graphiql/", "graphiql/index.html"),
    ] {
        let page = get(&hub, &format!("/{file}"), &[]).await.text().await;
        let page = page.expect("text");
        for (path, accept) in [(entrance, "*/*"), (within, PERSON)] {
            let answer = get(&hub, path, &[("accept", accept)]).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            assert_eq!(
                text(answer.headers(), "content-type"),
                "text/html; charset=utf-8"
            );
            assert_eq!(answer.text().await.expect("text"), page, "{path}");
        }
        pages.push(page);
    }
    assert_eq!(pages[0], pages[1], "the manager's app has places within");
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), 3, "three apps");
}

#[tokio::test]
async fn a_page_may_do_what_it_needs_and_no_more() {
    let (hub, _folder) = hub();
    let answer = get(&hub, "/", &[]).await;
    let headers = answer.headers();
    assert_eq!(
        text(headers, "content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let permissions = text(headers, "permissions-policy");
    assert!(
        permissions.contains("geolocation=(self), camera=(self)"),
        "{permissions}"
    );
    assert_eq!(text(headers, "referrer-policy"), "no-referrer");
    let graphiql = get(&hub, "/graphiql", &[]).await;
    let policy = text(graphiql.headers(), "content-security-policy");
    assert!(
        policy.contains("style-src 'self' 'unsafe-inline';"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_page_is_packed_for_those_who_take_it() {
    let (hub, _folder) = hub();
    let plain = get(&hub, "/", &[]).await.bytes().await.expect("a body");
    let packed = get(&hub, "/", &[("accept-encoding", "gzip")]).await;
    assert_eq!(text(packed.headers(), "content-encoding"), "gzip");
    assert!(text(packed.headers(), "vary").contains("accept-encoding"));
    let packed = packed.bytes().await.expect("a body");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_end(&mut unpacked)
        .expect("it is gzip");
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn head_says_the_same_without_the_page() {
    let (hub, _folder) = hub();
    let get = get(&hub, "/", &[]).await;
    let head = ask(&hub, Method::HEAD, "/", &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
    for name in [
        "etag",
        "content-type",
        "content-length",
        "content-security-policy",
    ] {
        assert_eq!(
            text(head.headers(), name),
            text(get.headers(), name),
            "{name}"
        );
    }
    assert!(head.bytes().await.expect("no body").is_empty());
}

#[tokio::test]
async fn a_page_is_not_written_to() {
    let (hub, _folder) = hub();
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = ask(&hub, method, "/", &[]).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(text(answer.headers(), "allow"), "GET, HEAD");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "METHOD_NOT_ALLOWED");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_not_a_page() {
    let (hub, _folder) = hub();
    for (path, accept) in [
        ("/assets/gone.js", PERSON),
        ("/assets/gone", "*/*"),
        ("/v1/gone", PERSON),
        ("/graphql/gone", PERSON),
        ("/healthz/gone", PERSON),
        ("/owntracks/gone", PERSON),
    ] {
        let answer = get(&hub, path, &[("accept", accept)]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            text(answer.headers(), "content-type"),
            "application/problem+json"
        );
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "NOT_FOUND", "{path}");
    }
}

#[test]
fn nothing_outside_of_the_build_is_served() {
    let (hub, _folder) = hub();
    let address = hub.address().expect("an address");
    for path in [
        "/../../Cargo.toml",
        "/assets/../../../Cargo.toml",
        "/%2e%2e/%2e%2e/Cargo.toml",
        "/..%2f..%2fCargo.toml",
        "/..\\..\\Cargo.toml",
        "//etc/passwd",
        "/assets/%00",
        "/index.html%00.js",
    ] {
        // By hand, because clients tidy such paths up.
        let mut stream = TcpStream::connect(&address).expect("a connection");
        let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(
            !answer.contains("[workspace]") && !answer.contains("root:"),
            "{path}"
        );
    }
}
