//! The scalars of the API besides GraphQL's own, and money.
//!
//! Instants are `chrono::DateTime<Utc>` (scalar `DateTime`), JSON is `serde_json::Value` (scalar
//! `JSON`). There are no 64-bit integer fields: clients read `Int` as 32 bits.

use std::str::FromStr;

use async_graphql::{
    InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use domain::money::Currency;
use sea_orm::sea_query;

use crate::datum::Datum;

/// A calendar day without time or zone, as YYYY-MM-DD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

/// A calendar day without time or zone, as YYYY-MM-DD.
#[Scalar(specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() == 10 => NaiveDate::from_str(text)
                .map(Self)
                .map_err(|_| InputValueError::custom("a day is written YYYY-MM-DD")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Date> for sea_query::Value {
    fn from(date: Date) -> Self {
        date.0.into()
    }
}

/// An exact decimal number, written as a string; whole numbers may come as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(pub rust_decimal::Decimal);

/// An exact decimal number, written as a string; whole numbers may come as numbers.
#[Scalar(specified_by_url = "https://speleotrove.com/decimal/decarith.html")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => rust_decimal::Decimal::from_str_exact(text)
                .map(Self)
                .map_err(|_| InputValueError::custom("not a decimal number")),
            Value::Number(number) if number.is_i64() => {
                Ok(Self(number.as_i64().unwrap_or_default().into()))
            }
            Value::Number(_) => Err(InputValueError::custom(
                "write a fraction as a string, so that it stays exact",
            )),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_) | Value::Number(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(decimal: rust_decimal::Decimal) -> Self {
        Self(decimal)
    }
}

/// An amount in the currency's main unit, from its minor unit, as money is stored.
pub fn main_unit(minor: i64, currency: &str) -> Decimal {
    // Only currencies of ISO 4217 are stored; most have two decimals.
    let decimals = currency
        .parse()
        .map_or(2, |currency: Currency| currency.decimals());
    Decimal(rust_decimal::Decimal::new(minor, decimals))
}

/// A place on the Earth, in WGS-84 unless another datum was asked for.
#[derive(Clone, Copy, Debug, PartialEq, SimpleObject)]
pub struct Position {
    /// Degrees north of the equator.
    pub latitude: f64,
    /// Degrees east of Greenwich, from -180 to 180.
    pub longitude: f64,
}

/// A place on the Earth.
#[derive(Clone, Copy, Debug, PartialEq, InputObject)]
pub struct PositionInput {
    /// Degrees north of the equator.
    pub latitude: f64,
    /// Degrees east of Greenwich.
    pub longitude: f64,
    /// Its datum; WGS-84 when left out.
    pub datum: Option<Datum>,
}

/// An instant as it is stored: in whole milliseconds.
pub fn whole_millis(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(3)
}

/// This moment, as instants are stored.
pub fn now() -> DateTime<Utc> {
    whole_millis(Utc::now())
}
