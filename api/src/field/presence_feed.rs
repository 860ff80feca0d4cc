//! The live map: everything once, then what changed, the newest state of each rep.
//!
//! A subscriber keeps no queue. It remembers what it was told of each rep, and when it can take
//! more it is told what differs by then; so a slow one skips states and costs nothing.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use domain::bounds::Bounds;
use domain::presence::{Facts, Presence as Judged, State, judge};
use entity::Database;
use entity::id::{TeamId, UserId};
use entity::viewer::Viewer;
use presence::{Changes, Listener};
use uuid::Uuid;

use super::feed_place::{Place, Shown};
use super::live::{BREATH, Live, View};
use super::presence::{Presence, away};
use super::words::PresenceSource;
use crate::error::{Error, Result};
use crate::people::access::RecordedLooks;

/// What changes by age alone is noticed within this time, and a lost wake-up made up for.
const TICK: Duration = Duration::from_secs(2);

/// What changed on the live map.
#[derive(Debug, SimpleObject)]
pub struct PresenceChange {
    /// Where to go on from, for `afterSeq`.
    pub seq: String,
    /// Everything there is to show: what was known before no longer holds.
    pub is_snapshot: bool,
    /// The newest presence of each rep that changed.
    pub presences: Vec<Presence>,
    /// The users who are no longer to be shown: they left the rectangle, the team or your sight.
    pub gone: Vec<ID>,
}

/// What a subscriber may see of the map and asked for.
pub(super) struct Watch {
    pub(super) live: Live,
    pub(super) database: Database,
    pub(super) presence: presence::Presence,
    pub(super) looks: RecordedLooks,
    pub(super) viewer: Viewer,
    pub(super) team: Option<TeamId>,
    pub(super) area: Option<Bounds>,
    /// Where the subscriber had come before it began to listen again.
    pub(super) resumed: Option<Place>,
}

/// A subscriber and what it was told.
pub(super) struct PresenceFeed {
    watch: Watch,
    hints: Listener,
    /// By rep: the generation of the facts that were judged, and the state that was told; none
    /// of those who are outside of the rectangle.
    told: HashMap<Uuid, (u64, Option<State>)>,
    /// When there was last a reason to look.
    heard_at: Instant,
    /// When everybody was last judged, new facts or not.
    judged_at: Instant,
    has_begun: bool,
    is_failing: bool,
}

/// What is to be told now.
#[derive(Default)]
struct News {
    presences: Vec<Presence>,
    told: Vec<(Uuid, (u64, Option<State>))>,
    /// Who is no longer to be shown.
    gone: Vec<Uuid>,
    /// Of whom nothing is to be known any more.
    lost: Vec<Uuid>,
}

impl PresenceFeed {
    pub(super) fn new(watch: Watch) -> Self {
        Self {
            hints: watch.presence.listen(presence::Topic::Presence),
            watch,
            told: HashMap::new(),
            heard_at: Instant::now(),
            judged_at: Instant::now(),
            has_begun: false,
            is_failing: false,
        }
    }

    /// Waits for something to tell. None once the viewer may not sign in any more.
    pub(super) async fn next(&mut self) -> Option<Result<PresenceChange>> {
        loop {
            if self.has_begun || self.is_failing {
                tokio::time::sleep(BREATH).await;
                self.hints.wait(TICK.saturating_sub(BREATH)).await;
                self.heard_at = Instant::now();
            }
            match self.look().await {
                Ok(Some(change)) => {
                    self.is_failing = false;
                    return Some(Ok(change));
                }
                Ok(None) => self.is_failing = false,
                Err(error) if error.code() == crate::error::Code::Unauthenticated => return None,
                // Said once; after that there is nothing to tell until it works again.
                Err(_) if self.is_failing => {}
                Err(error) => {
                    self.is_failing = true;
                    return Some(Err(error));
                }
            }
        }
    }

    async fn look(&mut self) -> Result<Option<PresenceChange>> {
        let watch = &self.watch;
        let roster = watch.live.roster(&watch.database).await?;
        let scope = roster.scope_of(watch.viewer.user);
        let scope = scope.ok_or_else(Error::unauthenticated)?;
        let left = match &watch.resumed {
            Some(left) => Some((left.clone(), self.since(left).await?)),
            None => None,
        };
        // What was missed must be in view.
        let since = left.as_ref().map_or(self.heard_at, |_| Instant::now());
        let view = watch.live.view(&watch.presence, since).await?;
        let is_known = |rep: UserId| view.reps.contains_key(&rep.uuid());
        let reps = roster.seen(&scope, watch.team, is_known);
        let shown = self.shown(&reps);
        let now = Utc::now();
        let missed = left.and_then(|(left, changes)| self.missed(&view, &reps, &left, changes));
        let missed = missed.filter(|_| !self.has_begun);
        let is_snapshot = missed.is_none() && !self.has_begun;
        let news = match missed {
            Some(missed) => missed,
            None => self.news(&view, &reps, now),
        };
        self.record(&news).await?;
        let is_quiet = news.presences.is_empty() && news.gone.is_empty();
        self.has_begun = true;
        self.watch.resumed = None;
        self.told.extend(news.told);
        for rep in news.lost {
            self.told.remove(&rep);
        }
        if is_quiet && !is_snapshot {
            return Ok(None);
        }
        let seq = Place {
            cursor: view.cursor.clone(),
            at: now,
            shown,
        };
        let gone = news
            .gone
            .into_iter()
            .map(|rep| UserId::from(rep).global().into());
        Ok(Some(PresenceChange {
            seq: seq.to_string(),
            is_snapshot,
            presences: news.presences,
            gone: gone.collect(),
        }))
    }

