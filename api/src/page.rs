//! Lists in pages: keyset cursors, forward and backward, one statement however many parents.
//!
//! A list of rows is three things: which rows (`visible_to` and filters), in which order, and
//! which window. A room writes:
//!
//! ```text
//! let rows = user::Entity::visible_to(ctx.scope()?).filter(condition);
//! let page = Page::new(first, after, last, before)?;
//! page.of(rows, order_by)?.read(ctx).await                                        // all of them
//! page.of(rows, order_by)?.read_for(ctx, user::Column::TeamId, self.row.id).await // of a parent
//! ```

use std::hash::{DefaultHasher, Hash, Hasher};

use async_graphql::{Context, Enum, OutputType};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, PrimaryKeyToColumn, Select};
use uuid::Uuid;

use crate::context::Request;
use crate::error::{Error, Result};

mod connection;
mod cursor;
mod keyset;
mod statement;
mod top;

pub use connection::{Connection, Edge, PageInfo};
use statement::Statement;
use top::TopOf;

/// The rows of a page when neither `first` nor `last` is given.
pub const DEFAULT_SIZE: u16 = 20;
/// The most rows of a page.
pub const MAX_SIZE: u16 = 100;

/// Which way a list is ordered. Absent values come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Direction {
    /// Smallest, earliest or first in the alphabet first.
    Asc,
    /// Greatest, latest or last in the alphabet first.
    Desc,
}

/// An order that clients may choose for a table; see [`order_by!`](crate::order_by).
pub trait Order: Send + Sync {
    /// The table.
    type Entity: EntityTrait;

    /// The column and the way. Rows that are equal in it are ordered by their key.
    fn term(&self) -> (<Self::Entity as EntityTrait>::Column, Direction);

    /// The order when the client chose none.
    fn by_default() -> Self;
}

/// Declares the orders of a table as a GraphQL input; each variant is a column of the same name.
///
/// ```text
/// order_by! {
///     /// How users are ordered.
///     UserOrder of user, by default Name Asc {
///         /// By name.
///         Name,
///         /// By the time they were added.
///         CreatedAt,
///     }
/// }
/// ```
#[macro_export]
macro_rules! order_by {
    (
        $(#[$meaning:meta])*
        $order:ident of $table:ident, by default $default:ident $direction:ident {
            $($(#[$column_meaning:meta])* $column:ident),+ $(,)?
        }
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Copy, Debug, async_graphql::OneofObject)]
        pub enum $order {
            $($(#[$column_meaning])* $column($crate::page::Direction),)+
        }

        impl $crate::page::Order for $order {
            type Entity = $table::Entity;

            fn term(&self) -> ($table::Column, $crate::page::Direction) {
                match *self {
                    $(Self::$column(direction) => ($table::Column::$column, direction),)+
                }
            }

            fn by_default() -> Self {
                Self::$default($crate::page::Direction::$direction)
            }
        }
    };
}

/// The window a client asks for, checked.
#[derive(Clone, Debug)]
pub struct Page {
    size: u16,
    is_backward: bool,
    after: Option<String>,
    before: Option<String>,
}

impl Page {
    /// Reads the four arguments of a paged list.
    pub fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        let (size, is_backward) = match (first, last) {
            (Some(_), Some(_)) => {
                return Err(Error::bad_input("give first or last, not both"));
            }
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (DEFAULT_SIZE, false),
        };
        Ok(Self {
            size,
            is_backward,
            after,
            before,
        })
    }

    /// The page of `rows` in the order the client chose.
    pub fn of<O: Order>(
        self,
        rows: Select<O::Entity>,
        order: Option<O>,
    ) -> Result<List<O::Entity>> {
        let (column, direction) = order.unwrap_or_else(O::by_default).term();
        self.ordered(rows, column, direction)
    }

    /// The page of `rows` in an order that clients cannot choose.
    pub fn ordered<E: EntityTrait>(
        self,
        rows: Select<E>,
        column: E::Column,
        direction: Direction,
    ) -> Result<List<E>> {
        let is_descending = direction == Direction::Desc;
        let key = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        let mut terms = vec![keyset::Term::new(column, is_descending)];
        for column in key {
            if !terms.iter().any(|term| term.is_of(column)) {
                terms.push(keyset::Term::new(column, is_descending));
            }
        }
        let read = |cursor: &Option<String>, name: &str| match cursor {
            Some(cursor) => cursor::decode(cursor, &terms, name).map(Some),
            None => Ok(None),
        };
        let (after, before) = (read(&self.after, "after")?, read(&self.before, "before")?);
        Ok(List {
            statement: Statement {
                rows,
                terms,
                after,
                before,
                size: self.size,
                is_backward: self.is_backward,
            },
            apart: 0,
        })
    }

    /// The page of a list that was computed as a whole, such as a ranking. `key` names an item
    /// for good.
    pub fn of_computed<N: OutputType>(
        self,
        items: Vec<N>,
        key: impl Fn(&N) -> String,
    ) -> Result<Connection<N>> {
        connection::of_computed(self, items, key)
    }
}

fn size(name: &str, asked: i32) -> Result<u16> {
    match u16::try_from(asked) {
        Ok(size) if (1..=MAX_SIZE).contains(&size) => Ok(size),
        _ => Err(Error::bad_input(format!(
            "{name} must be from 1 to {MAX_SIZE}, it is {asked}"
        ))),
    }
}

/// A page that is ready to be read.
pub struct List<E: EntityTrait> {
    statement: Statement<E>,
    apart: u64,
}

impl<E: EntityTrait> List<E>
where
    E::Model: Send + Sync,
{
    /// Reads the page. `totalCount` is counted only when it is asked for.
    pub async fn read<N>(self, ctx: &Context<'_>) -> Result<Connection<N>>
    where
        N: OutputType + From<E::Model>,
    {
        let db = &ctx.db()?.read;
        let (rows, total) = if asks_total(ctx) {
            let (rows, total) =
                futures_util::join!(self.statement.read(db), self.statement.count(db));
            (rows?, Some(total?))
        } else {
            (self.statement.read(db).await?, None)
        };
        let found = self.statement.found(rows, total);
        Ok(Connection::of_rows(
            found.into(),
            self.statement.terms.into(),
        ))
    }

    /// Keeps this list apart from those whose rows differ in more than the parent's key and the
    /// arguments, such as in the period of a ranking above it.
    pub fn apart(mut self, by: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        by.hash(&mut hasher);
        self.apart = hasher.finish();
        self
    }

    /// Reads the page of one parent; all parents at this place of the query share one statement,
    /// which takes the top rows of each. `parent` is the column that holds the parent's key.
    ///
    /// Nothing but the key may differ between the parents: rows, filters and order are those of
    /// the query's arguments. What else differs is told by [`List::apart`].
    pub async fn read_for<N>(
        self,
        ctx: &Context<'_>,
        parent: impl ColumnTrait,
        key: impl Into<Uuid>,
    ) -> Result<Connection<N>>
    where
        N: OutputType + From<E::Model>,
    {
        let database = ctx.db()?.clone();
        let with_total = asks_total(ctx);
        let terms: std::sync::Arc<[_]> = self.statement.terms.clone().into();
        let loader = move || TopOf {
            statement: self.statement,
            parent: parent.into_expr(),
            with_total,
            database,
        };
        let found = ctx
            .loaders()?
            .load_for_field(ctx, self.apart, loader, key.into())
            .await?;
        Ok(Connection::of_rows(found.unwrap_or_default(), terms))
    }
}

fn asks_total(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}
