//! Settings of what is kept: the database, the live state, the photos, and for how long.

use std::path::{Path, PathBuf};

use chrono::Weekday;
use chrono_tz::Tz;
use clap::Args;
use ingest::{PhotoStore, webhooks::Reach};
use secrecy::SecretString;

use crate::config::{Backend, SettingError, Sources, setting, value};

/// What every command that touches rows takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Database")]
pub(crate) struct DatabaseArgs {
    /// `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME` [default: sqlite://fieldhub.db]
    #[arg(
        long,
        env = "FIELDHUB_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database_url: Option<String>,
    /// Connections held by this process at most [default: 16]
    #[arg(long, env = "FIELDHUB_DATABASE_CONNECTIONS", value_name = "COUNT")]
    pub(crate) database_connections: Option<String>,
    #[command(flatten)]
    pub(crate) company: CompanyArgs,
}

/// The company, as far as it is a setting.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Company (first values; an administrator changes them later)")]
pub(crate) struct CompanyArgs {
    /// A new company's time zone, in which days and months are cut [default: UTC]
    #[arg(long, env = "FIELDHUB_TIMEZONE", value_name = "ZONE")]
    pub(crate) timezone: Option<String>,
    /// Day on which a new company's week begins [default: monday]
    #[arg(long, env = "FIELDHUB_WEEK_START", value_name = "DAY")]
    pub(crate) week_start: Option<String>,
    /// A new company's currency of revenue, by its ISO 4217 code [default: EUR]
    #[arg(long, env = "FIELDHUB_CURRENCY", value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// A new company's name [default: Company]
    #[arg(long, env = "FIELDHUB_COMPANY", value_name = "NAME")]
    pub(crate) company: Option<String>,
}

/// The database, understood.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseConfig {
    pub(crate) url: SecretString,
    pub(crate) backend: Backend,
    pub(crate) connections: u32,
    pub(crate) company: CompanyConfig,
}

/// What the settings say of a new company; `None`: the default.
#[derive(Debug, Clone, Default)]
pub(crate) struct CompanyConfig {
    pub(crate) name: Option<String>,
    pub(crate) time_zone: Option<Tz>,
    pub(crate) week_start: Option<Weekday>,
    pub(crate) currency: Option<String>,
}

impl DatabaseArgs {
    /// Understands the database settings.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<DatabaseConfig, SettingError> {
        let (backend, url) =
            match sources.value(&setting::DATABASE_URL, self.database_url.as_deref()) {
                Some(raw) => raw.parse(value::database_url)?,
                None => (Backend::Sqlite, SecretString::from("sqlite://fieldhub.db")),
            };
        let given = self.database_connections.as_deref();
        let connections = match sources.value(&setting::DATABASE_CONNECTIONS, given) {
            Some(raw) => raw.parse(value::count)?,
            None => 16,
        };
        let company = self.company.resolve(sources)?;
        Ok(DatabaseConfig {
            url,
            backend,
            connections,
            company,
        })
    }
}

impl CompanyArgs {
    fn resolve(&self, sources: &Sources) -> Result<CompanyConfig, SettingError> {
        let time_zone = sources
            .value(&setting::TIMEZONE, self.timezone.as_deref())
            .map(|raw| raw.parse(value::time_zone))
            .transpose()?;
        let week_start = sources
            .value(&setting::WEEK_START, self.week_start.as_deref())
            .map(|raw| raw.parse(value::week_day))
            .transpose()?;
        let currency = sources
            .value(&setting::CURRENCY, self.currency.as_deref())
            .map(|raw| raw.parse(value::currency))
            .transpose()?;
        let name = sources
            .value(&setting::COMPANY, self.company.as_deref())
            .map(|raw| raw.text.trim().to_owned());
        Ok(CompanyConfig {
            name,
            time_zone,
            week_start,
            currency,
        })
    }
}

