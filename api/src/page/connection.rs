//! Relay connections over rows and over computed lists.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Object, OutputType, SimpleObject, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{EntityTrait, ModelTrait};

use super::keyset::Term;
use super::statement::{Found, place};
use super::{Page, cursor};
use crate::error::{Error, Result};

/// A page of a list.
pub struct Connection<N> {
    nodes: Vec<N>,
    has_next: bool,
    has_previous: bool,
    total: Option<i64>,
    /// The cursor of the node at an index; made only when it is asked for.
    cursor: Box<dyn Fn(usize) -> Option<String> + Send + Sync>,
}

/// One entry of a page.
pub struct Edge<'a, N> {
    node: &'a N,
    cursor: String,
}

/// Where a page stands in its list.
#[derive(Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether there is a page after this one.
    pub has_next_page: bool,
    /// Whether there is a page before this one.
    pub has_previous_page: bool,
    /// The cursor of the first entry, for `before`.
    pub start_cursor: Option<String>,
    /// The cursor of the last entry, for `after`.
    pub end_cursor: Option<String>,
}

impl<N> Connection<N> {
    pub(super) fn of_rows<M, E>(found: Arc<Found<M>>, terms: Arc<[Term<E::Column>]>) -> Self
    where
        E: EntityTrait<Model = M>,
        M: ModelTrait<Entity = E> + Clone + Send + Sync + 'static,
        N: From<M>,
    {
        Self {
            nodes: found.rows.iter().cloned().map(N::from).collect(),
            has_next: found.has_next,
            has_previous: found.has_previous,
            total: found.total,
            cursor: Box::new(move |index| {
                let row = found.rows.get(index)?;
                Some(cursor::encode(&terms, &place(row, &terms)))
            }),
        }
    }

    /// The nodes of the page.
    pub fn nodes(&self) -> &[N] {
        &self.nodes
    }

    fn cursor_at(&self, index: Option<usize>) -> Option<String> {
        (self.cursor)(index?)
    }
}

/// The page of a computed list.
pub(super) fn of_computed<N: OutputType>(
    page: Page,
    items: Vec<N>,
    key: impl Fn(&N) -> String,
) -> Result<Connection<N>> {
    let keys: Vec<String> = items
        .iter()
        .map(|item| URL_SAFE_NO_PAD.encode(key(item)))
        .collect();
    let position = |cursor: &Option<String>, name: &str| match cursor {
        None => Ok(None),
        Some(cursor) => match keys.iter().position(|key| key == cursor) {
            Some(position) => Ok(Some(position)),
            None => Err(Error::bad_input(format!(
                "{name} is not a cursor of this list"
            ))),
        },
    };
    let after = position(&page.after, "after")?.map_or(0, |position| position + 1);
    let before = position(&page.before, "before")?
        .unwrap_or(items.len())
        .max(after);
    let size = usize::from(page.size);
    let (start, end) = match page.is_backward {
        true => (before.saturating_sub(size).max(after), before),
        false => (after, (after + size).min(before)),
    };
    let total = items.len();
    let cursors: Vec<String> = keys.into_iter().skip(start).take(end - start).collect();
    Ok(Connection {
        nodes: items.into_iter().skip(start).take(end - start).collect(),
        has_next: end < total,
        has_previous: start > 0,
        total: i64::try_from(total).ok(),
        cursor: Box::new(move |index| cursors.get(index).cloned()),
    })
}

impl<N: OutputType> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for Edge<'_, N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: OutputType> Connection<N> {
    /// The entries of the page.
    #[graphql(name = "nodes")]
    async fn node_list(&self) -> Vec<&N> {
        self.nodes.iter().collect()
    }

    /// The entries of the page, each with its cursor.
    async fn edges(&self) -> Vec<Edge<'_, N>> {
        let edges = self.nodes.iter().enumerate().map(|(index, node)| Edge {
            node,
            cursor: self.cursor_at(Some(index)).unwrap_or_default(),
        });
        edges.collect()
    }

    /// Where the page stands in its list.
    async fn page_info(&self) -> PageInfo {
        let last = self.nodes.len().checked_sub(1);
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.cursor_at(last.map(|_| 0)),
            end_cursor: self.cursor_at(last),
        }
    }

    /// How many entries the whole list has.
    async fn total_count(&self) -> Result<i32> {
        let total = self
            .total
            .ok_or_else(|| Error::internal("the list was not counted"))?;
        Ok(i32::try_from(total).unwrap_or(i32::MAX))
    }
}

/// One entry of a page.
#[Object(name_type)]
impl<N: OutputType> Edge<'_, N> {
    /// The entry itself.
    async fn node(&self) -> &N {
        self.node
    }

    /// The entry's place in the list, for `after` and `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }
}
