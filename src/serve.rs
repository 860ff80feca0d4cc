//! The processes that run for long: the pieces put together, started, and stopped in order.

use std::{io::Write, net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use api::{
    auth::AuthError,
    edge::{Admit, Edge, Settings},
};
use axum::{Router, middleware, routing::get};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    config::{
        Mode, SettingError,
        access::AuthConfig,
        http::HttpConfig,
        setting::{self, Setting},
        store::{DatabaseConfig, HubConfig},
    },
    edge::{
        address, cors, health,
        health::Readiness,
        metrics::{self, Metrics},
        observe, page, problem, server,
    },
    hub::Hub,
    lifecycle::{Lifecycle, Signals},
};

/// What `serve` is told.
pub(crate) struct ServeConfig {
    pub(crate) database: DatabaseConfig,
    pub(crate) hub: HubConfig,
    pub(crate) auth: AuthConfig,
    pub(crate) http: HttpConfig,
    /// Derives visits in this process.
    pub(crate) has_worker: bool,
}

/// Serves until stopped.
pub(crate) async fn serve(config: ServeConfig) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let lifecycle = Lifecycle::default();
    let address = begin(&config, &lifecycle).await?;
    writeln!(std::io::stdout(), "fieldhub listens at http://{address}")?;
    Ok(lifecycle.run_until_stopped(signals).await)
}

/// Starts everything and tells where it listens.
async fn begin(config: &ServeConfig, lifecycle: &Lifecycle) -> anyhow::Result<SocketAddr> {
    let listener = listen(&setting::LISTEN, config.http.listen).await?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let metrics = Metrics::install(config.http.metrics.clone())?;
    lifecycle.spawn("metrics", metrics.clone().run(lifecycle.halting()));
    let hub = Hub::open(&config.database, &config.hub, lifecycle).await?;
    let router = operations(hub.readiness(lifecycle), metrics)
        .route("/", get(page::home))
        .merge(graphql(&hub, &config.http, lifecycle)?);
    let router = layered(router, &config.http, lifecycle);
    lifecycle.spawn_front(
        "http",
        server::serve(listener, router, lifecycle.stopping()),
    );
    Ok(address)
}

async fn listen(
    setting: &'static Setting,
    address: SocketAddr,
) -> Result<TcpListener, SettingError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| setting.unusable(format!("{address} cannot be listened at ({error})")))
}

/// The GraphQL edge; the sockets it holds are waited for at a stop.
fn graphql(hub: &Hub, http: &HttpConfig, lifecycle: &Lifecycle) -> anyhow::Result<Router> {
    let origins = http
        .allowed_origins
        .iter()
        .filter_map(|origin| origin.to_str().ok());
    let settings = Settings {
        is_production: http.mode == Mode::Production,
        allowed_origins: origins.map(str::to_owned).collect(),
        ..Settings::default()
    };
    let sockets = TaskTracker::new();
    let (stopping, open) = (lifecycle.stopping(), sockets.clone());
    lifecycle.spawn_front("sockets", async move {
        stopping.cancelled().await;
        open.close();
        open.wait().await;
    });
    let schema = api::schema(hub.database.clone());
    let admit: Admit = Arc::new(|_, _| {
        Box::pin(async { Err(AuthError::Rejected("nobody can sign in yet".into())) })
    });
    let edge = Edge::new(
        schema,
        &api::sdl(),
        settings,
        admit,
        lifecycle.stopping(),
        sockets,
    )
    .map_err(|error| anyhow!("the schema cannot be served: {error:?}"))?;
    Ok(edge.routes())
}

/// What tells how the process fares.
fn operations(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready).with_state(readiness))
        .route("/metrics", get(metrics::read).with_state(metrics))
}

/// What every route gets, the innermost first.
fn layered(router: Router, http: &HttpConfig, lifecycle: &Lifecycle) -> Router {
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(cors::layer(&http.allowed_origins))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(middleware::from_fn_with_state(
            lifecycle.stopping(),
            observe::request,
        ))
        .layer(middleware::from_fn_with_state(
            http.trusted_proxies.clone().into(),
            address::client,
        ))
}
