//! Tracks that were set aside after too many failed tries.

use entity::Database;
use entity::field::track;
use entity::id::UserId;
use entity::viewer::Scope;
use presence::{Presence, Topic};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter, Select, Statement};

/// The tracks that were set aside, of the reps in the viewer's scope, each with its last error.
pub fn stalled_tracks(scope: &Scope) -> Select<track::Entity> {
    track::Entity::visible_to(scope).filter(track::Column::SetAsideAt.is_not_null())
}

/// Lets a track that was set aside be tried again now, alone. False if it was not set aside.
pub async fn retry_track(
    database: &Database,
    presence: &Presence,
    rep: UserId,
) -> Result<bool, DbErr> {
    let statement = Statement::from_sql_and_values(
        database.backend(),
        "UPDATE track SET set_aside_at = NULL, retry_at = NULL, tries = 1
        WHERE rep_id = $1 AND set_aside_at IS NOT NULL",
        [rep.into()],
    );
    let was_stalled = database.write.execute_raw(statement).await?.rows_affected() > 0;
    if was_stalled {
        presence.wake(Topic::Tracks).await;
    }
    Ok(was_stalled)
}
