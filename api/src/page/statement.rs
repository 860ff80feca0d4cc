//! One page as a statement, for a whole list.

use sea_orm::sea_query::{Expr, Func, SelectStatement};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult, ModelTrait, QueryFilter,
    QuerySelect, QueryTrait, Select, Value,
};

use super::keyset::{self, Term};

/// Rows, order and window.
pub(super) struct Statement<E: EntityTrait> {
    pub(super) rows: Select<E>,
    pub(super) terms: Vec<Term<E::Column>>,
    pub(super) after: Option<Vec<Value>>,
    pub(super) before: Option<Vec<Value>>,
    pub(super) size: u16,
    /// The window is the last rows, so the order is reversed to take them.
    pub(super) is_backward: bool,
}

/// The rows of a page, in the list's order.
#[derive(Debug)]
pub(super) struct Found<M> {
    pub(super) rows: Vec<M>,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
    pub(super) total: Option<i64>,
}

impl<M> Default for Found<M> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            has_next: false,
            has_previous: false,
            total: Some(0),
        }
    }
}

impl<E: EntityTrait> Statement<E> {
    /// The page and one row more, which tells whether there is a further page.
    pub(super) fn select(&self) -> SelectStatement {
        let mut select = self.windowed().into_query();
        for term in &self.terms {
            term.order(&mut select, term.column.into_expr(), self.is_backward);
        }
        select.limit(u64::from(self.size) + 1);
        select
    }

    fn windowed(&self) -> Select<E> {
        let mut rows = self.rows.clone();
        if let Some(after) = &self.after {
            rows = rows.filter(keyset::beyond(&self.terms, after, false));
        }
        if let Some(before) = &self.before {
            rows = rows.filter(keyset::beyond(&self.terms, before, true));
        }
        rows
    }

    pub(super) async fn read(&self, db: &DatabaseConnection) -> Result<Vec<E::Model>, DbErr> {
        let found = sea_orm::ConnectionTrait::query_all(db, &self.select()).await?;
        found
            .iter()
            .map(|row| E::Model::from_query_result(row, ""))
            .collect()
    }

    /// All rows of the list, whatever the window.
    pub(super) async fn count(&self, db: &DatabaseConnection) -> Result<i64, DbErr> {
        let mut select = self.rows.clone().select_only().into_query();
        select.expr_as(Func::count(Expr::cust("*")), "rows");
        match sea_orm::ConnectionTrait::query_one(db, &select).await? {
            Some(row) => row.try_get("", "rows"),
            None => Ok(0),
        }
    }

    /// Cuts off the row too many and turns the rows into the list's order.
    pub(super) fn found(&self, mut rows: Vec<E::Model>, total: Option<i64>) -> Found<E::Model> {
        let has_more = rows.len() > usize::from(self.size);
        rows.truncate(usize::from(self.size));
        if self.is_backward {
            rows.reverse();
        }
        let (has_next, has_previous) = match self.is_backward {
            true => (self.before.is_some(), has_more),
            false => (has_more, self.after.is_some()),
        };
        Found {
            rows,
            has_next,
            has_previous,
            total,
        }
    }
}

/// The place of a row in an order.
pub(super) fn place<M: ModelTrait>(
    row: &M,
    terms: &[Term<<M::Entity as EntityTrait>::Column>],
) -> Vec<Value> {
    terms.iter().map(|term| row.get(term.column)).collect()
}
