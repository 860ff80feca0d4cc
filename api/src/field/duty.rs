//! Whether somebody is at work, so that what their phone sends is kept.

use std::collections::HashMap;

use async_graphql::{Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::duty;
use entity::Database;
use entity::id::UserId;

use crate::context::Request;
use crate::error::Result;
use crate::loader::Load;
use crate::scalar::now;

/// Whether somebody is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "duty::State")]
pub enum DutyState {
    /// At work: what their phone sends is kept.
    OnDuty,
    /// Not at work: neither time nor position is kept.
    OffDuty,
    /// In a pause from work: neither time nor position is kept.
    Paused,
}

/// Whether somebody is at work now, by working hours, shifts and pauses.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Duty {
    /// Whether they are.
    pub state: DutyState,
    /// When that changes unless a button is pressed before; null if it does not.
    pub until: Option<DateTime<Utc>>,
}

impl Duty {
    pub(super) async fn of(ctx: &Context<'_>, rep: UserId) -> Result<Option<Self>> {
        let database = ctx.db()?.clone();
        ctx.loaders()?.load(|| DutyNow { database }, rep).await
    }
}

/// The duty of many people, with one statement.
struct DutyNow {
    database: Database,
}

impl Load for DutyNow {
    type Key = UserId;
    type Value = Duty;

    async fn load(&self, reps: Vec<UserId>) -> Result<HashMap<UserId, Duty>> {
        let now = now();
        let duties = ingest::duties(&self.database.read, &reps, now).await?;
        let told = duties.into_iter().map(|(rep, duty)| {
            let told = Duty {
                state: duty.at(now).into(),
                until: duty.next_change(now),
            };
            (rep, told)
        });
        Ok(told.collect())
    }
}
