//! What the lifecycle promises, sentence by sentence.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[tokio::test]
async fn what_lets_work_in_ends_before_what_finishes_it() {
    let lifecycle = Lifecycle::default();
    let order = Arc::new(Mutex::new(Vec::new()));
    let (front, back) = (lifecycle.stopping(), lifecycle.halting());
    let seen = order.clone();
    lifecycle.spawn_front("front", async move {
        front.cancelled().await;
        tokio::task::yield_now().await;
        lock(&seen).push("front");
    });
    let seen = order.clone();
    lifecycle.spawn("back", async move {
        back.cancelled().await;
        lock(&seen).push("back");
    });
    assert!(lifecycle.stop().await);
    assert_eq!(*lock(&order), ["front", "back"]);
}

#[tokio::test]
async fn a_task_that_panics_is_a_fault_of_the_process() {
    let lifecycle = Lifecycle::default();
    lifecycle.spawn("clock", async { panic!("no time") });
    assert_eq!(
        lifecycle
            .run_until_stopped(Signals::listen().unwrap())
            .await,
        ExitCode::FAILURE
    );
    assert_eq!(lifecycle.down()["clock"], "it panicked");
}

#[tokio::test]
async fn a_kept_task_starts_again_and_is_down_meanwhile() {
    let lifecycle = Lifecycle::default();
    let starts = Arc::new(AtomicUsize::new(0));
    let counted = starts.clone();
    lifecycle.keep("worker", move |token| {
        let start = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(start > 0, "the first start fails");
            token.cancelled().await;
        }
    });
    until(|| !lifecycle.down().is_empty()).await;
    assert_eq!(lifecycle.down()["worker"], "it panicked and starts again");
    until(|| lifecycle.down().is_empty()).await;
    assert!(lifecycle.stop().await);
    assert_eq!(starts.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_task_that_does_not_end_is_left_after_the_limit() {
    let lifecycle = Lifecycle::default();
    lifecycle.spawn("stuck", std::future::pending());
    let limit = Duration::from_millis(20);
    assert!(!lifecycle.stop_within(limit, limit).await);
}

async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
