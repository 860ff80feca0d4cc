//! Adding, changing and closing users.

use async_graphql::{Context, ID, InputObject, MaybeUndefined};
use entity::id::{TeamId, UserId};
use entity::people::{device, team, user};
use entity::viewer::{Role, Scope};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set,
};

use super::erasing::is_erased;
use super::session::end_sessions;
use super::types::UserRole;
use crate::auth::password;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH, seen_password};
use crate::scalar::now;

/// A new user.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// The address by which they sign in, unique.
    pub email: String,
    /// Their name, as people read it.
    pub name: String,
    /// How to call them.
    pub phone: Option<String>,
    /// What they may do.
    pub role: UserRole,
    /// The team they belong to; a rep needs one.
    pub team_id: Option<ID>,
    /// Their first password, 10 to 200 characters; null if they sign in at the identity provider.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Who they are to the identity provider, unique.
    pub subject: Option<String>,
}

/// What to change of a user; what is left out stays.
#[derive(InputObject)]
pub struct EditUserInput {
    /// The user.
    pub id: ID,
    /// The address by which they sign in.
    pub email: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// How to call them; null takes it away.
    pub phone: MaybeUndefined<String>,
    /// What they may do.
    pub role: Option<UserRole>,
    /// The team they belong to; null takes them out.
    pub team_id: MaybeUndefined<ID>,
    /// A new password, which ends their sessions; null leaves them the identity provider.
    #[graphql(secret)]
    pub password: MaybeUndefined<String>,
    /// Who they are to the identity provider; null takes it away.
    pub subject: MaybeUndefined<String>,
}

pub(super) async fn create_user(ctx: &Context<'_>, input: CreateUserInput) -> Result<user::Model> {
    let mut faults = Faults::default();
    if input.role == UserRole::Rep && input.team_id.is_none() {
        faults.add("REQUIRED", "teamId", "a rep belongs to a team");
    }
    if let Some(password) = &input.password {
        seen_password(&mut faults, "password", password);
    }
    let mut user = user::Model {
        id: UserId::new(),
        email: email(&mut faults, &input.email),
        name: faults.required("name", &input.name, NAME_LENGTH),
        phone: faults.optional("phone", input.phone.as_deref(), NAME_LENGTH),
        role: input.role.into(),
        team_id: None,
        password_hash: None,
        subject: faults.optional("subject", input.subject.as_deref(), NAME_LENGTH),
        token_version: 0,
        created_at: now(),
        deactivated_at: None,
    };
    faults.finish()?;
    let db = &ctx.db()?.write;
    if let Some(team) = &input.team_id {
        user.team_id = Some(open_team(ctx, db, team).await?);
    }
    if let Some(password) = input.password {
        user.password_hash = Some(password::hash_aside(password).await?);
    }
    Ok(user.into_active_model().insert(db).await?)
}

pub(super) async fn edit_user(ctx: &Context<'_>, input: EditUserInput) -> Result<user::Model> {
    let txn = ctx.db()?.begin().await?;
    let before = seen_user(ctx, &txn, &input.id).await?;
    let mut faults = Faults::default();
    let mut user = before.clone().into_active_model();
    if let Some(address) = &input.email {
        user.email = Set(email(&mut faults, address));
    }
    if let Some(name) = &input.name {
        user.name = Set(faults.required("name", name, NAME_LENGTH));
    }
    if let Some(phone) = input.phone.as_opt_deref() {
        user.phone = Set(faults.optional("phone", phone, NAME_LENGTH));
    }
    if let Some(subject) = input.subject.as_opt_deref() {
        user.subject = Set(faults.optional("subject", subject, NAME_LENGTH));
    }
    if let Some(Some(password)) = input.password.as_opt_deref() {
        seen_password(&mut faults, "password", password);
    }
    let role = input.role.map_or(before.role, Role::from);
    seen_role(ctx, &txn, &mut faults, &before, role).await?;
    user.role = Set(role);
    let keeps_a_team = match &input.team_id {
        MaybeUndefined::Undefined => before.team_id.is_some(),
        team => !team.is_null(),
    };
    if role == Role::Rep && !keeps_a_team {
        faults.add("REQUIRED", "teamId", "a rep belongs to a team");
    }
    faults.finish()?;
    if let Some(team) = input.team_id.as_opt_ref() {
        user.team_id = Set(match team {
            Some(team) => Some(open_team(ctx, &txn, team).await?),
            None => None,
        });
        ingest::verbs::mark_dirty(&txn, &[before.id], now()).await?;
    }
    if let Some(password) = input.password.as_opt_deref() {
        user.password_hash = Set(match password {
            Some(password) => Some(password::hash_aside(password.to_owned()).await?),
            None => None,
        });
    }
    let user = match !input.password.is_undefined() || role != before.role {
        true => end_sessions(&txn, user, before.id).await?,
        false => user.update(&txn).await?,
    };
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(user)
}

