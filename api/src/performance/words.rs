//! The words of performance as clients say them: metrics, periods, peers.

use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{metric, period};
use entity::performance::{self as rows, PeriodKind as StoredKind, frozen_result};

use super::calendar::Calendar;
use super::measure::{stored, stored_kind};
use crate::error::Result;
use crate::scalar::Date;

/// What can be measured of a rep or a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "metric::Metric")]
pub enum Metric {
    /// The total of orders placed and not cancelled, in the company's currency.
    Revenue,
    /// The number of orders placed and not cancelled.
    Orders,
    /// The number of customers who placed their first order.
    NewCustomers,
    /// The number of visits that began.
    Visits,
    /// The number of different customers visited.
    CustomersVisited,
    /// The share, 0 to 1, of the customers due for a visit who were visited in time.
    Coverage,
    /// The number of courses passed.
    TrainingCompleted,
}

impl From<Metric> for sea_orm::Value {
    fn from(metric: Metric) -> Self {
        rows::Metric::from(metric).into()
    }
}

impl From<Metric> for rows::Metric {
    fn from(metric: Metric) -> Self {
        stored(metric.into())
    }
}

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "metric::Unit")]
pub enum MetricUnit {
    /// An amount in the company's currency, in its main unit.
    Money,
    /// A whole number of things.
    Count,
    /// A share from 0 to 1.
    Ratio,
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "period::Kind")]
pub enum PeriodKind {
    /// A day.
    Day,
    /// A week, from the company's first day of the week.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

impl From<PeriodKind> for sea_orm::Value {
    fn from(kind: PeriodKind) -> Self {
        stored_kind(kind.into()).into()
    }
}

/// The kind of a period as the rules know it.
pub(super) fn kind_of(kind: StoredKind) -> period::Kind {
    match kind {
        StoredKind::Day => period::Kind::Day,
        StoredKind::Week => period::Kind::Week,
        StoredKind::Month => period::Kind::Month,
        StoredKind::Quarter => period::Kind::Quarter,
        StoredKind::Year => period::Kind::Year,
    }
}

/// Who is ranked among whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "frozen_result::Peers")]
pub enum Peers {
    /// Every rep among all reps.
    Reps,
    /// Every team with reps of its own among all such teams.
    Teams,
}

/// The period of a kind that contains a day of the company's calendar.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct PeriodInput {
    /// How long it is.
    pub kind: PeriodKind,
    /// Any day of it.
    pub of: Date,
}

impl PeriodInput {
    pub(crate) fn read(self, calendar: &Calendar) -> Result<period::Period> {
        calendar.period(self.kind.into(), self.of.0)
    }
}

/// A period of the company's calendar.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Period {
    /// How long it is.
    pub kind: PeriodKind,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// The instant it begins.
    pub starts_at: DateTime<Utc>,
    /// The instant it is over.
    pub ends_at: DateTime<Utc>,
    /// Whether it is over.
    pub is_closed: bool,
}

impl Period {
    pub(super) fn of(period: period::Period, calendar: &Calendar) -> Self {
        let instants = period.instants(calendar.zone);
        Self {
            kind: period.kind().into(),
            first: Date(period.first()),
            last: Date(period.last()),
            starts_at: instants.start,
            ends_at: instants.end,
            is_closed: period.is_closed(Utc::now(), calendar.zone),
        }
    }
}
