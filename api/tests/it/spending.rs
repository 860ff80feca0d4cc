//! Whoever asks for too much in a short time waits; nobody else does.

use std::num::NonZeroU32;

use api::edge::{Budget, Settings};
use axum::http::StatusCode;
use entity::viewer::Role;

use crate::app::{call, query, quick, seen_by, serve, toys, viewer};

#[tokio::test]
async fn a_viewer_who_asks_for_too_much_waits_and_others_do_not() {
    let settings = Settings {
        budget: Budget {
            burst: NonZeroU32::new(100).unwrap(),
            per_second: NonZeroU32::MIN,
        },
        ..quick()
    };
    let router = serve(toys(), settings).router;
    let greedy = seen_by(router.clone(), viewer(Role::Manager));
    // Two fields of 30 toys.
    let toys = "{ toys(first: 30) { hello who } }";
    assert_eq!(call(&greedy, query(toys)).await.status, StatusCode::OK);

    let reply = call(&greedy, query(toys)).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED")
    );
    let wait: u64 = reply.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(reply.body["errors"][0]["extensions"]["retryAfter"], wait);
    assert!((1..=60).contains(&wait), "{wait}");

    let small = call(&greedy, query("{ hello }")).await;
    assert_eq!(small.status, StatusCode::OK);
    let other = seen_by(router.clone(), viewer(Role::Manager));
    assert_eq!(call(&other, query(toys)).await.status, StatusCode::OK);
    assert_eq!(call(&router, query(toys)).await.status, StatusCode::OK);
    let stranger = call(&router, query(toys)).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
}
