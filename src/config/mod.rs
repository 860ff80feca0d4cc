//! The settings of every command: flags, environment, then `fieldhub.toml`; parsed once, here.

pub(crate) mod access;
pub(crate) mod http;
pub(crate) mod map;
pub(crate) mod mqtt;
pub(crate) mod queries;
pub(crate) mod setting;
mod sources;
pub(crate) mod store;
mod value;

use std::path::PathBuf;

use clap::Args;

pub(crate) use crate::config::{setting::SettingError, sources::Sources};

/// Where the rows live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// One file, one process.
    Sqlite,
    /// Any number of processes.
    Postgres,
}

/// How much is shown to strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Introspection and GraphiQL for admins alone.
    Production,
    /// Introspection and GraphiQL for everyone.
    Development,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct CommonArgs {
    /// Settings file; `fieldhub.toml` is read when it is there
    #[arg(long, env = "FIELDHUB_CONFIG", value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// What is logged: a level, or levels by module (`info,ingest=debug`) [default: info]
    #[arg(long, env = "FIELDHUB_LOG", value_name = "FILTER", global = true)]
    pub(crate) log: Option<String>,
    /// How it is logged: `text` or `json` [default: text]
    #[arg(
        long,
        env = "FIELDHUB_LOG_FORMAT",
        value_name = "FORMAT",
        global = true
    )]
    pub(crate) log_format: Option<String>,
}

/// Logging, understood.
#[derive(Debug)]
pub(crate) struct LogConfig {
    pub(crate) filter: tracing_subscriber::EnvFilter,
    pub(crate) format: LogFormat,
}

impl CommonArgs {
    /// The file behind flags and environment.
    pub(crate) fn sources(&self) -> Result<Sources, SettingError> {
        Sources::load(self.config.as_deref())
    }

    /// What to log, and how.
    pub(crate) fn log(&self, sources: &Sources, default: &str) -> Result<LogConfig, SettingError> {
        let filter = match sources.value(&setting::LOG, self.log.as_deref()) {
            Some(raw) => raw.parse(|text| {
                tracing_subscriber::EnvFilter::try_new(text).map_err(|_| "not a log filter")
            })?,
            None => tracing_subscriber::EnvFilter::new(default),
        };
        let format = match sources.value(&setting::LOG_FORMAT, self.log_format.as_deref()) {
            Some(raw) => raw.parse(value::log_format)?,
            None => LogFormat::Text,
        };
        Ok(LogConfig { filter, format })
    }
}
