//! Documents that are asked for by an id: those of a manifest, and those a client registered.

use api::edge::{Manifest, Settings, Unlisted};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use entity::viewer::Role;
use rstest::rstest;
use serde_json::{Value, json};

use crate::app::{Reply, asking, call, query, quick, seen_by, serve, toys, viewer};

/// The SHA-256 of `{ hello }`.
const HELLO: &str = "001c3174e099bd72b729d0c0a529ba9f5a740c446e2a6e1d71b283cb84ec3065";

fn router(unlisted: Unlisted) -> Router {
    let manifest = json!({ "greet": "query Greet { hello }", "sum": "{ add(left: 1, right: 2) }" });
    let settings = Settings {
        manifest: Manifest::read(&manifest.to_string()).unwrap(),
        unlisted,
        ..quick()
    };
    serve(toys(), settings).router
}

fn registered(hex: &str, text: Option<&str>) -> Request<Body> {
    let mut body =
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hex } } });
    if let Some(text) = text {
        body["query"] = text.into();
    }
    asking(body)
}

fn refused(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.code())
}

#[tokio::test]
async fn a_document_of_the_manifest_is_asked_for_by_its_id() {
    let router = router(Unlisted::Run);
    let reply = call(&router, asking(json!({ "documentId": "greet" }))).await;
    assert_eq!(reply.body["data"], json!({ "hello": "world" }));
    let by_get = Request::get("/graphql?documentId=sum").body(Body::empty());
    let reply = call(&router, by_get.unwrap()).await;
    assert_eq!(reply.body["data"], json!({ "add": 3 }));
    let reply = call(&router, asking(json!({ "documentId": "nobody's" }))).await;
    assert_eq!(refused(&reply), (400, "PERSISTED_QUERY_NOT_FOUND"));
}

#[tokio::test]
async fn a_document_is_registered_once_and_then_asked_for_by_its_digest() {
    let router = router(Unlisted::Run);
    let reply = call(&router, registered(HELLO, None)).await;
    assert_eq!(refused(&reply), (400, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(reply.body["errors"][0]["message"], "PersistedQueryNotFound");
    let reply = call(&router, registered(HELLO, Some("{ hello }"))).await;
    assert_eq!(reply.status, StatusCode::OK);
    let reply = call(&router, registered(HELLO, None)).await;
    assert_eq!(reply.body["data"], json!({ "hello": "world" }));
    let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{HELLO}\"}}}}");
    let uri = extensions
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('"', "%22");
    let by_get = Request::get(format!("/graphql?extensions={uri}")).body(Body::empty());
    let reply = call(&router, by_get.unwrap()).await;
    assert_eq!(reply.body["data"], json!({ "hello": "world" }));
}

#[tokio::test]
async fn what_is_not_the_digests_document_is_not_registered() {
    let router = router(Unlisted::Run);
    let reply = call(&router, registered(HELLO, Some("{ who }"))).await;
    assert_eq!(refused(&reply), (400, "PERSISTED_QUERY_HASH_MISMATCH"));
    // SHA-256 of `{ nope`.
    let broken = "c0f389cf99ab63f2128734539aeb2f15349e1ddf3650e07e08e68714ac6702ed";
    call(&router, registered(broken, Some("{ nope"))).await;
    let reply = call(&router, registered(broken, None)).await;
    assert_eq!(refused(&reply), (400, "PERSISTED_QUERY_NOT_FOUND"));
}

#[rstest]
#[case::id_of_another_type(json!({ "documentId": 7 }))]
#[case::two_at_once(json!({ "documentId": "greet", "query": "{ hello }" }))]
#[case::another_version(json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": HELLO } } }))]
#[case::no_digest(json!({ "extensions": { "persistedQuery": { "version": 1 } } }))]
#[tokio::test]
async fn an_unclear_request_is_a_bad_one(#[case] body: Value) {
    let reply = call(&router(Unlisted::Run), asking(body)).await;
    assert_eq!(refused(&reply), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn where_only_listed_documents_run_all_others_are_refused_but_for_admins() {
    let all = router(Unlisted::Refuse);
    let router = seen_by(all.clone(), viewer(Role::Manager));
    for request in [query("{ hello }"), registered(HELLO, Some("{ hello }"))] {
        let reply = call(&router, request).await;
        assert_eq!(refused(&reply), (400, "DOCUMENT_NOT_ALLOWED"));
    }
    // The refused document was not remembered either.
    let reply = call(&router, registered(HELLO, None)).await;
    assert_eq!(refused(&reply), (400, "PERSISTED_QUERY_NOT_FOUND"));
    for request in [
        asking(json!({ "documentId": "greet" })),
        query("query Greet { hello }"),
    ] {
        let reply = call(&router, request).await;
        assert_eq!(reply.body["data"], json!({ "hello": "world" }));
    }
    let admins = seen_by(all, viewer(Role::Admin));
    let reply = call(&admins, query("{ hello }")).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn where_unlisted_documents_are_logged_they_run() {
    let reply = call(&router(Unlisted::Log), query("{ hello }")).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[rstest]
#[case("[]", "not a JSON object")]
#[case("{\"a\": 7}", "not a JSON object")]
#[case("{\"a\": \"{ nope\"}", "\"a\" cannot be parsed")]
fn a_bad_manifest_is_named(#[case] text: &str, #[case] fault: &str) {
    let error = Manifest::read(text).unwrap_err();
    assert!(error.contains(fault), "{error}");
}
