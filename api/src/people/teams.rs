//! Adding and changing teams.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, MaybeUndefined};
use entity::id::TeamId;
use entity::people::team;
use entity::viewer::{Role, Scope};
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, Set};

use super::accounts::seen_user;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::scalar::now;

/// A new team.
#[derive(InputObject)]
pub struct CreateTeamInput {
    /// What people call it.
    pub name: String,
    /// The team directly above; null makes it a root.
    pub parent_id: Option<ID>,
    /// Who manages it; a manager or an administrator.
    pub manager_id: Option<ID>,
}

/// What to change of a team; what is left out stays.
#[derive(InputObject)]
pub struct EditTeamInput {
    /// The team.
    pub id: ID,
    /// What people call it.
    pub name: Option<String>,
    /// The team directly above; null makes it a root.
    pub parent_id: MaybeUndefined<ID>,
    /// Who manages it; null leaves it without.
    pub manager_id: MaybeUndefined<ID>,
    /// Whether it takes no new members.
    pub is_archived: Option<bool>,
}

/// Whether a team's members see each other.
#[derive(InputObject)]
pub struct ShareTeamPresenceInput {
    /// The team.
    pub team_id: ID,
    /// Whether they do.
    pub is_shared: bool,
}

pub(super) async fn create_team(ctx: &Context<'_>, input: CreateTeamInput) -> Result<team::Model> {
    let mut faults = Faults::default();
    let name = faults.required("name", &input.name, NAME_LENGTH);
    faults.finish()?;
    let txn = ctx.db()?.begin().await?;
    let parent_id = match &input.parent_id {
        Some(parent) => Some(seen_team(ctx, &txn, parent).await?.id),
        None => None,
    };
    let manager_id = match &input.manager_id {
        Some(manager) => Some(manager_of(ctx, &txn, manager).await?),
        None => None,
    };
    let team = team::Model {
        id: TeamId::new(),
        parent_id,
        name,
        manager_id,
        created_at: now(),
        archived_at: None,
        presence_shared_at: None,
    };
    let team = team.into_active_model().insert(&txn).await?;
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(team)
}

pub(super) async fn edit_team(ctx: &Context<'_>, input: EditTeamInput) -> Result<team::Model> {
    let txn = ctx.db()?.begin().await?;
    let found = seen_team(ctx, &txn, &input.id).await?;
    let (id, archived_at) = (found.id, found.archived_at);
    let mut faults = Faults::default();
    let mut team = found.into_active_model();
    if let Some(name) = &input.name {
        team.name = Set(faults.required("name", name, NAME_LENGTH));
    }
    faults.finish()?;
    if let Some(is_archived) = input.is_archived {
        team.archived_at = Set(is_archived.then(|| archived_at.unwrap_or_else(now)));
    }
    if let Some(manager) = input.manager_id.as_opt_ref() {
        team.manager_id = Set(match manager {
            Some(manager) => Some(manager_of(ctx, &txn, manager).await?),
            None => None,
        });
    }
    if let Some(parent) = input.parent_id.as_opt_ref() {
        team.parent_id = Set(match parent {
            Some(parent) => Some(parent_of(ctx, &txn, id, parent).await?),
            None => None,
        });
        // Customers assigned to the teams above are candidates for the visits of the members.
        ingest::verbs::team_changed(&txn, id, now()).await?;
    }
    let team = team.update(&txn).await?;
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(team)
}

/// Lets the members of a team see each other, or no longer.
pub(super) async fn share_presence(
    ctx: &Context<'_>,
    input: ShareTeamPresenceInput,
) -> Result<team::Model> {
    let txn = ctx.db()?.begin().await?;
    let found = seen_team(ctx, &txn, &input.team_id).await?;
    if !manages(ctx.scope()?, found.id) {
        let message = "only who manages the team and administrators may do this";
        return Err(Error::forbidden(message));
    }
    let since = found.presence_shared_at;
    let mut team = found.into_active_model();
    team.presence_shared_at = Set(input.is_shared.then(|| since.unwrap_or_else(now)));
    let team = team.update(&txn).await?;
    txn.commit().await?;
    Ok(team)
}

fn manages(scope: &Scope, team: TeamId) -> bool {
    match scope {
        Scope::All => true,
        Scope::Teams { teams, .. } => teams.contains(team),
        Scope::Own { .. } => false,
    }
}

/// The team with this public id, or NOT_FOUND.
pub(super) async fn seen_team(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<team::Model> {
    let (visible, read) = (team::Entity::visible_to, TeamId::from_global);
    input::seen(db, ctx.scope()?, visible, read, id, "team").await
}

/// A user who may manage a team.
async fn manager_of(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<entity::id::UserId> {
    let manager = seen_user(ctx, db, id).await?;
    if manager.role == Role::Rep {
        let message = "a team is managed by a manager or an administrator";
        return Err(Error::refuse("INVALID", "managerId", message));
    }
    if manager.deactivated_at.is_some() {
        return Err(Error::refuse(
            "CLOSED",
            "managerId",
            "the account is closed",
        ));
    }
    Ok(manager.id)
}

/// A parent that is neither the team itself nor below it. The teams are read within the
/// transaction, so that two edits at once cannot close a ring on SQLite; on PostgreSQL the
/// readers of the tree stop at a ring.
async fn parent_of(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    team: TeamId,
    parent: &ID,
) -> Result<TeamId> {
    let parent = seen_team(ctx, db, parent).await?.id;
    let teams = team::Entity::visible_to(&Scope::All).all(db).await?;
    let parents: HashMap<_, _> = teams.iter().map(|team| (team.id, team.parent_id)).collect();
    let mut at = Some(parent);
    for _ in 0..=parents.len() {
        match at {
            Some(above) if above == team => {
                let message = "a team cannot be above itself";
                return Err(Error::refuse("CYCLE", "parentId", message));
            }
            Some(above) => at = parents.get(&above).copied().flatten(),
            None => break,
        }
    }
    Ok(parent)
}
