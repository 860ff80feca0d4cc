//! The company's calendar: the zone, week and currency in which everything is summed up.

use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use domain::money::Currency;
use domain::period::{Kind, Period};
use domain::zone;
use entity::people::company;
use entity::performance::frozen_result;
use entity::viewer::Scope;
use sea_orm::{ConnectionTrait, QuerySelect};

use crate::{Error, Result};

/// How the company counts days and money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The zone in which days begin and end.
    pub zone: Tz,
    /// The first day of a week.
    pub week_start: Weekday,
    /// The currency that revenue is summed up in.
    pub currency: Currency,
}

impl Calendar {
    /// Reads the company's settings, with one statement.
    pub async fn read(db: &impl ConnectionTrait) -> Result<Self> {
        let company = company::Entity::visible_to(&Scope::All).one(db).await?;
        Self::of(&company.ok_or_else(|| Error::internal("there is no company row"))?)
    }

    /// The same within a transaction that writes what is summed up: until it ends the settings stay
    /// as they are, so that no sum is written by old ones. Called before anything else is locked,
    /// because whoever changes the settings locks the sums and the customers after them.
    pub async fn hold(txn: &impl ConnectionTrait) -> Result<Self> {
        let company = company::Entity::visible_to(&Scope::All);
        let company = company.lock_shared().one(txn).await?;
        Self::of(&company.ok_or_else(|| Error::internal("there is no company row"))?)
    }

    /// The company's row in a transaction that changes it or all its sums: whoever holds the
    /// settings has written by now, and whoever wants to waits.
    pub async fn take(txn: &impl ConnectionTrait) -> Result<company::Model> {
        let company = company::Entity::visible_to(&Scope::All);
        let company = company.lock_exclusive().one(txn).await?;
        company.ok_or_else(|| Error::internal("there is no company row"))
    }

    /// The settings of a row.
    pub fn of(company: &company::Model) -> Result<Self> {
        let week_start = u8::try_from(company.week_start - 1).ok();
        let week_start = week_start.and_then(|day| Weekday::try_from(day).ok());
        Ok(Self {
            zone: company.time_zone.parse().map_err(Error::internal)?,
            week_start: week_start
                .ok_or_else(|| Error::internal("the company's week starts on no day"))?,
            currency: company.currency.parse().map_err(Error::internal)?,
        })
    }

    /// The same with the zone and the currency that frozen results were counted in.
    pub fn frozen(self, row: &frozen_result::Model) -> Result<Self> {
        Ok(Self {
            zone: row.time_zone.parse().map_err(Error::internal)?,
            currency: row.currency.parse().map_err(Error::internal)?,
            ..self
        })
    }

    /// The day an instant is counted on.
    pub fn day(&self, instant: DateTime<Utc>) -> NaiveDate {
        zone::day_of(instant, self.zone)
    }

    /// The period of a kind that contains a day.
    pub fn period(&self, kind: Kind, of: NaiveDate) -> Result<Period> {
        Period::containing(kind, of, self.week_start)
            .map_err(|error| Error::bad_input(error.to_string()))
    }
}
