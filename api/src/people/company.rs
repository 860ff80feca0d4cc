//! The company's own settings: its name, and how its days and its money are counted.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use domain::money::Currency;
use domain::zone;
use entity::field::planned_visit;
use entity::people::company;
use entity::viewer::Scope;
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, QueryOrder, Set};

use crate::context::Request;
use crate::error::Result;
use crate::input::{Faults, NAME_LENGTH};
use crate::people::map::MapTiles;
use crate::performance::calendar::Calendar;
use crate::performance::rebuild::rebuild;
use crate::scalar::now;

/// The company that this hub serves.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Company {
    /// What the company calls itself.
    pub name: String,
    /// The IANA time zone in which days and periods are cut, such as `Asia/Shanghai`.
    pub time_zone: String,
    /// The first day of a week: 1 Monday to 7 Sunday.
    pub week_start: i32,
    /// The currency of revenue and of new orders, ISO 4217.
    pub currency: String,
}

#[ComplexObject]
impl Company {
    /// The tiles of the map that people look at; null without any.
    async fn map_tiles(&self, ctx: &Context<'_>) -> Option<MapTiles> {
        ctx.data_opt::<Option<MapTiles>>().cloned().flatten()
    }
}

impl From<company::Model> for Company {
    fn from(row: company::Model) -> Self {
        Self {
            name: row.name,
            time_zone: row.time_zone,
            week_start: row.week_start.into(),
            currency: row.currency,
        }
    }
}

/// What to change of the company; what is left out stays.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateCompanyInput {
    /// What the company calls itself.
    pub name: Option<String>,
    /// The IANA time zone in which days and periods are cut, such as `Asia/Shanghai`.
    pub time_zone: Option<String>,
    /// The first day of a week: 1 Monday to 7 Sunday.
    pub week_start: Option<i32>,
    /// The currency of revenue and of new orders, ISO 4217.
    pub currency: Option<String>,
}

/// Changes the settings and, in the same transaction, every sum that was counted by the old ones.
pub(super) async fn update_company(
    ctx: &Context<'_>,
    input: UpdateCompanyInput,
) -> Result<company::Model> {
    let txn = ctx.db()?.begin().await?;
    let before = Calendar::take(&txn).await?;
    let company = changed(&before, input)?.update(&txn).await?;
    let (old, new) = (Calendar::of(&before)?, Calendar::of(&company)?);
    if (old.zone, old.currency) != (new.zone, new.currency) {
        rebuild(&txn, new).await?;
    }
    if old.zone != new.zone {
        let earliest = first_plan(&txn, [old, new]).await?.unwrap_or_else(now);
        ingest::verbs::everybody_changed(&txn, earliest).await?;
    }
    txn.commit().await?;
    Ok(company)
}

/// The row with what the input changes of it, or all that is wrong with the input.
fn changed(before: &company::Model, input: UpdateCompanyInput) -> Result<company::ActiveModel> {
    let mut faults = Faults::default();
    let mut company = before.clone().into_active_model();
    if let Some(name) = &input.name {
        company.name = Set(faults.required("name", name, NAME_LENGTH));
    }
    if let Some(zone) = input.time_zone {
        if zone.parse::<chrono_tz::Tz>().is_err() {
            let message = "timeZone is not the name of a time zone, such as Europe/Helsinki";
            faults.add("INVALID", "timeZone", message);
        }
        company.time_zone = Set(zone);
    }
    if let Some(day) = input.week_start {
        let day = i16::try_from(day).ok().filter(|day| (1..=7).contains(day));
        if day.is_none() {
            let message = "weekStart must be from 1 (Monday) to 7 (Sunday)";
            faults.add("OUT_OF_RANGE", "weekStart", message);
        }
        company.week_start = Set(day.unwrap_or(before.week_start));
    }
    if let Some(code) = input.currency {
        if let Err(error) = code.parse::<Currency>() {
            faults.add("INVALID", "currency", error.to_string());
        }
        company.currency = Set(code);
    }
    faults.finish()?;
    Ok(company)
}

/// When the first planned day began or begins, by whichever of the calendars is earlier: a plan
/// holds for a day, and with the zone the day moves.
async fn first_plan(
    txn: &impl ConnectionTrait,
    calendars: [Calendar; 2],
) -> Result<Option<DateTime<Utc>>> {
    let first = planned_visit::Entity::visible_to(&Scope::All)
        .order_by_asc(planned_visit::Column::Day)
        .one(txn)
        .await?;
    let starts = first.map(|plan| calendars.map(|by| zone::start_of(plan.day, by.zone)));
    Ok(starts.map(|[one, other]| one.min(other).min(now())))
}
