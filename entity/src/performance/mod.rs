//! Targets, scorecards, and the sums and results they are measured by.

pub mod frozen_result;
pub mod rep_customer_day;
pub mod rep_day;
pub mod scorecard;
pub mod scorecard_item;
pub mod target;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Something that can be measured of a rep or a team.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    DeriveActiveEnum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "Text",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Metric {
    /// The sum of placed orders.
    Revenue,
    /// The number of placed orders.
    Orders,
    /// Customers who placed their first order.
    NewCustomers,
    /// The number of visits.
    Visits,
    /// The number of different customers visited.
    CustomersVisited,
    /// The share of assigned customers that were visited at their due frequency.
    Coverage,
    /// The company's share of its market.
    MarketShare,
    /// Courses passed.
    TrainingCompleted,
    /// Complaints resolved.
    ComplaintsResolved,
    /// The mean of customers' marks.
    FeedbackScore,
}

/// How long a period is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    DeriveActiveEnum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "Text",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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
