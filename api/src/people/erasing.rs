//! Erasing a person.

use async_graphql::{Context, ID, InputObject};
use entity::people::{erasure, user};
use entity::viewer::Scope;
use ingest::Photos;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::accounts::seen_user;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::scalar::now;

/// Whom to erase.
#[derive(InputObject)]
pub struct ErasePersonInput {
    /// The person. Their account must be closed, see `deactivateUser`.
    pub user_id: ID,
    /// Their e-mail address, typed once more: nothing of this can be undone.
    pub email: String,
}

pub(super) async fn erase_person(
    ctx: &Context<'_>,
    input: ErasePersonInput,
) -> Result<user::Model> {
    let database = ctx.db()?;
    let txn = database.begin().await?;
    let user = seen_user(ctx, &txn, &input.user_id).await?;
    if user.deactivated_at.is_none() {
        let message = "the account is open; close it first, by deactivateUser";
        return Err(Error::refuse("OPEN", "userId", message));
    }
    if user.email != input.email.trim().to_lowercase() {
        let message = "this is not the person's e-mail address";
        return Err(Error::refuse("MISMATCH", "email", message));
    }
    let erasure = erasure::Model {
        user_id: user.id,
        erased_by: ctx.viewer()?.user,
        erased_at: now(),
    };
    erasure::Entity::insert(erasure.into_active_model())
        .on_conflict(
            OnConflict::column(erasure::Column::UserId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await?;
    txn.commit().await?;
    let photos: &Photos = ctx
        .data_opt()
        .ok_or_else(|| Error::internal("the schema lacks the photos"))?;
    let presence = crate::field::presence::live(ctx)?;
    let erased = ingest::personal::erase(database, photos, presence, user.id).await;
    erased.map_err(|error| {
        tracing::warn!(%error, "an erasure broke off");
        Error::unavailable("not everything is erased yet; ask again")
    })?;
    ctx.authenticator()?.forget();
    seen_user(ctx, &database.write, &input.user_id).await
}

/// Whether a person was erased.
pub(super) async fn is_erased(db: &impl ConnectionTrait, user: &user::Model) -> Result<bool> {
    let found = erasure::Entity::visible_to(&Scope::All)
        .filter(erasure::Column::UserId.eq(user.id))
        .one(db)
        .await?;
    Ok(found.is_some())
}
