//! Refresh tokens: opaque, used once, so that a stolen one is noticed.

use chrono::{TimeDelta, Utc};
use entity::id::{RefreshTokenId, UserId};
use entity::people::refresh_token;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::secret;
use crate::error::Result;
use crate::scalar::whole_millis;

/// How long a sign-in can be renewed.
const LIFETIME: TimeDelta = TimeDelta::days(30);
/// A token used twice within this time is taken for a repeated request, later for a theft.
const REPEAT: TimeDelta = TimeDelta::seconds(30);

/// A new token of a user.
pub(crate) async fn issue(db: &impl ConnectionTrait, user_id: UserId) -> Result<String> {
    let token = secret::new("fhr_");
    let now = whole_millis(Utc::now());
    let row = refresh_token::Model {
        id: RefreshTokenId::new(),
        user_id,
        token_hash: secret::hash(&token),
        created_at: now,
        expires_at: now + LIFETIME,
        revoked_at: None,
    };
    row.into_active_model().insert(db).await?;
    Ok(token)
}

/// Uses a token up and tells whose it is; none if it is not valid. One that was used up before
/// ends every sign-in of its user: somebody has a copy.
pub(crate) async fn use_up(db: &impl ConnectionTrait, token: &str) -> Result<Option<UserId>> {
    let now = whole_millis(Utc::now());
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever holds the token may use it"
    )]
    let found = refresh_token::Entity::find()
        .filter(refresh_token::Column::TokenHash.eq(secret::hash(token)))
        .one(db)
        .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    // One statement decides, so that two users of one token cannot both succeed.
    let used = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::RevokedAt, Expr::value(now))
        .filter(refresh_token::Column::Id.eq(found.id))
        .filter(refresh_token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    if used.rows_affected == 0 {
        if found.revoked_at.is_some_and(|at| now - at > REPEAT) {
            tracing::warn!(user.id = %found.user_id, "a refresh token was used twice");
            revoke_all(db, found.user_id).await?;
        }
        return Ok(None);
    }
    Ok((found.expires_at > now).then_some(found.user_id))
}

/// Ends every sign-in of a user.
pub(crate) async fn revoke_all(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    refresh_token::Entity::update_many()
        .col_expr(
            refresh_token::Column::RevokedAt,
            Expr::value(whole_millis(Utc::now())),
        )
        .filter(refresh_token::Column::UserId.eq(user))
        .filter(refresh_token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
