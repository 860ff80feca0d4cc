//! A worker alone: derives visits from what other processes took in.

use std::{io::Write, net::SocketAddr, process::ExitCode};

use ingest::phones::mqtt::{Broker, Subscriber};

use crate::{
    config::{
        access::AuthConfig,
        http::MetricsConfig,
        setting,
        store::{DatabaseConfig, HubConfig},
    },
    edge::{metrics::Metrics, problem, server},
    hub::Hub,
    lifecycle::Lifecycle,
    mqtt,
    serve::{authenticator, layered, listen, operations},
    signals::Signals,
};

/// What `ingest` is told.
pub(crate) struct WorkConfig {
    pub(crate) database: DatabaseConfig,
    pub(crate) hub: HubConfig,
    /// The broker from which OwnTracks comes, if any.
    pub(crate) mqtt: Option<Broker>,
    /// Where it tells how it fares, if anywhere.
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) metrics: MetricsConfig,
}

/// Works until stopped.
pub(crate) async fn work(config: WorkConfig) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let lifecycle = Lifecycle::default();
    let listener = match config.listen {
        Some(address) => Some(listen(&setting::INGEST_LISTEN, address).await?),
        None => None,
    };
    let metrics = Metrics::install(config.metrics)?;
    lifecycle.spawn("metrics", metrics.clone().run(lifecycle.halting()));
    let hub = Hub::open(&config.database, &config.hub, &lifecycle).await?;
    hub.start_worker(&lifecycle);
    let subscriber = match config.mqtt {
        Some(broker) => Some(subscribe(&hub, broker, &lifecycle)?),
        None => None,
    };
    let mut out = std::io::stdout();
    if let Some(listener) = listener {
        let address = listener.local_addr()?;
        let readiness = mqtt::watched(hub.readiness(&lifecycle), subscriber);
        let router = operations(readiness, metrics).fallback(problem::not_found);
        let router = layered(router, &[], &lifecycle);
        // Until the last track is saved, this process tells how it fares.
        lifecycle.spawn("http", server::serve(listener, router, lifecycle.halting()));
        writeln!(out, "fieldhub ingest works and listens at http://{address}")?;
    } else {
        writeln!(out, "fieldhub ingest works")?;
    }
    Ok(lifecycle.run_until_stopped(signals).await)
}

/// Takes messages of a broker; nobody brings a token here.
fn subscribe(hub: &Hub, broker: Broker, lifecycle: &Lifecycle) -> anyhow::Result<Subscriber> {
    let nobody = AuthConfig {
        secret: None,
        jwks: None,
        issuer: String::new(),
        audience: String::new(),
    };
    let authenticator = authenticator(hub.database.clone(), &nobody)?;
    let intake = hub.start_intake(lifecycle);
    Ok(mqtt::start(
        broker,
        &hub.database,
        &intake,
        &authenticator,
        lifecycle,
    ))
}
