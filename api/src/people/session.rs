//! Signing in and out, and changing one's password.

use std::net::IpAddr;

use async_graphql::{Context, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::UserId;
use entity::people::user;
use entity::viewer::Scope;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, Set};

use super::types::User;
use crate::auth::{password, refresh};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{Faults, seen_password};

/// What a sign-in gives.
#[derive(Clone, Debug, SimpleObject)]
pub struct Session {
    /// The token for `Authorization: Bearer`, for some minutes.
    pub access_token: String,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// Gives the next session, once, within 30 days. Keep it as you would keep the password.
    pub refresh_token: String,
    /// Whoever signed in.
    pub user: User,
}

/// Who signs in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address.
    pub email: String,
    /// The password.
    #[graphql(secret)]
    pub password: String,
}

/// A session to be renewed.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The refresh token of the last session.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// A session to be ended.
#[derive(InputObject)]
pub struct SignOutInput {
    /// The refresh token of the session.
    #[graphql(secret)]
    pub refresh_token: Option<String>,
    /// Ends every session and every access token of yours, on all devices but the enrolled apps.
    #[graphql(default)]
    pub everywhere: bool,
}

/// A new password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password until now.
    #[graphql(secret)]
    pub current_password: String,
    /// The password from now on, 10 to 200 characters.
    #[graphql(secret)]
    pub new_password: String,
}

/// Signs in by password, at most 5 failures a minute an account and an address.
pub(super) async fn sign_in(ctx: &Context<'_>, input: SignInInput) -> Result<Session> {
    let authenticator = ctx.authenticator()?;
    let email = input.email.trim().to_lowercase();
    let address = ctx.data_opt::<IpAddr>().copied();
    let attempt = authenticator.attempts().begin(&email, address)?;
    if input.password.chars().count() > password::LONGEST {
        return Err(wrong());
    }
    let user = by_email(&ctx.db()?.read, &email).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let is_right = password::verify(input.password, stored).await?;
    match user {
        Some(user) if is_right && user.deactivated_at.is_none() => {
            authenticator.attempts().succeeded(attempt);
            metrics::counter!("fieldhub_sign_ins_total", "outcome" => "ok").increment(1);
            session(ctx, &ctx.db()?.write, user).await
        }
        _ => {
            metrics::counter!("fieldhub_sign_ins_total", "outcome" => "failed").increment(1);
            Err(wrong())
        }
    }
}

/// One answer for an unknown account, a closed one and a wrong password.
fn wrong() -> Error {
    Error::refuse(
        "INVALID_CREDENTIALS",
        "password",
        "e-mail address or password is wrong",
    )
}

async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<user::Model>> {
    // Nobody is signed in yet, so there is no scope.
    let users = user::Entity::visible_to(&Scope::All).filter(user::Column::Email.eq(email));
    Ok(users.one(db).await?)
}

/// Gives the next session for a refresh token.
pub(super) async fn refresh_session(
    ctx: &Context<'_>,
    input: RefreshSessionInput,
) -> Result<Session> {
    let ended = || {
        Error::refuse(
            "INVALID",
            "refreshToken",
            "the session has ended, sign in again",
        )
    };
    let txn = ctx.db()?.begin().await?;
    let owner = refresh::use_up(&txn, &input.refresh_token).await?;
    let user = match owner {
        Some(owner) => by_id(&txn, owner).await?,
        None => None,
    };
    let session = match user.filter(|user| user.deactivated_at.is_none()) {
        Some(user) => Ok(session(ctx, &txn, user).await?),
        None => Err(ended()),
    };
    // Committed either way: a token used twice has ended the others.
    txn.commit().await?;
    session
}

/// Ends a session, or all of them.
pub(super) async fn sign_out(ctx: &Context<'_>, input: SignOutInput) -> Result<bool> {
    let txn = ctx.db()?.begin().await?;
    if let Some(token) = &input.refresh_token {
        refresh::use_up(&txn, token).await?;
    }
    if input.everywhere {
        let viewer = ctx.viewer()?.user;
        if let Some(user) = by_id(&txn, viewer).await? {
            end_sessions(&txn, user.into_active_model(), viewer).await?;
        }
    }
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(true)
}

/// Changes the viewer's own password and ends their other sessions.
pub(super) async fn change_password(
    ctx: &Context<'_>,
    input: ChangePasswordInput,
) -> Result<Session> {
    let viewer = ctx.viewer()?.user;
    let found = by_id(&ctx.db()?.read, viewer).await?;
    let user = found.ok_or_else(|| Error::not_found("user"))?;
    let attempt = ctx.authenticator()?.attempts().begin(&user.email, None)?;
    let stored = user.password_hash.clone();
    if !password::verify(input.current_password, stored).await? {
        let message = "the current password is wrong";
        return Err(Error::refuse(
            "INVALID_CREDENTIALS",
            "currentPassword",
            message,
        ));
    }
    ctx.authenticator()?.attempts().succeeded(attempt);
    let mut faults = Faults::default();
    seen_password(&mut faults, "newPassword", &input.new_password);
    faults.finish()?;
    let hash = password::hash_aside(input.new_password).await?;
    let txn = ctx.db()?.begin().await?;
    let mut user = user.into_active_model();
    user.password_hash = Set(Some(hash));
    let user = end_sessions(&txn, user, viewer).await?;
    let session = session(ctx, &txn, user).await?;
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(session)
}

/// Saves a user so that no credential issued so far holds any longer; enrolled apps keep theirs.
pub(super) async fn end_sessions(
    db: &impl ConnectionTrait,
    mut user: user::ActiveModel,
    id: UserId,
) -> Result<user::Model> {
    let version = user.token_version.take().unwrap_or_default();
    user.token_version = Set(version.wrapping_add(1));
    refresh::revoke_all(db, id).await?;
    Ok(user.update(db).await?)
}

async fn session(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    user: user::Model,
) -> Result<Session> {
    let access = ctx.authenticator()?.issue(&user, None)?;
    Ok(Session {
        access_token: access.token,
        expires_at: access.expires_at,
        refresh_token: refresh::issue(db, user.id).await?,
        user: user.into(),
    })
}

async fn by_id(db: &impl ConnectionTrait, id: UserId) -> Result<Option<user::Model>> {
    // Credentials are about the account itself, whatever its holder may see of others.
    let users = user::Entity::visible_to(&Scope::All).filter(user::Column::Id.eq(id));
    Ok(users.one(db).await?)
}
