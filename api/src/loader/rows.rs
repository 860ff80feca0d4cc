//! To-one links: a row by its id, within the viewer's scope.

use std::collections::HashMap;

use async_graphql::Context;
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{ColumnTrait, EntityTrait, ModelTrait, QueryFilter, Select, Value};
use uuid::Uuid;

use super::Load;
use crate::context::Request;
use crate::error::Result;
use crate::input;

/// The row with this id, if the viewer may see it. `visible` is the table's `visible_to`; equal
/// tables share a statement, wherever in the document they are asked.
///
/// ```text
/// async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
///     loader::link(ctx, team::Entity::visible_to, self.row.team_id).await
/// }
/// ```
pub async fn row<E>(
    ctx: &Context<'_>,
    visible: fn(&Scope) -> Select<E>,
    id: impl Into<Uuid>,
) -> Result<Option<E::Model>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let loader = || RowsOf {
        database,
        rows: visible(&scope),
    };
    ctx.loaders()?
        // Who may see more of a table's rows shares no answer with who may see less.
        .load_apart(visible as usize as u64, loader, id.into())
        .await
}

/// A nullable link as a resolver returns it: a failure nulls the link and not its parent.
pub async fn link<E, N>(
    ctx: &Context<'_>,
    visible: fn(&Scope) -> Select<E>,
    id: Option<impl Into<Uuid>>,
) -> Option<Result<N>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    N: From<E::Model>,
{
    let row = row(ctx, visible, id?).await.transpose()?;
    Some(row.map(N::from))
}

struct RowsOf<E: EntityTrait> {
    database: Database,
    rows: Select<E>,
}

impl<E> Load for RowsOf<E>
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    type Key = Uuid;
    type Value = E::Model;

    async fn load(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, E::Model>> {
        let key = input::key::<E>()?;
        let is_asked = keys::any_of(self.database.backend(), key.into_expr(), &ids);
        let rows = self.rows.clone().filter(is_asked);
        let rows = rows.all(&self.database.read).await?;
        let keyed = rows.into_iter().filter_map(|row| match row.get(key) {
            Value::Uuid(Some(id)) => Some((id, row)),
            _ => None,
        });
        Ok(keyed.collect())
    }
}
