//! The top rows of many parents in one statement.
//!
//! PostgreSQL: `unnest($1) CROSS JOIN LATERAL (… ORDER BY … LIMIT n)`, which reads n rows a
//! parent where a window function would read them all. SQLite, which has no LATERAL: a join on
//! `key IN (SELECT … ORDER BY … LIMIT n)` correlated with `json_each(?)`.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{Database, keys};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic,
    Iterable, JoinType, PrimaryKeyToColumn, QueryFilter, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::statement::{Found, Statement};
use crate::error::Result;
use crate::loader::Load;

const PARENT: &str = "parent_key";

/// Loads a page for each parent.
pub(super) struct TopOf<E: EntityTrait> {
    pub(super) statement: Statement<E>,
    /// The column that holds the parent's key.
    pub(super) parent: SimpleExpr,
    pub(super) with_total: bool,
    pub(super) database: Database,
}

impl<E: EntityTrait> Load for TopOf<E>
where
    E::Model: Send + Sync,
{
    type Key = Uuid;
    type Value = Arc<Found<E::Model>>;

    async fn load(&self, parents: Vec<Uuid>) -> Result<HashMap<Uuid, Self::Value>> {
        let (mut rows, mut totals) = if self.with_total {
            let (rows, totals) = futures_util::join!(self.rows(&parents), self.totals(&parents));
            (rows?, totals?)
        } else {
            (self.rows(&parents).await?, HashMap::new())
        };
        let pages = parents.into_iter().map(|parent| {
            let total = self.with_total.then(|| totals.remove(&parent).unwrap_or(0));
            let rows = rows.remove(&parent).unwrap_or_default();
            (parent, Arc::new(self.statement.found(rows, total)))
        });
        Ok(pages.collect())
    }
}

impl<E: EntityTrait> TopOf<E> {
    async fn rows(&self, parents: &[Uuid]) -> Result<HashMap<Uuid, Vec<E::Model>>, DbErr> {
        let select = match self.database.backend() {
            DbBackend::Postgres => self.lateral(parents),
            _ => self.correlated(parents),
        };
        let mut pages: HashMap<Uuid, Vec<E::Model>> = HashMap::new();
        for row in self.database.read.query_all(&select).await? {
            let page = pages.entry(row.try_get("", PARENT)?).or_default();
            page.push(E::Model::from_query_result(&row, "")?);
        }
        Ok(pages)
    }

    async fn totals(&self, parents: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbErr> {
        let backend = self.database.backend();
        let rows = self.statement.rows.clone().select_only();
        let rows = rows.filter(keys::any_of(backend, self.parent.clone(), parents));
        let mut select = rows.into_query();
        select
            .expr_as(self.parent.clone(), PARENT)
            .expr_as(Func::count(Expr::cust("*")), "rows")
            .add_group_by([self.parent.clone()]);
        let counted = self.database.read.query_all(&select).await?;
        let totals = counted
            .iter()
            .map(|row| Ok((row.try_get("", PARENT)?, row.try_get("", "rows")?)));
        totals.collect()
    }

    fn lateral(&self, parents: &[Uuid]) -> SelectStatement {
        let keys = Expr::val(keys::parameter(DbBackend::Postgres, parents));
        let mut page = self.statement.select();
        page.and_where(self.parent.clone().eq(Expr::cust(r#""parent"."parent""#)));
        let mut select = Query::select();
        select
            .expr(Expr::cust(r#""page".*"#))
            .expr_as(Expr::cust(r#""parent"."parent""#), PARENT)
            .from_function(Func::cust("unnest").arg(keys), "parent")
            .join_lateral(JoinType::InnerJoin, page, "page", Expr::cust("TRUE"));
        self.order(&mut select, |column| Expr::col(("page", column)));
        select
    }

    fn correlated(&self, parents: &[Uuid]) -> SelectStatement {
        let key: Vec<SimpleExpr> = E::PrimaryKey::iter()
            .map(|key| key.into_column().into_expr())
            .collect();
        let parent = Expr::cust(r#"unhex("parent"."value")"#);
        let mut page = self.statement.select();
        page.clear_selects()
            .exprs(key.clone())
            .and_where(self.parent.clone().eq(parent.clone()));
        let on_page = match <[SimpleExpr; 1]>::try_from(key) {
            Ok([only]) => only.in_subquery(page),
            Err(many) => SimpleExpr::tuple(many).in_subquery(page),
        };
        let keys = Expr::val(keys::parameter(DbBackend::Sqlite, parents));
        let mut select = Query::select();
        for column in E::Column::iter() {
            select.expr_as(
                column.select_as(column.into_expr()),
                column.as_str().to_owned(),
            );
        }
        select
            .expr_as(parent, PARENT)
            .from_function(Func::cust("json_each").arg(keys), "parent")
            // CROSS JOIN keeps SQLite's planner from turning the two around.
            .join(JoinType::CrossJoin, E::default(), Expr::cust("TRUE"))
            .and_where(on_page);
        let table = E::default().table_name().to_owned();
        self.order(&mut select, |column| Expr::col((table.clone(), column)));
        select
    }

    /// The rows of one parent come in the order in which they were taken.
    fn order(&self, select: &mut SelectStatement, named: impl Fn(String) -> SimpleExpr) {
        for term in &self.statement.terms {
            let column = named(term.column.as_str().to_owned());
            term.order(select, column, self.statement.is_backward);
        }
    }
}
