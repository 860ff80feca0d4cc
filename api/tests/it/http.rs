//! GraphQL over HTTP: statuses, media types and codes.

use api::edge::Settings;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use entity::viewer::Role;
use rstest::rstest;
use serde_json::{Value, json};

use crate::app::{Reply, asking, call, query, quick, seen_by, serve, toys, viewer};

fn router() -> Router {
    serve(toys(), quick()).router
}

async fn get(uri: &str) -> Reply {
    call(&router(), Request::get(uri).body(Body::empty()).unwrap()).await
}

async fn ask(text: &str) -> Reply {
    call(&router(), query(text)).await
}

/// A POST of plain JSON.
async fn plain(body: &str) -> Reply {
    let request = Request::post("/graphql").header("content-type", "application/json");
    call(
        &router(),
        request.body(Body::from(body.to_owned())).unwrap(),
    )
    .await
}

#[tokio::test]
async fn an_answer_carries_data_and_cost() {
    let reply = ask("{ hello }").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(
        reply
            .content_type()
            .starts_with("application/graphql-response+json")
    );
    assert_eq!(reply.body["data"], json!({ "hello": "world" }));
    let cost = json!({ "requested": 1, "limit": 50_000 });
    assert_eq!(reply.body["extensions"]["cost"], cost);
}

#[rstest]
#[case::syntax("{", "GRAPHQL_PARSE_FAILED")]
#[case::unknown_field("{ nope }", "GRAPHQL_VALIDATION_FAILED")]
#[case::variable(
    "query($n: Int!) { add(left: $n, right: 1) }",
    "GRAPHQL_VALIDATION_FAILED"
)]
#[case::two_operations("query A { hello } query B { hello }", "GRAPHQL_VALIDATION_FAILED")]
#[tokio::test]
async fn a_refused_document_is_400_without_data(#[case] document: &str, #[case] code: &str) {
    let reply = ask(document).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::BAD_REQUEST, code)
    );
    assert!(reply.body.get("data").is_none());

    let reply = plain(&json!({ "query": document }).to_string()).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::OK, code));
    assert!(reply.body.get("data").is_none());
}

#[rstest]
#[case::not_json("{ \"not a JSON")]
#[case::nothing("")]
#[case::batch("[{\"query\":\"{ hello }\"}]")]
#[case::no_query("{\"qeury\":\"{ hello }\"}")]
#[case::query_of_another_type("{\"query\":{}}")]
#[case::name_of_another_type("{\"query\":\"{ hello }\",\"operationName\":7}")]
#[case::variables_of_another_type("{\"query\":\"{ hello }\",\"variables\":[]}")]
#[case::extensions_of_another_type("{\"query\":\"{ hello }\",\"extensions\":\"x\"}")]
#[tokio::test]
async fn a_request_that_cannot_be_read_is_400(#[case] body: &str) {
    let reply = plain(body).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::BAD_REQUEST, "BAD_REQUEST")
    );
    assert!(reply.content_type().starts_with("application/json"));
}

#[tokio::test]
async fn json_nested_without_end_is_400() {
    let deep = "[".repeat(100_000);
    let body = format!("{{\"query\":\"{{ hello }}\",\"variables\":{deep}");
    assert_eq!(plain(&body).await.status, StatusCode::BAD_REQUEST);
}

