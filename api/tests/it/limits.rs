//! What one request may ask for.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;

use crate::app::{Reply, asking, call, query, quick, serve, toys};

async fn ask(text: &str) -> Reply {
    call(&serve(toys(), quick()).router, query(text)).await
}

fn nested(depth: usize) -> String {
    let open = "toys(first: 1) { ".repeat(depth - 1);
    format!("{{ {open} hello {} }}", "}".repeat(depth - 1))
}

fn aliases(count: usize) -> String {
    let fields: String = (0..count).map(|n| format!("a{n}: hello ")).collect();
    format!("{{ toys(first: 1) {{ {fields} }} }}")
}

fn roots(count: usize) -> String {
    format!("{{ {} }}", "hello ".repeat(count))
}

fn directives(count: usize) -> String {
    format!("{{ hello {} }}", "@include(if: true) ".repeat(count))
}

fn tokens(count: usize) -> String {
    format!("{{ toys(first: 1) {{ {} }} }}", "hello ".repeat(count))
}

fn costly(inner: usize) -> String {
    format!("{{ toys(first: 100) {{ toys(first: {inner}) {{ hello }} }} }}")
}

#[rstest]
#[case::depth(nested(12), nested(13))]
#[case::aliases(aliases(20), aliases(21))]
#[case::roots(roots(10), roots(11))]
#[case::tokens(tokens(9_000), tokens(10_001))]
#[case::cost(costly(498), costly(500))]
#[tokio::test]
async fn a_limit_is_where_it_is_said_to_be(#[case] within: String, #[case] beyond: String) {
    let allowed = ask(&within).await;
    assert_ne!(allowed.code(), "TOO_COMPLEX", "{}", allowed.body);
    let refused = ask(&beyond).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.code(), "TOO_COMPLEX");
}

#[tokio::test]
async fn five_directives_on_one_field_are_too_many() {
    assert_eq!(ask(&directives(5)).await.code(), "TOO_COMPLEX");
    assert_ne!(ask(&directives(4)).await.code(), "TOO_COMPLEX");
}

#[tokio::test]
async fn a_list_without_first_costs_what_the_schema_gives_by_default() {
    let reply = ask("{ toys { hello } }").await;
    assert_eq!(reply.body["data"]["toys"].as_array().unwrap().len(), 7);
    assert_eq!(reply.body["extensions"]["cost"]["requested"], 8);
}

#[tokio::test]
async fn cost_reads_variables_and_their_defaults() {
    let router = serve(toys(), quick()).router;
    let document = "query($n: Int = 3) { toys(first: $n) { hello } }";
    let cost = async |variables| {
        let body = json!({ "query": document, "variables": variables });
        let reply = call(&router, asking(body)).await;
        reply.body["extensions"]["cost"]["requested"].clone()
    };
    assert_eq!(cost(json!({})).await, 4);
    assert_eq!(cost(json!({ "n": 10 })).await, 11);
}

#[rstest]
#[case::fragments_that_double(doubling(30))]
#[case::a_fragment_of_itself("{ ...F } fragment F on Toys { ...F }".to_owned())]
#[case::deep_brackets(format!("{{ hello(a: {}", "[".repeat(9_000)))]
#[case::deep_selections("{ toys ".repeat(4_000))]
#[tokio::test]
async fn a_document_made_to_hurt_is_refused_at_once(#[case] document: String) {
    let started = Instant::now();
    let reply = ask(&document).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(started.elapsed() < Duration::from_secs(1));
}

fn doubling(levels: usize) -> String {
    let fragments: String = (0..levels)
        .map(|n| {
            format!(
                "fragment F{n} on Toys {{ ...F{next} ...F{next} }} ",
                next = n + 1
            )
        })
        .collect();
    format!("{{ ...F0 }} {fragments} fragment F{levels} on Toys {{ hello }}")
}

#[tokio::test]
async fn asking_for_the_schema_in_circles_is_refused() {
    let circle = "{ __schema { types { fields { type { fields { type { fields { type
        { fields { name } } } } } } } } } }";
    assert_eq!(ask(circle).await.code(), "TOO_COMPLEX");
}
