//! Teammates on each other's phones, where their manager shares that.

use chrono::Utc;
use domain::presence::judge;
use entity::Database;
use entity::id::UserId;
use entity::people::{team, user};
use entity::viewer::{Scope, Viewer};
use ingest::phones::friends::Friend;
use presence::Presence;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::presence::away;
use crate::error::Result;
use crate::people::access::RecordedLooks;

/// The most friends of a reply.
const MOST: u64 = 100;
/// Why the viewer looks, as written into the access log.
const PURPOSE: &str = "owntracks friends";

/// The teammates of a viewer who are on duty and whose position is known, if the team shares them.
/// The look is written down before they are told; when it cannot be, the error says so.
pub async fn friends(
    database: &Database,
    presence: &Presence,
    looks: &RecordedLooks,
    viewer: &Viewer,
) -> Result<Vec<Friend>> {
    let mates = mates(database, viewer).await?;
    if mates.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UserId> = mates.iter().map(|mate| mate.id).collect();
    let facts = presence.get(&ids).await.map_err(|error| away(&error))?;
    let now = Utc::now();
    // Off duty and in a pause a judgement has no position.
    let seen = mates.into_iter().filter_map(|mate| {
        let judged = judge(facts.get(&mate.id)?, now);
        Some(Friend {
            id: mate.id,
            name: mate.name,
            at: now - judged.age?,
            position: judged.position?,
            accuracy_m: judged.error_radius_m,
        })
    });
    let seen: Vec<Friend> = seen.collect();
    let viewer = Viewer {
        purpose: PURPOSE.to_owned(),
        ..viewer.clone()
    };
    let ids: Vec<UserId> = seen.iter().map(|friend| friend.id).collect();
    looks.record(database, &viewer, &ids).await?;
    Ok(seen)
}

/// The others of the viewer's own team, if it shares them.
async fn mates(database: &Database, viewer: &Viewer) -> Result<Vec<user::Model>> {
    let Some(own) = viewer.team else {
        return Ok(Vec::new());
    };
    let sharing = team::Entity::visible_to(&Scope::All)
        .filter(team::Column::Id.eq(own))
        .filter(team::Column::PresenceSharedAt.is_not_null());
    if sharing.one(&database.read).await?.is_none() {
        return Ok(Vec::new());
    }
    let others = user::Entity::visible_to(&Scope::All)
        .filter(user::Column::TeamId.eq(own))
        .filter(user::Column::Id.ne(viewer.user))
        .filter(user::Column::DeactivatedAt.is_null())
        .order_by_asc(user::Column::Name)
        .limit(MOST);
    Ok(others.all(&database.read).await?)
}
