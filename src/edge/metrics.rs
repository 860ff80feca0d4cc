//! `/metrics`: how the process fares, for Prometheus, to those who may read it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use crate::{
    config::http::MetricsConfig,
    edge::{address::is_within, problem::Problem},
};

/// Bucket bounds of everything measured in seconds: a millisecond to half a minute.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Bucket bounds of everything that is counted.
const COUNTS: [f64; 12] = [
    1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 50_000.0,
];
/// Histograms are folded this often, so that nobody's reading is needed to bound their memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// The numbers of this process, and who may read them.
#[derive(Clone)]
pub(crate) struct Metrics {
    handle: PrometheusHandle,
    access: Arc<MetricsConfig>,
}

impl Metrics {
    /// Begins to count in this process.
    pub(crate) fn install(access: MetricsConfig) -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Suffix("_rows".to_owned()), &COUNTS)
            })
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Suffix("_cost".to_owned()), &COUNTS)
            })
            .and_then(PrometheusBuilder::install_recorder)
            .context("metrics cannot be counted")?;
        Ok(Self {
            handle,
            access: Arc::new(access),
        })
    }

    /// Folds the histograms from time to time.
    pub(crate) async fn run(self, halting: CancellationToken) {
        while halting
            .run_until_cancelled(tokio::time::sleep(UPKEEP))
            .await
            .is_some()
        {
            self.handle.run_upkeep();
        }
    }
}

/// `GET /metrics`.
pub(crate) async fn read(
    State(metrics): State<Metrics>,
    address: Option<Extension<IpAddr>>,
    headers: HeaderMap,
) -> Response {
    let is_near = address.is_some_and(|Extension(ip)| is_within(&metrics.access.allow, ip));
    if !is_near && !holds(metrics.access.token.as_ref(), &headers) {
        let detail =
            "send the token of FIELDHUB_METRICS_TOKEN, or call from FIELDHUB_METRICS_ALLOW";
        return Problem::new(StatusCode::FORBIDDEN, "FORBIDDEN", detail).into_response();
    }
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, media_type)],
        metrics.handle.render(),
    )
        .into_response()
}

/// Whether the request carries the token. Digests are compared, so that the time taken tells nothing.
fn holds(token: Option<&SecretString>, headers: &HeaderMap) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match (token, given) {
        (Some(token), Some(given)) => {
            blake3::hash(token.expose_secret().as_bytes()) == blake3::hash(given.as_bytes())
        }
        _ => false,
    }
}
