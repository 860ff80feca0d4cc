//! The feed of what happened to visits, read from the table by its sequence.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use entity::Database;
use entity::field::{change, visit};
use entity::id::UserId;
use entity::people::user;
use presence::Listener;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::live::Live;
use super::visit::Visit;
use super::words::VisitChangeKind;
use crate::error::{Code, Error, Result};
use crate::loader;
use crate::people::User;

/// The feed is read this often even when no hint comes.
const POLL: Duration = Duration::from_secs(2);
/// Changes read at once.
const ROWS: u64 = 100;

/// What happened to a visit.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct VisitChange {
    /// Its place in the feed, for `afterSeq`.
    pub seq: String,
    /// What happened.
    pub kind: VisitChangeKind,
    /// The visit's revision after that.
    pub revision: i32,
    /// Why it was amended or withdrawn.
    pub reason: Option<String>,
    /// When it was written.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: change::Model,
}

impl From<change::Model> for VisitChange {
    fn from(row: change::Model) -> Self {
        Self {
            seq: row.seq.to_string(),
            kind: row.kind.into(),
            revision: row.revision,
            reason: row.reason.clone(),
            at: row.at,
            row,
        }
    }
}

#[ComplexObject]
impl VisitChange {
    /// The visit as it is now, which may be later than this change.
    async fn visit(&self, ctx: &Context<'_>) -> Option<Result<Visit>> {
        loader::link(ctx, visit::Entity::visible_to, Some(self.row.visit_id)).await
    }

    /// Whose visit it is.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }
}

/// A subscriber and how far it has come.
pub(super) struct VisitFeed {
    live: Live,
    database: Database,
    viewer: UserId,
    hints: Listener,
    after: i64,
    /// When there was last a reason to look.
    heard_at: Instant,
    /// Read and not yet taken; never more than one read's.
    waiting: VecDeque<change::Model>,
    is_failing: bool,
}

impl VisitFeed {
    /// Goes on after a place in the feed, else from now on.
    pub(super) async fn new(
        live: Live,
        database: Database,
        presence: &presence::Presence,
        viewer: UserId,
        after: Option<String>,
    ) -> Result<Self> {
        let hints = presence.listen(presence::Topic::Changes);
        let heard_at = Instant::now();
        let newest = live.newest_change(&database, heard_at).await?;
        let after = match after {
            Some(text) => text
                .parse()
                .ok()
                .filter(|after| (0..=newest).contains(after))
                .ok_or_else(|| Error::bad_input("afterSeq is not of this feed"))?,
            None => newest,
        };
        Ok(Self {
            live,
            database,
            viewer,
            hints,
            after,
            heard_at,
            waiting: VecDeque::new(),
            is_failing: false,
        })
    }

    /// Waits for the next change. None once the viewer may not sign in any more.
    pub(super) async fn next(&mut self) -> Option<Result<VisitChange>> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Some(Ok(row.into()));
            }
            match self.read().await {
                Ok(true) => self.is_failing = false,
                Ok(false) => {
                    self.is_failing = false;
                    self.hints.wait(POLL).await;
                    self.heard_at = Instant::now();
                }
                Err(error) if error.code() == Code::Unauthenticated => return None,
                Err(error) => {
                    // Said once; after that there is nothing to tell until it works again.
                    if !std::mem::replace(&mut self.is_failing, true) {
                        return Some(Err(error));
                    }
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }

    /// Reads on; false if there is nothing more for now.
    async fn read(&mut self) -> Result<bool> {
        use change::Column;

        let newest = self
            .live
            .newest_change(&self.database, self.heard_at)
            .await?;
        if newest <= self.after {
            return Ok(false);
        }
        let roster = self.live.roster(&self.database).await?;
        let scope = roster.scope_of(self.viewer);
        let scope = scope.ok_or_else(Error::unauthenticated)?;
        let rows = change::Entity::visible_to(&scope)
            .filter(Column::Seq.gt(self.after))
            .order_by_asc(Column::Seq)
            .limit(ROWS)
            .all(&self.database.read)
            .await?;
        let last = rows.last().map(|row| row.seq);
        self.after = match last {
            // There may be more before the newest.
            Some(last) if rows.len() as u64 == ROWS => last,
            // All were read, and perhaps some written since.
            last => newest.max(last.unwrap_or(newest)),
        };
        self.waiting.extend(rows);
        Ok(true)
    }
}
