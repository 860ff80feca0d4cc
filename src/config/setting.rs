//! The settings by name, and where a value came from.

use std::fmt;

/// One setting: `--jwt-secret`, `FIELDHUB_JWT_SECRET` and `jwt_secret` in `fieldhub.toml` are the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The name in `fieldhub.toml`.
    pub(crate) key: &'static str,
    /// A value that works.
    pub(crate) example: &'static str,
    /// A value is never shown, not even in the message that refuses it.
    pub(crate) is_secret: bool,
}

const fn open(key: &'static str, example: &'static str) -> Setting {
    Setting {
        key,
        example,
        is_secret: false,
    }
}

const fn secret(key: &'static str, example: &'static str) -> Setting {
    Setting {
        key,
        example,
        is_secret: true,
    }
}

pub(crate) const DATABASE_URL: Setting = secret(
    "database_url",
    "postgres://fieldhub:password@127.0.0.1:5432/fieldhub",
);
pub(crate) const DATABASE_CONNECTIONS: Setting = open("database_connections", "16");
pub(crate) const REDIS_URL: Setting = secret("redis_url", "redis://127.0.0.1:6379");
pub(crate) const TIMEZONE: Setting = open("timezone", "Europe/Helsinki");
pub(crate) const COMPANY: Setting = open("company", "Nordlicht Trading");
pub(crate) const CURRENCY: Setting = open("currency", "EUR");
pub(crate) const WEEK_START: Setting = open("week_start", "monday");
pub(crate) const LISTEN: Setting = open("listen", "127.0.0.1:8080");
pub(crate) const INGEST_LISTEN: Setting = open("ingest_listen", "127.0.0.1:9090");
pub(crate) const MODE: Setting = open("mode", "production");
pub(crate) const JWT_SECRET: Setting = secret("jwt_secret", "$(openssl rand -hex 32)");
pub(crate) const JWKS_URL: Setting = open(
    "jwks_url",
    "https://login.example.com/.well-known/jwks.json",
);
pub(crate) const JWT_ISSUER: Setting = open("jwt_issuer", "https://login.example.com");
pub(crate) const JWT_AUDIENCE: Setting = open("jwt_audience", "fieldhub");
pub(crate) const JWT_USER_CLAIM: Setting = open("jwt_user_claim", "sub");
pub(crate) const ALLOWED_ORIGINS: Setting = open("allowed_origins", "https://map.example.com");
pub(crate) const TRUSTED_PROXIES: Setting = open("trusted_proxies", "10.0.0.0/8,127.0.0.1");
pub(crate) const METRICS_TOKEN: Setting = secret("metrics_token", "$(openssl rand -hex 32)");
pub(crate) const METRICS_ALLOW: Setting = open("metrics_allow", "127.0.0.1,10.0.0.0/8");
pub(crate) const MAP_TILES: Setting =
    open("map_tiles", "https://tiles.example.com/{z}/{x}/{y}.png");
pub(crate) const MAP_DATUM: Setting = open("map_datum", "GCJ02");
pub(crate) const MAP_ATTRIBUTION: Setting = open("map_attribution", "Example Maps");
pub(crate) const PERSISTED_DOCUMENTS: Setting =
    open("persisted_documents", "/etc/fieldhub/documents.json");
pub(crate) const PERSISTED_MODE: Setting = open("persisted_mode", "enforce");
pub(crate) const QUERY_COST_PER_SECOND: Setting = open("query_cost_per_second", "100000");
pub(crate) const CHECK_IN_RETENTION_DAYS: Setting = open("check_in_retention_days", "60");
pub(crate) const PHOTOS: Setting = open("photos", "s3://fieldhub-photos/shanghai");
pub(crate) const MQTT: Setting = secret("mqtt", "mqtt://fieldhub:password@127.0.0.1:1883");
pub(crate) const WEBHOOK_NETWORKS: Setting = open("webhook_networks", "10.0.0.0/8");
pub(crate) const LOG: Setting = open("log", "info,ingest=debug");
pub(crate) const LOG_FORMAT: Setting = open("log_format", "json");

/// Every setting that may stand in `fieldhub.toml`.
pub(crate) const ALL: [&Setting; 31] = [
    &DATABASE_URL,
    &DATABASE_CONNECTIONS,
    &REDIS_URL,
    &TIMEZONE,
    &COMPANY,
    &CURRENCY,
    &WEEK_START,
    &LISTEN,
    &INGEST_LISTEN,
    &MODE,
    &JWT_SECRET,
    &JWKS_URL,
    &JWT_ISSUER,
    &JWT_AUDIENCE,
    &JWT_USER_CLAIM,
    &ALLOWED_ORIGINS,
    &TRUSTED_PROXIES,
    &METRICS_TOKEN,
    &METRICS_ALLOW,
    &MAP_TILES,
    &MAP_DATUM,
    &MAP_ATTRIBUTION,
    &PERSISTED_DOCUMENTS,
    &PERSISTED_MODE,
    &QUERY_COST_PER_SECOND,
    &CHECK_IN_RETENTION_DAYS,
    &PHOTOS,
    &WEBHOOK_NETWORKS,
    &MQTT,
    &LOG,
    &LOG_FORMAT,
];

impl Setting {
    /// The name in the environment, by which messages call it.
    pub(crate) fn env(&self) -> String {
        format!("FIELDHUB_{}", self.key.to_uppercase())
    }

    /// The name on the command line.
    pub(crate) fn flag(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }

    /// A message for a setting that is needed and not there.
    pub(crate) fn missing(&self, why: impl fmt::Display) -> SettingError {
        self.error(format!("{} is not set", self.env()), why)
    }

    /// A message for a setting whose value is well formed but cannot be used.
    pub(crate) fn unusable(&self, why: impl fmt::Display) -> SettingError {
        self.error(format!("{} cannot be used", self.env()), why)
    }

    fn error(&self, what: String, why: impl fmt::Display) -> SettingError {
        SettingError(format!(
            "{what}: {why}; for example {}={}",
            self.env(),
            self.example
        ))
    }
}

/// Why the start stops: the setting, the fault of its value and an example, in one line.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub(crate) struct SettingError(pub(crate) String);

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment,
    File(String),
}

/// A value as written, not yet understood.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) setting: &'static Setting,
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

impl Raw {
    /// Understands the value, or says why not.
    pub(crate) fn parse<T, E: fmt::Display>(
        &self,
        parser: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, SettingError> {
        parser(self.text.trim()).map_err(|fault| self.fault(fault))
    }

    /// The message for this value.
    pub(crate) fn fault(&self, fault: impl fmt::Display) -> SettingError {
        let value = if self.setting.is_secret {
            String::new()
        } else {
            format!(" is {:?}", self.text)
        };
        let origin = match &self.origin {
            Origin::Flag => format!("given as {}", self.setting.flag()),
            Origin::Environment => "from the environment".to_owned(),
            Origin::File(path) => format!("from {path}"),
        };
        self.setting
            .error(format!("{}{value} ({origin})", self.setting.env()), fault)
    }
}
