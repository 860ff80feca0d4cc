//! `/healthz` and `/readyz`: the process is alive; what works, what is degraded, and why.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use serde_json::{Value, json};

use crate::lifecycle::Lifecycle;

/// A check that takes longer has failed.
const CHECK_LIMIT: Duration = Duration::from_secs(2);

/// How a part fares, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Condition {
    /// As it should be.
    Ready,
    /// Requests are answered, and something is less than it should be.
    Degraded,
    /// Send requests elsewhere.
    Unavailable,
}

/// One part's condition and, unless it is ready, the reason.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    status: Condition,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Part {
    pub(crate) fn ready() -> Self {
        Self {
            status: Condition::Ready,
            reason: None,
        }
    }

    pub(crate) fn degraded(reason: impl Into<String>) -> Self {
        Self {
            status: Condition::Degraded,
            reason: Some(reason.into()),
        }
    }

    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self {
            status: Condition::Unavailable,
            reason: Some(reason.into()),
        }
    }
}

type Check = Arc<dyn Fn() -> BoxFuture<'static, Part> + Send + Sync>;

/// The parts of this process that can fail apart from each other.
#[derive(Clone)]
pub(crate) struct Readiness {
    lifecycle: Lifecycle,
    checks: Vec<(&'static str, Check)>,
}

impl Readiness {
    pub(crate) fn new(lifecycle: Lifecycle) -> Self {
        Self {
            lifecycle,
            checks: Vec::new(),
        }
    }

    /// Adds a part by name.
    pub(crate) fn with<F, T>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Part> + Send + 'static,
    {
        self.checks
            .push((name, Arc::new(move || Box::pin(check()))));
        self
    }

    /// Asks every part at once.
    async fn parts(&self) -> BTreeMap<&'static str, Part> {
        let asked = self.checks.iter().map(|(name, check)| async move {
            let answer = tokio::time::timeout(CHECK_LIMIT, check()).await;
            (
                *name,
                answer.unwrap_or_else(|_| Part::unavailable("no answer within 2 s")),
            )
        });
        let mut parts: BTreeMap<_, _> = join_all(asked).await.into_iter().collect();
        for (task, why) in self.lifecycle.down() {
            parts.insert(task, Part::degraded(why));
        }
        if self.lifecycle.stopping().is_cancelled() {
            parts.insert("process", Part::unavailable("it is stopping"));
        }
        parts
    }
}

/// `GET /readyz`: 503 when requests should go elsewhere.
pub(crate) async fn ready(State(readiness): State<Readiness>) -> Response {
    let parts = readiness.parts().await;
    let worst = parts
        .values()
        .map(|part| part.status)
        .max()
        .unwrap_or(Condition::Ready);
    let status = match worst {
        Condition::Ready | Condition::Degraded => StatusCode::OK,
        Condition::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(json!({ "status": worst, "parts": parts }))).into_response()
}

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive", "version": env!("CARGO_PKG_VERSION") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_unavailable_part_makes_the_process_unready() {
        let readiness = Readiness::new(Lifecycle::default())
            .with("redis", || async { Part::degraded("connection refused") });
        assert_eq!(
            ready(State(readiness.clone())).await.status(),
            StatusCode::OK
        );
        let readiness = readiness.with("database", || async { Part::unavailable("gone") });
        assert_eq!(
            ready(State(readiness)).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }

    #[tokio::test]
    async fn a_stopping_process_is_not_ready() {
        let lifecycle = Lifecycle::default();
        let readiness = Readiness::new(lifecycle.clone());
        assert!(lifecycle.stop().await);
        assert_eq!(
            ready(State(readiness)).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}
