//! Typed filter inputs, and how they become conditions.
//!
//! A room declares a filter for each of its lists as an input object and turns it into a
//! condition. Relations are reached through [`Filtering::some`] and [`Filtering::none`], whose
//! rows begin at `visible_to`, so that no filter tells of rows that the viewer may not see.

use async_graphql::Context;
use entity::viewer::Scope;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};

use crate::context::Request;
use crate::error::{Error, Result};

pub mod ids;
mod values;

pub use values::{DateFilter, FloatFilter, IdFilter, InstantFilter, IntFilter, StringFilter};
pub(crate) use values::{any_of, one_of};

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
    ) -> Result<SelectStatement> {
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
