//! Who looked at whom: each look at another person's position or track leaves a row.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use entity::Database;
use entity::id::{AccessLogId, UserId};
use entity::people::{access_log, user};
use entity::viewer::{Scope, Viewer};
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait, IntoActiveModel, Select};

use super::types::User;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::loader::{self, Load};
use crate::scalar::now;

/// The most characters of a purpose.
const PURPOSE_LENGTH: usize = 200;
/// Rows of one statement: databases bound the number of parameters.
const ROWS: usize = 1_000;
/// Past this many remembered looks all are forgotten and written again.
const MOST: usize = 100_000;

type Look = (UserId, UserId, String);

/// The looks of this hour that are written already, so that a live map does not write at every
/// change. Lives as long as the schema.
#[derive(Clone, Debug, Default)]
pub struct RecordedLooks {
    hour: Arc<Mutex<(DateTime<Utc>, HashSet<Look>)>>,
}

/// Records that the viewer looks at where somebody is or was, before it is shown; when it cannot be
/// written, the look is refused. Looking at oneself is free.
///
/// All looks of an answer that wait at once are written by one statement.
pub async fn record_look(ctx: &Context<'_>, subject: UserId) -> Result<()> {
    let viewer = ctx.viewer()?;
    if viewer.user == subject {
        return Ok(());
    }
    let looks = Looks {
        database: ctx.db()?.clone(),
        viewer: viewer.clone(),
        recorded: recorded_looks(ctx)?.clone(),
    };
    ctx.loaders()?.load(|| looks, subject).await.map(drop)
}

/// The looks that are written already.
pub fn recorded_looks<'a>(ctx: &Context<'a>) -> Result<&'a RecordedLooks> {
    ctx.data_opt()
        .ok_or_else(|| Error::internal("the schema lacks the recorded looks"))
}

struct Looks {
    database: Database,
    viewer: Viewer,
    recorded: RecordedLooks,
}

impl Load for Looks {
    type Key = UserId;
    type Value = ();

    async fn load(&self, subjects: Vec<UserId>) -> Result<HashMap<UserId, ()>> {
        let Self {
            database,
            viewer,
            recorded,
        } = self;
        recorded.record(database, viewer, &subjects).await?;
        Ok(subjects.into_iter().map(|subject| (subject, ())).collect())
    }
}

impl RecordedLooks {
    /// Records looks at many people with one statement, outside of a single answer too.
    pub async fn record(
        &self,
        database: &Database,
        viewer: &Viewer,
        subjects: &[UserId],
    ) -> Result<()> {
        let first_at = now();
        let hour = first_at
            .duration_trunc(TimeDelta::hours(1))
            .unwrap_or(first_at);
        let purpose: String = viewer.purpose.chars().take(PURPOSE_LENGTH).collect();
        let mut looks: Vec<Look> = subjects
            .iter()
            .filter(|subject| **subject != viewer.user)
            .map(|subject| (viewer.user, *subject, purpose.clone()))
            .collect();
        self.drop_known(hour, &mut looks);
        // Sorted, so that two requests at once lock rows in the same order.
        looks.sort();
        looks.dedup();
        for looks in looks.chunks(ROWS) {
            write(database, hour, first_at, looks)
                .await
                .map_err(|error| Error::access_log_unavailable(error.into()))?;
            let mut known = self.known(hour);
            known.1.extend(looks.iter().cloned());
        }
        Ok(())
    }

    fn drop_known(&self, hour: DateTime<Utc>, looks: &mut Vec<Look>) {
        let known = self.known(hour);
        looks.retain(|look| !known.1.contains(look));
    }

    fn known(&self, hour: DateTime<Utc>) -> MutexGuard<'_, (DateTime<Utc>, HashSet<Look>)> {
        let mut known = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != hour || known.1.len() > MOST {
            *known = (hour, HashSet::new());
        }
        known
    }
}

async fn write(
    database: &Database,
    hour: DateTime<Utc>,
    first_at: DateTime<Utc>,
    looks: &[Look],
) -> Result<(), DbErr> {
    let rows = looks.iter().map(|(viewer_id, subject_id, purpose)| {
        let row = access_log::Model {
            id: AccessLogId::new(),
            viewer_id: *viewer_id,
            subject_id: *subject_id,
            purpose: purpose.clone(),
            hour,
            first_at,
        };
        row.into_active_model()
    });
    let key = [
        access_log::Column::ViewerId,
        access_log::Column::SubjectId,
        access_log::Column::Purpose,
        access_log::Column::Hour,
    ];
    access_log::Entity::insert_many(rows)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(&database.write)
        .await
        .map(drop)
}

/// One or more looks at somebody's position or track within an hour.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct AccessLogEntry {
    /// Its id.
    pub id: ID,
    /// Why, as the viewer said, or the name of the operation.
    pub purpose: String,
    /// The beginning of the hour of the look.
    pub hour: DateTime<Utc>,
    /// The first look in that hour.
    pub first_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: access_log::Model,
}

impl From<access_log::Model> for AccessLogEntry {
    fn from(row: access_log::Model) -> Self {
        Self {
            id: row.id.global().into(),
            purpose: row.purpose.clone(),
            hour: row.hour,
            first_at: row.first_at,
            row,
        }
    }
}

#[ComplexObject]
impl AccessLogEntry {
    /// The name of whoever looked, whether or not you may see more of them.
    async fn viewer_name(&self, ctx: &Context<'_>) -> Result<String> {
        let viewer = loader::row(ctx, anybody, self.row.viewer_id).await?;
        Ok(viewer.map(|viewer| viewer.name).unwrap_or_default())
    }

    /// Whoever looked; null when they are beyond your sight.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.viewer_id)).await
    }

    /// Whom they looked at.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.subject_id)).await
    }
}

/// For names alone: people are told who looked at them.
fn anybody(_: &Scope) -> Select<user::Entity> {
    user::Entity::visible_to(&Scope::All)
}