/// What the long-running commands take besides the database.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Live state, photos and retention")]
pub(crate) struct HubArgs {
    /// `redis://HOST:PORT`; without it live state is kept in this process
    #[arg(
        long,
        env = "FIELDHUB_REDIS_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) redis_url: Option<String>,
    /// Days that raw check-ins are kept [default: 60]
    #[arg(long, env = "FIELDHUB_CHECK_IN_RETENTION_DAYS", value_name = "DAYS")]
    pub(crate) check_in_retention_days: Option<String>,
    /// Where photos lie: a folder or `s3://BUCKET/PREFIX`, whose credentials come from AWS_* variables [default: fieldhub-photos]
    #[arg(long, env = "FIELDHUB_PHOTOS", value_name = "PLACE")]
    pub(crate) photos: Option<String>,
    /// Networks that webhooks may be posted to although they are not the public Internet, over
    /// http too: addresses with the length of their prefix, separated by commas [default: none]
    #[arg(long, env = "FIELDHUB_WEBHOOK_NETWORKS", value_name = "NETWORKS")]
    pub(crate) webhook_networks: Option<String>,
}

/// Live state, photos and retention, understood.
#[derive(Debug, Clone)]
pub(crate) struct HubConfig {
    pub(crate) redis_url: Option<SecretString>,
    pub(crate) check_in_retention_days: u32,
    /// Where photos lie; `None`: the default.
    pub(crate) photos: Option<PhotoPlace>,
    /// Where webhooks may be posted to.
    pub(crate) webhooks: Reach,
}

/// Where photos lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PhotoPlace {
    /// A folder of this machine, or one that several machines share.
    Folder(PathBuf),
    /// A bucket, and what all names in it begin with.
    Bucket { name: String, prefix: String },
}

impl HubConfig {
    /// Opens the place where photos lie.
    pub(crate) fn open_photos(&self) -> Result<PhotoStore, SettingError> {
        let opened = match &self.photos {
            None => PhotoStore::folder(Path::new("fieldhub-photos")),
            Some(PhotoPlace::Folder(path)) => PhotoStore::folder(path),
            Some(PhotoPlace::Bucket { name, prefix }) => PhotoStore::bucket(name, prefix),
        };
        opened.map_err(|error| setting::PHOTOS.unusable(error))
    }
}

impl HubArgs {
    /// Understands the settings of live state, photos and retention.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<HubConfig, SettingError> {
        let redis_url = sources
            .value(&setting::REDIS_URL, self.redis_url.as_deref())
            .map(|raw| raw.parse(value::redis_url))
            .transpose()?;
        let given = self.check_in_retention_days.as_deref();
        let check_in_retention_days = match sources.value(&setting::CHECK_IN_RETENTION_DAYS, given)
        {
            Some(raw) => raw.parse(value::days)?,
            None => 60,
        };
        let photos = sources
            .value(&setting::PHOTOS, self.photos.as_deref())
            .map(|raw| raw.parse(value::photos))
            .transpose()?;
        let networks = sources
            .value(&setting::WEBHOOK_NETWORKS, self.webhook_networks.as_deref())
            .map(|raw| raw.parse(value::networks))
            .transpose()?;
        Ok(HubConfig {
            redis_url,
            check_in_retention_days,
            photos,
            webhooks: Reach::with(networks.unwrap_or_default()),
        })
    }
}

/// Several processes need what one does not: a database, a live state and photos they share.
pub(crate) fn require_shared(
    command: &str,
    database: &DatabaseConfig,
    hub: &HubConfig,
) -> Result<(), SettingError> {
    if database.backend == Backend::Sqlite {
        return Err(setting::DATABASE_URL.unusable(format!(
            "`fieldhub {command}` works beside other processes, which SQLite does not allow; use PostgreSQL, or `fieldhub serve` alone"
        )));
    }
    if hub.redis_url.is_none() {
        return Err(setting::REDIS_URL.missing(format!(
            "`fieldhub {command}` shares live state with other processes through Redis"
        )));
    }
    if hub.photos.is_none() {
        return Err(setting::PHOTOS.missing(format!(
            "`fieldhub {command}` shares photos with other processes: a bucket, or a folder that all of them reach"
        )));
    }
    Ok(())
}
