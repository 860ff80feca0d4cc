//! Opening the database: reached, ours, migrated, with a company in it.

use std::time::Duration;

use anyhow::Context;
use chrono::{Utc, Weekday};
use chrono_tz::Tz;
use entity::{Database, people::company};
use sea_orm::{DbErr, EntityTrait, Set};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::config::{
    Backend, SettingError,
    setting::{self, Setting},
    store::{CompanyConfig, DatabaseConfig},
};

/// A database that does not answer within this time stops the start.
const PATIENCE: Duration = Duration::from_millis(4_500);

/// Opens the database and brings its schema up to date.
pub(crate) async fn open(config: &DatabaseConfig) -> anyhow::Result<Database> {
    open_with_report(config).await.map(|(database, _)| database)
}

/// The same, with what was done to the schema.
pub(crate) async fn open_with_report(
    config: &DatabaseConfig,
) -> anyhow::Result<(Database, migration::Report)> {
    let database = connect(config).await?;
    let report = migration::up(&database.write).await.map_err(unmigrated)?;
    migration::ensure_partitions(&database.write, Utc::now().date_naive())
        .await
        .context("the partitions of check-ins cannot be made")?;
    ensure_company(&database, &config.company).await?;
    Ok((database, report))
}

async fn connect(config: &DatabaseConfig) -> Result<Database, SettingError> {
    let connecting = Database::connect(config.url.expose_secret(), config.connections);
    let why = match timeout(PATIENCE, connecting).await {
        Ok(Ok(database)) => return Ok(database),
        Ok(Err(error)) => reason(&error),
        Err(_) => format!("no answer within {:.1} s", PATIENCE.as_secs_f64()),
    };
    Err(setting::DATABASE_URL.unusable(format!(
        "the database at {} cannot be reached ({why})",
        place(config)
    )))
}

/// What the driver says, without the layers round it.
fn reason(error: &DbErr) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Where the database is, without its password.
fn place(config: &DatabaseConfig) -> String {
    let url = config.url.expose_secret();
    if config.backend == Backend::Sqlite {
        return url.split('?').next().unwrap_or_default().to_owned();
    }
    match reqwest::Url::parse(url) {
        Ok(url) => {
            let host = url.host_str().unwrap_or_default();
            format!("{host}:{}{}", url.port().unwrap_or(5432), url.path())
        }
        Err(_) => "its address".to_owned(),
    }
}

/// A database of somebody else is a fault of the setting; anything else is the database's own.
fn unmigrated(error: migration::Error) -> anyhow::Error {
    match error {
        migration::Error::Foreign { .. }
        | migration::Error::Newer { .. }
        | migration::Error::OtherHistory { .. } => setting::DATABASE_URL.unusable(error).into(),
        other => anyhow::Error::new(other).context("the schema cannot be brought up to date"),
    }
}

/// Makes the company's row when there is none. Afterwards an administrator changes it, and the
/// settings are no more than its first values: a start must not undo that.
async fn ensure_company(database: &Database, wanted: &CompanyConfig) -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the company is nobody's row")]
    let found = company::Entity::find().one(&database.read).await?;
    let Some(company) = found else {
        return make_company(database, wanted).await;
    };
    for (setting, stored, given) in differences(&company, wanted) {
        tracing::warn!(
            setting = setting.env(),
            stored,
            given,
            "the company has another value, which holds; updateCompany changes it"
        );
    }
    Ok(())
}

/// The settings that say something else than the company's row: what it has, what they say.
fn differences(
    company: &company::Model,
    wanted: &CompanyConfig,
) -> Vec<(&'static Setting, String, String)> {
    let week_start = Weekday::try_from((company.week_start - 1) as u8).unwrap_or(Weekday::Mon);
    let zone = wanted.time_zone.map(|zone| zone.name().to_owned());
    let given = [
        (&setting::COMPANY, company.name.clone(), wanted.name.clone()),
        (&setting::TIMEZONE, company.time_zone.clone(), zone),
        (
            &setting::WEEK_START,
            week_start.to_string(),
            wanted.week_start.map(|day| day.to_string()),
        ),
        (
            &setting::CURRENCY,
            company.currency.clone(),
            wanted.currency.clone(),
        ),
    ];
    let differing = given.into_iter().filter_map(|(setting, stored, given)| {
        let given = given.filter(|given| *given != stored)?;
        Some((setting, stored, given))
    });
    differing.collect()
}

async fn make_company(database: &Database, wanted: &CompanyConfig) -> anyhow::Result<()> {
    let week_start = wanted.week_start.unwrap_or(Weekday::Mon);
    let made = company::ActiveModel {
        id: Set(1),
        name: Set(wanted.name.clone().unwrap_or_else(|| "Company".to_owned())),
        time_zone: Set(wanted.time_zone.unwrap_or(Tz::UTC).name().to_owned()),
        week_start: Set(week_start.number_from_monday() as i16),
        currency: Set(wanted.currency.clone().unwrap_or_else(|| "EUR".to_owned())),
    };
    // Another process may have been faster; then the row is there all the same.
    company::Entity::insert(made)
        .on_conflict_do_nothing()
        .exec_without_returning(&database.write)
        .await?;
    Ok(())
}
