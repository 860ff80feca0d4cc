//! Filters by one value: a text, an id, an instant, a day, a number.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait, Func, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait, Value};
use uuid::Uuid;

use super::Filtering;
use super::ids::Ids;
use crate::error::{Error, Result};
use crate::scalar::Date;

/// The most values of one `in`.
const MOST_VALUES: usize = 200;
/// By a text.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StringFilter {
    /// Exactly this.
    pub eq: Option<String>,
    /// One of these; at most 200.
    #[graphql(name = "in")]
    pub any: Option<Vec<String>>,
    /// Contains this, in upper or lower case.
    pub contains: Option<String>,
    /// Begins with this, in upper or lower case.
    pub starts_with: Option<String>,
}

impl StringFilter {
    /// The condition on a column.
    pub fn condition(&self, at: Filtering<'_>, column: impl ColumnTrait) -> Result<Condition> {
        let mut condition =
            Condition::all().add_option(self.eq.as_ref().map(|text| column.eq(text)));
        if let Some(texts) = &self.any {
            at_most(texts.len())?;
            condition = condition.add(one_of(at.backend, column, texts));
        }
        if let Some(part) = &self.contains {
            condition = condition.add(like(column, format!("%{}%", escaped(part))));
        }
        if let Some(beginning) = &self.starts_with {
            condition = condition.add(like(column, format!("{}%", escaped(beginning))));
        }
        Ok(condition)
    }
}

fn like(column: impl ColumnTrait, pattern: String) -> SimpleExpr {
    let pattern = LikeExpr::new(pattern.to_lowercase()).escape('\\');
    Expr::expr(Func::lower(column.into_expr())).like(pattern)
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// True where a column is one of these texts, with one bound parameter.
pub(crate) fn one_of(backend: DbBackend, column: impl ColumnTrait, texts: &[String]) -> SimpleExpr {
    let column = column.into_expr();
    match backend {
        DbBackend::Postgres => {
            let values = texts
                .iter()
                .map(|text| Value::from(text.as_str()))
                .collect();
            let array = Value::Array(ArrayType::String, Some(Box::new(values)));
            column.eq(Func::cust("ANY").arg(Expr::val(array)))
        }
        _ => Expr::cust_with_exprs(
            "? IN (SELECT value FROM json_each(?))",
            [column, Expr::val(serde_json::json!(texts).to_string())],
        ),
    }
}

/// True where a column holds one of these words. Filters by an enum are lists of words; GraphQL
/// takes a single word for a list of one.
pub(crate) fn any_of<W>(words: &[W], column: impl ColumnTrait) -> Result<SimpleExpr>
where
    W: Clone + Into<Value>,
{
    at_most(words.len())?;
    Ok(column.is_in(words.iter().cloned()))
}

fn at_most(values: usize) -> Result<()> {
    if values > MOST_VALUES {
        let message = format!("a filter takes at most {MOST_VALUES} values");
        return Err(Error::bad_input(message));
    }
    Ok(())
}

/// By an id. What is out of your sight counts as if it did not exist, as it does everywhere.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IdFilter {
    /// Exactly this.
    pub eq: Option<ID>,
    /// One of these; at most 200.
    #[graphql(name = "in")]
    pub any: Option<Vec<ID>>,
    /// Whether there is none in your sight.
    pub is_null: Option<bool>,
}

impl IdFilter {
    /// The condition on a column that holds ids of some kind.
    pub fn condition<E: EntityTrait, Id: Copy + Into<Uuid>>(
        &self,
        at: Filtering<'_>,
        column: impl ColumnTrait,
        ids: Ids<E, Id>,
    ) -> Result<Condition> {
        let known = |id: &ID| {
            (ids.read)(id).ok_or_else(|| {
                Error::bad_input(format!("{} is not an id of this kind", id.as_str()))
            })
        };
        let seen = || ids.seen(at, column);
        let mut condition = Condition::all();
        let asked = self.any.iter().flatten().collect::<Vec<_>>();
        at_most(asked.len())?;
        if let Some(id) = &self.eq {
            condition = condition.add(column.eq(known(id)?.into())).add(seen()?);
        }
        if self.any.is_some() {
            let asked = asked.into_iter().map(known).collect::<Result<Vec<Id>>>()?;
            let is_one = entity::keys::any_of(at.backend, column.into_expr(), &asked);
            condition = condition.add(is_one).add(seen()?);
        }
        Ok(match self.is_null {
            Some(true) => condition.add(Condition::any().add(column.is_null()).add(seen()?.not())),
            Some(false) => condition.add(column.is_not_null()).add(seen()?),
            None => condition,
        })
    }
}

macro_rules! range_filter {
    ($(#[$meaning:meta])* $filter:ident of $value:ty) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, Default, InputObject)]
        pub struct $filter {
            /// Exactly this.
            pub eq: Option<$value>,
            /// This or later (greater).
            pub gte: Option<$value>,
            /// Later (greater) than this.
            pub gt: Option<$value>,
            /// This or earlier (less).
            pub lte: Option<$value>,
            /// Earlier (less) than this.
            pub lt: Option<$value>,
            /// Whether there is none.
            pub is_null: Option<bool>,
        }

        impl $filter {
            /// The condition on a column.
            pub fn condition(&self, column: impl ColumnTrait) -> Condition {
                is_null(self.is_null, column)
                    .add_option(self.eq.map(|value| column.eq(value)))
                    .add_option(self.gte.map(|value| column.gte(value)))
                    .add_option(self.gt.map(|value| column.gt(value)))
                    .add_option(self.lte.map(|value| column.lte(value)))
                    .add_option(self.lt.map(|value| column.lt(value)))
            }
        }
    };
}

range_filter! {
    /// By an instant.
    InstantFilter of DateTime<Utc>
}
range_filter! {
    /// By a day.
    DateFilter of Date
}
range_filter! {
    /// By a whole number.
    IntFilter of i32
}
range_filter! {
    /// By a number.
    FloatFilter of f64
}

fn is_null(is_null: Option<bool>, column: impl ColumnTrait) -> Condition {
    Condition::all().add_option(is_null.map(|is_null| match is_null {
        true => column.is_null(),
        false => column.is_not_null(),
    }))
}