#[rstest]
#[case(None)]
#[case(Some("text/plain"))]
#[case(Some("application/x-www-form-urlencoded"))]
#[case(Some("multipart/form-data; boundary=x"))]
#[case(Some("application/json; charset=utf-16"))]
#[tokio::test]
async fn another_content_type_is_415(#[case] content_type: Option<&str>) {
    let mut request = Request::post("/graphql");
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    let body = Body::from(r#"{"query":"mutation { poke }"}"#);
    let reply = call(&router(), request.body(body).unwrap()).await;
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(reply.code(), "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn a_wish_that_cannot_be_met_is_406() {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "text/html");
    let body = Body::from(r#"{"query":"{ hello }"}"#);
    let reply = call(&router(), request.body(body).unwrap()).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE")
    );
}

#[tokio::test]
async fn get_reads_queries_and_their_name() {
    let two = "query%20A%7Bhello%7D%20query%20B%7Badd(left:1,right:2)%7D";
    let reply = get(&format!("/graphql?query={two}&operationName=B")).await;
    assert_eq!(reply.body["data"], json!({ "add": 3 }));
    let one = "query(%24n:Int!)%7Badd(left:%24n,right:2)%7D";
    let reply = get(&format!("/graphql?query={one}&variables=%7B%22n%22:5%7D")).await;
    assert_eq!(reply.body["data"], json!({ "add": 7 }));
    assert_eq!(get("/graphql").await.status, StatusCode::BAD_REQUEST);
    let unreadable = get("/graphql?query=%7Bhello%7D&variables=nope").await;
    assert_eq!(unreadable.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_mutation_by_get_is_405() {
    let reply = get("/graphql?query=mutation%7Bpoke%7D").await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.headers["allow"], "POST");
    assert_eq!(reply.code(), "METHOD_NOT_ALLOWED");
    let put = Request::put("/graphql").body(Body::empty()).unwrap();
    let reply = call(&router(), put).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.headers["allow"], "GET, POST");
}

#[tokio::test]
async fn a_subscription_over_http_is_400() {
    let reply = ask("subscription { silence }").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let body = format!("{{\"query\":\"{}\"}}", " ".repeat(300 * 1024));
    let reply = plain(&body).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(reply.code(), "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn a_panic_is_a_500_in_json() {
    let reply = ask("{ boom }").await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.code(), "INTERNAL");
    assert!(!reply.body.to_string().contains("panics"));
}

#[tokio::test]
async fn what_is_ours_is_never_told() {
    let reply = ask("{ secret }").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::OK, "INTERNAL"));
    assert_eq!(reply.body["data"], Value::Null);
    assert!(!reply.body.to_string().contains("secret_table"));
    assert!(reply.body["errors"][0]["extensions"]["requestId"].is_string());
}

#[tokio::test]
async fn a_failed_nullable_field_spares_its_neighbours() {
    let reply = ask("{ missing hello }").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::OK, "NOT_FOUND"));
    assert_eq!(
        reply.body["data"],
        json!({ "missing": null, "hello": "world" })
    );
    assert_eq!(reply.body["errors"][0]["path"], json!(["missing"]));
}

#[tokio::test]
async fn too_many_tries_is_429() {
    let reply = ask("{ busy }").await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.code(), "RATE_LIMITED");
    assert_eq!(reply.headers["retry-after"], "2");
}

#[tokio::test]
async fn a_request_ends_at_its_deadline() {
    let reply = ask("{ slow }").await;
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(reply.code(), "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn the_purpose_is_the_operation_unless_a_reason_was_given() {
    let router = seen_by(router(), viewer(Role::Rep));
    let reply = call(&router, query("query WhereIsMyTeam { who }")).await;
    assert_eq!(reply.body["data"]["who"], "Rep for WhereIsMyTeam");
}

#[tokio::test]
async fn in_production_only_admins_see_the_schema() {
    let production = Settings {
        is_production: true,
        ..quick()
    };
    let router = serve(toys(), production).router;
    let rep = seen_by(router.clone(), viewer(Role::Rep));
    let admin = seen_by(router, viewer(Role::Admin));
    let introspection = "{ __schema { queryType { name } } }";
    assert_eq!(call(&rep, query(introspection)).await.code(), "FORBIDDEN");
    let reply = call(&rep, query("{ __type(name: \"Toys\") { name } }")).await;
    assert_eq!(reply.body["data"]["__type"], Value::Null);
    let reply = call(&admin, query(introspection)).await;
    assert_eq!(reply.body["data"]["__schema"]["queryType"]["name"], "Toys");

    let hint = |reply: Reply| reply.body.to_string().contains("Did you mean");
    assert!(!hint(call(&rep, query("{ helo }")).await));
    assert!(hint(call(&admin, query("{ helo }")).await));
}

#[tokio::test]
async fn the_standard_introspection_passes() {
    let text = "query IntrospectionQuery { __schema { queryType { name } types { ...T }
        directives { name args { ...I } } } }
      fragment T on __Type { kind name
        fields(includeDeprecated: true) { name args { ...I } type { ...R } }
        inputFields { ...I } enumValues(includeDeprecated: true) { name } possibleTypes { ...R } }
      fragment I on __InputValue { name type { ...R } defaultValue }
      fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name } } } } } } } } } }";
    let reply = call(&router(), asking(json!({ "query": text }))).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
}