    /// Nothing is told before the looks are recorded.
    async fn record(&self, news: &News) -> Result<()> {
        let watch = &self.watch;
        let placed = news.presences.iter().filter(|presence| {
            presence.judged.position.is_some() || presence.judged.customer.is_some()
        });
        let reps: Vec<UserId> = placed.map(|presence| presence.rep).collect();
        watch
            .looks
            .record(&watch.database, &watch.viewer, &reps)
            .await
    }

    /// What differs from what was told. Between two ticks only new facts are judged.
    fn news(&mut self, view: &View, reps: &HashSet<UserId>, now: DateTime<Utc>) -> News {
        let is_tick = self.judged_at.elapsed() >= TICK;
        if is_tick {
            self.judged_at = Instant::now();
        }
        let mut news = News::default();
        for rep in reps {
            let key = rep.uuid();
            let told = self.told.get(&key).copied();
            let generation = view.reps.get(&key).map_or(0, |entry| entry.generation);
            let is_known = told.is_some_and(|(known, _)| known == generation);
            if is_known && !is_tick {
                continue;
            }
            let judged = judged(view, key, now);
            let state = told.and_then(|(_, state)| state);
            if !self.watch.shows(&judged) {
                news.hide(key, generation, state.is_some());
            } else if !is_known || state != Some(judged.state) {
                news.tell(*rep, generation, judged);
            }
        }
        for (rep, (_, state)) in &self.told {
            if !reps.contains(&UserId::from(*rep)) {
                news.lost.push(*rep);
                news.gone.extend(state.map(|_| *rep));
            }
        }
        news
    }

    async fn since(&self, left: &Place) -> Result<Changes> {
        let changes = self.watch.presence.since(&left.cursor).await;
        changes.map_err(|error| away(&error))
    }

    /// What changed since the place where the subscriber left; none if it is told everything,
    /// because that place is not known any more or it is shown something else now.
    fn missed(
        &self,
        view: &View,
        reps: &HashSet<UserId>,
        left: &Place,
        changes: Changes,
    ) -> Option<News> {
        if changes.is_reset || left.shown != self.shown(reps) {
            return None;
        }
        let changed: HashSet<Uuid> = changes.facts.iter().map(|facts| facts.rep).collect();
        let now = Utc::now();
        let mut news = News::default();
        for rep in reps {
            let key = rep.uuid();
            let generation = view.reps.get(&key).map_or(0, |entry| entry.generation);
            let (current, before) = (judged(view, key, now), judged(view, key, left.at));
            let is_new = changed.contains(&key) || current.state != before.state;
            match self.watch.shows(&current) {
                true if is_new => news.tell(*rep, generation, current),
                true => news.told.push((key, (generation, Some(current.state)))),
                false => news.hide(key, generation, is_new),
            }
        }
        Some(news)
    }

    fn shown(&self, reps: &HashSet<UserId>) -> Shown {
        Shown::of(reps, self.watch.team, self.watch.area.as_ref())
    }
}

impl Watch {
    fn shows(&self, judged: &Judged<Uuid>) -> bool {
        self.area.as_ref().is_none_or(|area| {
            judged
                .position
                .is_some_and(|position| area.contains(position))
        })
    }
}

impl News {
    fn hide(&mut self, rep: Uuid, generation: u64, was_shown: bool) {
        self.told.push((rep, (generation, None)));
        if was_shown {
            self.gone.push(rep);
        }
    }

    fn tell(&mut self, rep: UserId, generation: u64, judged: Judged<Uuid>) {
        self.told
            .push((rep.uuid(), (generation, Some(judged.state))));
        self.presences.push(Presence {
            rep,
            judged,
            source: PresenceSource::Live,
            is_recorded: true,
        });
    }
}

fn judged(view: &View, rep: Uuid, now: DateTime<Utc>) -> Judged<Uuid> {
    match view.reps.get(&rep) {
        Some(entry) => judge(&*entry.facts, now),
        None => judge(&Facts::none(rep), now),
    }
}