/// Checks that somebody may get a role.
async fn seen_role(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    faults: &mut Faults,
    before: &user::Model,
    role: Role,
) -> Result<()> {
    if before.id == ctx.viewer()?.user && role != Role::Admin {
        let message = "administrators do not demote themselves";
        faults.add("OWN_ROLE", "role", message);
    }
    if role == Role::Rep && before.role != Role::Rep && manages(db, before.id).await? {
        let message = "they manage a team; give it another manager first, by editTeam";
        faults.add("MANAGES_TEAM", "role", message);
    }
    Ok(())
}

/// Closes an account: its sessions end and its devices are revoked. What a phone recorded before
/// is still taken.
pub(super) async fn deactivate_user(ctx: &Context<'_>, id: &ID) -> Result<user::Model> {
    let txn = ctx.db()?.begin().await?;
    let user = seen_user(ctx, &txn, id).await?;
    if user.id == ctx.viewer()?.user {
        let message = "administrators do not close their own account";
        return Err(Error::refuse("OWN_ACCOUNT", "id", message));
    }
    let (id, now) = (user.id, now());
    let deactivated_at = user.deactivated_at.unwrap_or(now);
    let mut user = user.into_active_model();
    user.deactivated_at = Set(Some(deactivated_at));
    device::Entity::update_many()
        .col_expr(device::Column::RevokedAt, Expr::value(now))
        .filter(device::Column::UserId.eq(id))
        .filter(device::Column::RevokedAt.is_null())
        .exec(&txn)
        .await?;
    let user = end_sessions(&txn, user, id).await?;
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(user)
}

/// Opens a closed account again. What closing it ended stays ended: its holder signs in anew, and
/// a phone is enrolled anew, because nobody knows who had it meanwhile.
pub(super) async fn reactivate_user(ctx: &Context<'_>, id: &ID) -> Result<user::Model> {
    let txn = ctx.db()?.begin().await?;
    let user = seen_user(ctx, &txn, id).await?;
    if user.deactivated_at.is_none() {
        return Ok(user);
    }
    if is_erased(&txn, &user).await? {
        let message = "the person was erased; add them anew, by createUser";
        return Err(Error::refuse("ERASED", "id", message));
    }
    if let Some(team) = user.team_id {
        let team = team::Entity::visible_to(&Scope::All).filter(team::Column::Id.eq(team));
        let team = team.one(&txn).await?;
        if team.is_some_and(|team| team.archived_at.is_some()) {
            let message = "their team is archived; give them another one first, by editUser";
            return Err(Error::refuse("ARCHIVED", "id", message));
        }
    }
    let mut user = user.into_active_model();
    user.deactivated_at = Set(None);
    let user = user.update(&txn).await?;
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(user)
}

/// The user with this public id, or NOT_FOUND.
pub(super) async fn seen_user(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<user::Model> {
    let (visible, read) = (user::Entity::visible_to, UserId::from_global);
    input::seen(db, ctx.scope()?, visible, read, id, "user").await
}

/// Whether somebody manages a team that takes members.
async fn manages(db: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    let teams = team::Entity::visible_to(&Scope::All)
        .filter(team::Column::ManagerId.eq(user))
        .filter(team::Column::ArchivedAt.is_null());
    Ok(teams.count(db).await? > 0)
}

/// A team that takes members.
async fn open_team(ctx: &Context<'_>, db: &impl ConnectionTrait, id: &ID) -> Result<TeamId> {
    let (visible, read) = (team::Entity::visible_to, TeamId::from_global);
    let team = input::seen(db, ctx.scope()?, visible, read, id, "team").await?;
    if team.archived_at.is_some() {
        return Err(Error::refuse("ARCHIVED", "teamId", "the team is archived"));
    }
    Ok(team.id)
}

fn email(faults: &mut Faults, address: &str) -> String {
    let address = faults
        .required("email", address, NAME_LENGTH)
        .to_lowercase();
    let is_address = address
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && (host.contains('.') || host == "localhost"));
    if !is_address || address.contains(char::is_whitespace) {
        faults.add("INVALID", "email", "email is not an e-mail address");
    }
    address
}
