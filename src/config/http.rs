//! Settings of the open door: addresses, browsers, proxies, and who may read the metrics.

use std::net::SocketAddr;

use api::people::MapTiles;
use axum::http::HeaderValue;
use clap::Args;
use ipnet::IpNet;
use secrecy::SecretString;

use crate::config::map::MapArgs;
use crate::config::queries::{QueryArgs, QueryConfig};
use crate::config::{Mode, SettingError, Sources, setting, value};

/// The open door.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "HTTP")]
pub(crate) struct HttpArgs {
    /// Address and port to listen at [default: 127.0.0.1:8080]
    #[arg(long, env = "FIELDHUB_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Pages that may call from a browser, by origin, comma-separated [default: none]
    #[arg(long, env = "FIELDHUB_ALLOWED_ORIGINS", value_name = "ORIGINS")]
    pub(crate) allowed_origins: Option<String>,
    /// Proxies whose X-Forwarded-For is believed, by address or network, comma-separated
    /// [default: none]
    #[arg(long, env = "FIELDHUB_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub(crate) trusted_proxies: Option<String>,
    /// `production` shows introspection and GraphiQL to admins alone; `development` to everyone
    /// [default: production]
    #[arg(long, env = "FIELDHUB_MODE", value_name = "MODE")]
    pub(crate) mode: Option<String>,
    #[command(flatten)]
    pub(crate) map: MapArgs,
    #[command(flatten)]
    pub(crate) queries: QueryArgs,
    #[command(flatten)]
    pub(crate) metrics: MetricsArgs,
}

/// The open door, understood.
#[derive(Debug, Clone)]
pub(crate) struct HttpConfig {
    pub(crate) listen: SocketAddr,
    pub(crate) allowed_origins: Vec<HeaderValue>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) mode: Mode,
    /// The tiles of the map; none shows the outlines of the world.
    pub(crate) map: Option<MapTiles>,
    pub(crate) queries: QueryConfig,
    pub(crate) metrics: MetricsConfig,
}

impl HttpArgs {
    /// Understands the HTTP settings.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<HttpConfig, SettingError> {
        let value = |setting: &'static setting::Setting, given: &Option<String>| {
            sources.value(setting, given.as_deref())
        };
        let listen = match value(&setting::LISTEN, &self.listen) {
            Some(raw) => raw.parse(value::address)?,
            None => SocketAddr::from(([127, 0, 0, 1], 8080)),
        };
        let allowed_origins = match value(&setting::ALLOWED_ORIGINS, &self.allowed_origins) {
            Some(raw) => raw.parse(value::origins)?,
            None => Vec::new(),
        };
        let trusted_proxies = match value(&setting::TRUSTED_PROXIES, &self.trusted_proxies) {
            Some(raw) => raw.parse(value::networks)?,
            None => Vec::new(),
        };
        let mode = match value(&setting::MODE, &self.mode) {
            Some(raw) => raw.parse(value::mode)?,
            None => Mode::Production,
        };
        let map = self.map.resolve(sources)?;
        let queries = self.queries.resolve(sources)?;
        let metrics = self.metrics.resolve(sources)?;
        Ok(HttpConfig {
            listen,
            allowed_origins,
            trusted_proxies,
            mode,
            map,
            queries,
            metrics,
        })
    }
}

/// Who may read `/metrics`.
#[derive(Debug, Default, Args)]
pub(crate) struct MetricsArgs {
    /// Reads /metrics as `Authorization: Bearer TOKEN`, from anywhere
    #[arg(
        long,
        env = "FIELDHUB_METRICS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub(crate) metrics_token: Option<String>,
    /// Addresses and networks that read /metrics without a token, comma-separated
    /// [default: 127.0.0.1,::1]
    #[arg(long, env = "FIELDHUB_METRICS_ALLOW", value_name = "NETWORKS")]
    pub(crate) metrics_allow: Option<String>,
}

/// Who may read `/metrics`, understood.
#[derive(Debug, Clone)]
pub(crate) struct MetricsConfig {
    pub(crate) token: Option<SecretString>,
    pub(crate) allow: Vec<IpNet>,
}

impl MetricsArgs {
    /// Understands who may read the metrics.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<MetricsConfig, SettingError> {
        let token = sources
            .value(&setting::METRICS_TOKEN, self.metrics_token.as_deref())
            .map(|raw| raw.parse(value::signing_secret))
            .transpose()?;
        let allow = match sources.value(&setting::METRICS_ALLOW, self.metrics_allow.as_deref()) {
            Some(raw) => raw.parse(value::networks)?,
            None => value::networks("127.0.0.1,::1").unwrap_or_default(),
        };
        Ok(MetricsConfig { token, allow })
    }
}

/// Where a worker without an API tells how it is.
pub(crate) fn ingest_listen(
    sources: &Sources,
    given: Option<&str>,
) -> Result<Option<SocketAddr>, SettingError> {
    sources
        .value(&setting::INGEST_LISTEN, given)
        .map(|raw| raw.parse(value::address))
        .transpose()
}
