//! Which device a batch is from: the one the sender came with, else the sender's browser.

use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::DeviceId;
use entity::people::device;
use entity::viewer::{Scope, Viewer};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter, QuerySelect, Statement};

use super::row::Author;

/// The author of a viewer's batch. A browser is enrolled when it first sends one.
pub(crate) async fn of(
    database: &Database,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Author, DbErr> {
    let rep = viewer.user;
    if let Some(device) = viewer.device {
        return Ok(Author { rep, device });
    }
    if let Some(device) = browser(database, viewer).await? {
        return Ok(Author { rep, device });
    }
    enrol(&database.write, viewer, now).await?;
    let device = browser(database, viewer)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the browser that was just enrolled".to_owned()))?;
    Ok(Author { rep, device })
}

/// Enrols the browser; nothing happens if another request just did.
async fn enrol(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "INSERT INTO device (id, user_id, name, platform, kind, enrolled_at) \
         VALUES ($1, $2, 'browser', 'web', 'BROWSER', $3) ON CONFLICT DO NOTHING",
        [DeviceId::new().into(), viewer.user.into(), now.into()],
    );
    db.execute_raw(statement).await.map(drop)
}

async fn browser(database: &Database, viewer: &Viewer) -> Result<Option<DeviceId>, DbErr> {
    let own = Scope::Own {
        viewer: viewer.user,
        team: None,
        teams_above: entity::viewer::TeamSet::new(database.backend(), []),
    };
    device::Entity::visible_to(&own)
        .filter(device::Column::Kind.eq(device::Kind::Browser))
        .select_only()
        .column(device::Column::Id)
        .into_tuple()
        .one(&database.read)
        .await
}
