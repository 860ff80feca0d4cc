//! Typed filter inputs, and how they become conditions.
//!
//! A room declares a filter for each of its lists as an input object and turns it into a
//! condition. Relations are reached through [`Filtering::some`] and [`Filtering::none`], whose
//! rows begin at `visible_to`, so that no filter tells of rows that the viewer may not see.

use async_graphql::{Context, ID, InputObject};
use chrono::{DateTime, Utc};
use entity::viewer::Scope;
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait, Func, LikeExpr, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};
use sea_orm::{Select, Value};
use uuid::Uuid;

use crate::context::Request;
use crate::error::{Error, Result};
use crate::scalar::Date;

/// The most values of one `in`.
const MOST_VALUES: usize = 200;
/// How often filters may reach through a relation.
const DEEPEST: u8 = 4;

/// What a filter needs to know to become a condition.
#[derive(Clone, Copy, Debug)]
pub struct Filtering<'a> {
    /// The database that will read the condition.
    pub backend: DbBackend,
    /// The rows a filter may reach.
    pub scope: &'a Scope,
    depth: u8,
}

/// A filter input of a list.
pub trait Filter {
    /// The condition on the rows; an absent filter is true of all.
    fn condition(&self, at: Filtering<'_>) -> Result<Condition>;
}

impl<F: Filter> Filter for Option<F> {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        match self {
            Some(filter) => filter.condition(at),
            None => Ok(Condition::all()),
        }
    }
}

impl<F: Filter> Filter for Box<F> {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        self.as_ref().condition(at)
    }
}

impl<'a> Filtering<'a> {
    /// For the viewer of this request.
    pub fn of(ctx: &'a Context<'_>) -> Result<Self> {
        Ok(Self {
            backend: ctx.db()?.backend(),
            scope: ctx.scope()?,
            depth: 0,
        })
    }

    /// True where at least one of `rows` that pass `filter` has `foreign_key` equal to `key`.
    pub fn some<E: EntityTrait>(
        self,
        rows: Select<E>,
        filter: &impl Filter,
        foreign_key: impl ColumnTrait,
        key: impl ColumnTrait,
    ) -> Result<SimpleExpr> {
        let rows = self.related(rows, filter, foreign_key, key)?;
        Ok(Expr::exists(rows))
    }

    /// True where none of `rows` that pass `filter` has `foreign_key` equal to `key`.
    pub fn none<E: EntityTrait>(
        self,
        rows: Select<E>,
        filter: &impl Filter,
        foreign_key: impl ColumnTrait,
        key: impl ColumnTrait,
    ) -> Result<SimpleExpr> {
        Ok(self.some(rows, filter, foreign_key, key)?.not())
    }

    fn related<E: EntityTrait>(
        self,
        rows: Select<E>,
        filter: &impl Filter,
        foreign_key: impl ColumnTrait,
        key: impl ColumnTrait,
    ) -> Result<sea_orm::sea_query::SelectStatement> {
        if self.depth >= DEEPEST {
            let message = format!("filters reach through at most {DEEPEST} relations");
            return Err(Error::bad_input(message));
        }
        let deeper = Filtering {
            depth: self.depth + 1,
            ..self
        };
        let rows = rows
            .select_only()
            .expr(Expr::cust("1"))
            .filter(filter.condition(deeper)?)
            .filter(foreign_key.into_expr().eq(key.into_expr()));
        Ok(rows.into_query())
    }
}

/// Declares the filter through a to-many relation: `some` row passes, or `none` does.
#[macro_export]
macro_rules! relation_filter {
    ($(#[$meaning:meta])* $relation:ident of $filter:ty) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, Default, async_graphql::InputObject)]
        pub struct $relation {
            /// At least one passes this filter.
            pub some: Option<Box<$filter>>,
            /// Not one passes this filter.
            pub none: Option<Box<$filter>>,
        }

        impl $relation {
            /// The condition on the rows whose `key` stands in the relation's `foreign_key`.
            pub fn condition<E: sea_orm::EntityTrait>(
                &self,
                at: $crate::filter::Filtering<'_>,
                rows: fn(&entity::viewer::Scope) -> sea_orm::Select<E>,
                foreign_key: impl sea_orm::ColumnTrait,
                key: impl sea_orm::ColumnTrait,
            ) -> $crate::Result<sea_orm::Condition> {
                let mut condition = sea_orm::Condition::all();
                if let Some(some) = &self.some {
                    condition = condition.add(at.some(rows(at.scope), some, foreign_key, key)?);
                }
                if let Some(none) = &self.none {
                    condition = condition.add(at.none(rows(at.scope), none, foreign_key, key)?);
                }
                Ok(condition)
            }
        }
    };
}

/// Declares a filter by an enum that is stored as text.
#[macro_export]
macro_rules! enum_filter {
    ($(#[$meaning:meta])* $filter:ident of $word:ty) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, Default, async_graphql::InputObject)]
        pub struct $filter {
            /// Exactly this.
            pub eq: Option<$word>,
            /// One of these.
            #[graphql(name = "in")]
            pub any: Option<Vec<$word>>,
        }

        impl $filter {
            /// The condition on a column.
            pub fn condition(&self, column: impl sea_orm::ColumnTrait) -> sea_orm::Condition {
                let mut condition = sea_orm::Condition::all();
                if let Some(word) = &self.eq {
                    condition = condition.add(column.eq(word.clone()));
                }
                if let Some(words) = &self.any {
                    condition = condition.add(column.is_in(words.iter().cloned()));
                }
                condition
            }
        }
    };
}

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

fn at_most(values: usize) -> Result<()> {
    if values > MOST_VALUES {
        let message = format!("\"in\" takes at most {MOST_VALUES} values");
        return Err(Error::bad_input(message));
    }
    Ok(())
}

/// By an id.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IdFilter {
    /// Exactly this.
    pub eq: Option<ID>,
    /// One of these; at most 200.
    #[graphql(name = "in")]
    pub any: Option<Vec<ID>>,
    /// Whether there is none.
    pub is_null: Option<bool>,
}

impl IdFilter {
    /// The condition on a column that holds ids as `read` reads them.
    pub fn condition<Id: Copy + Into<Uuid>>(
        &self,
        at: Filtering<'_>,
        column: impl ColumnTrait,
        read: fn(&str) -> Option<Id>,
    ) -> Result<Condition> {
        let known = |id: &ID| {
            read(id).ok_or_else(|| {
                Error::bad_input(format!("{} is not an id of this kind", id.as_str()))
            })
        };
        let mut condition = is_null(self.is_null, column);
        let asked = self.any.iter().flatten().collect::<Vec<_>>();
        at_most(asked.len())?;
        if let Some(id) = &self.eq {
            condition = condition.add(column.eq(known(id)?.into()));
        }
        if self.any.is_some() {
            let ids = asked.into_iter().map(known).collect::<Result<Vec<Id>>>()?;
            condition = condition.add(entity::keys::any_of(at.backend, column.into_expr(), &ids));
        }
        Ok(condition)
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
