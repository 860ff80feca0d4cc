//! A sign-in that can be renewed without the password.

use sea_orm::entity::prelude::*;

use crate::id::{RefreshTokenId, UserId};
use crate::relation::belongs_to;

/// One refresh token. Nobody reads this table through the API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefreshTokenId,
    /// Whose sign-in it is.
    pub user_id: UserId,
    /// The hash of the secret; the secret itself is shown once.
    pub token_hash: Vec<u8>,
    /// When it was issued.
    pub created_at: DateTimeUtc,
    /// When it ends by itself.
    pub expires_at: DateTimeUtc,
    /// When it was used up or taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

belongs_to! {
    User(UserId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}
