//! Exact decimal numbers, stored as text so that no database rounds them.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// A decimal that comes back from the database digit for digit.
///
/// The database cannot compute with it or order by it: sums and comparisons are made in Rust.
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
    DeriveValueType,
)]
#[serde(transparent)]
#[sea_orm(value_type = "String")]
pub struct Exact(pub Decimal);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Exact {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl From<Decimal> for Exact {
    fn from(decimal: Decimal) -> Self {
        Self(decimal)
    }
}

impl From<Exact> for Decimal {
    fn from(exact: Exact) -> Self {
        exact.0
    }
}
