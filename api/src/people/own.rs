//! Nobody decides on their own: a second pair of eyes, as long as there is one.

use std::collections::HashSet;

use async_graphql::Context;
use entity::id::UserId;
use entity::people::{team, user};
use entity::viewer::{Role, Scope, TeamNode, Viewer, ancestors};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter};

use crate::context::Request;
use crate::error::{Error, Result};

/// Refuses a decision on what the viewer themselves did, unless nobody else could take it; `field`
/// is the input that names what was done.
pub(crate) async fn not_ones_own(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    rep: UserId,
    field: &str,
) -> Result<()> {
    let viewer = ctx.viewer()?;
    if viewer.user != rep || !others_could(db, viewer).await? {
        return Ok(());
    }
    let message = "nobody decides on their own: ask a manager above you or another administrator";
    Err(Error::refuse("OWN_DECISION", field, message))
}

/// Whether there is another administrator, or another manager of the viewer's team or of one above,
/// who may sign in.
async fn others_could(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<bool> {
    let teams = team::Entity::visible_to(&Scope::All).all(db).await?;
    let tree: Vec<TeamNode> = teams
        .iter()
        .map(|team| TeamNode {
            id: team.id,
            parent: team.parent_id,
            manager: team.manager_id,
        })
        .collect();
    let mut above = ancestors(&tree, viewer.team);
    above.extend(viewer.team);
    let managers: HashSet<UserId> = tree
        .iter()
        .filter(|team| above.contains(&team.id))
        .filter_map(|team| team.manager)
        .collect();
    let is_admin = user::Column::Role.eq(Role::Admin);
    let is_above = Condition::all()
        .add(user::Column::Role.eq(Role::Manager))
        .add(user::Column::Id.is_in(managers));
    let others = user::Entity::visible_to(&Scope::All)
        .filter(user::Column::Id.ne(viewer.user))
        .filter(user::Column::DeactivatedAt.is_null())
        .filter(Condition::any().add(is_admin).add(is_above));
    Ok(others.count(db).await? > 0)
}
