//! One claim from beginning to end, and what is done when it goes wrong.

use std::time::Instant;

use chrono::Utc;
use domain::visit::Located;
use entity::id::UserId;
use rustc_hash::FxHashMap;
use sea_orm::DbErr;
use uuid::Uuid;

use super::Worker;
use super::claim::{Claim, Claimed, fail, release, renew};
use super::derive::{Derived, Prepared, Undone, derive};
use super::load::{Track, load, reps};
use super::locate::{Concerned, locate};
use super::publish::publish;
use super::save::save;
use super::stored;
use super::surroundings::{self, Company, Entered};
use crate::fences::FenceSet;
use crate::intake::failure::{self, Failure};
use std::sync::Arc;

/// What surrounds the tracks of one claim.
pub(super) struct Around {
    pub(super) company: Company,
    pub(super) fences: Arc<FenceSet>,
    pub(super) entered: FxHashMap<UserId, Entered>,
}

impl Worker {
    /// Works on the claimed tracks. An error means that the database cannot be used; the tracks
    /// are then given back untried.
    pub(super) async fn work(&self, claim: Claim) -> Result<(), DbErr> {
        let Claim { token, tracks, now } = claim;
        let (deadly, tracks): (Vec<Claimed>, Vec<Claimed>) =
            tracks.into_iter().partition(Claimed::is_deadly);
        for track in &deadly {
            let fault = "the worker ended, again and again, while it was at this track";
            self.set_back(token, track, fault).await?;
        }
        if tracks.is_empty() {
            return Ok(());
        }
        let claim = Claim { token, tracks, now };
        tokio::select! {
            outcome = self.attempt_all(claim) => outcome,
            never = renew(&self.database, token, self.pace.lease) => match never {},
        }
    }

    async fn attempt_all(&self, claim: Claim) -> Result<(), DbErr> {
        let token = claim.token;
        let Err(error) = self.attempt(&claim).await else {
            return Ok(());
        };
        let outcome = match claim.tracks.as_slice() {
            _ if !is_the_tracks_own(&error) => Err(error),
            [track] => self.set_back(token, track, &error.to_string()).await,
            _ => self.each_alone(claim).await,
        };
        if outcome.is_err() {
            let _ = release(&self.database, token).await;
        }
        outcome
    }

    /// Finds the track that an error belongs to; the others are done.
    async fn each_alone(&self, claim: Claim) -> Result<(), DbErr> {
        let Claim { token, tracks, now } = claim;
        for track in tracks {
            let tracks = vec![track.clone()];
            match self.attempt(&Claim { token, tracks, now }).await {
                Err(error) if is_the_tracks_own(&error) => {
                    self.set_back(token, &track, &error.to_string()).await?;
                }
                outcome => outcome?,
            }
        }
        Ok(())
    }

    async fn set_back(&self, token: Uuid, track: &Claimed, fault: &str) -> Result<(), DbErr> {
        tracing::warn!(rep.id = %track.rep, tries = track.tries, fault, "a track could not be derived");
        metrics::counter!("fieldhub_worker_failed_tries_total").increment(1);
        fail(&self.database, token, track, fault, self.pace.backoff).await
    }

    async fn attempt(&self, claim: &Claim) -> Result<(), DbErr> {
        let tracks = load(&self.database, claim).await?;
        let (prepared, around) = self.prepare(tracks).await?;
        let (long, short): (Vec<_>, Vec<_>) = prepared
            .into_iter()
            .partition(|prepared| prepared.track.is_long);
        let mut outcomes = self.derive_short(short, &around, claim).await?;
        for prepared in long {
            outcomes.push(self.derive_long(prepared, &around, claim.now).await?);
        }
        let mut derived = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            match outcome {
                Ok(done) => derived.push(done),
                Err(undone) => {
                    self.set_back(claim.token, &undone.track.claimed, &undone.fault)
                        .await?;
                }
            }
        }
        let now = Utc::now();
        let saved = save(&self.database, claim.token, &derived, now).await?;
        for done in &derived {
            measure_lag(done);
        }
        if !publish(&self.presence, derived, &saved).await {
            self.rebuild.note_loss();
        }
        Ok(())
    }

    /// Reads what surrounds the tracks. The dirty rows were read before.
    async fn prepare(&self, tracks: Vec<Track>) -> Result<(Vec<Prepared>, Around), DbErr> {
        let database = &self.database;
        let reps = reps(&tracks);
        let company = surroundings::company(database).await?;
        let (entered, mut known, mut duties, fences) = tokio::try_join!(
            surroundings::entered(database, &tracks, company.zone),
            stored::read(database, &tracks),
            surroundings::duties(database, &reps),
            self.fences.fresh(),
        )?;
        let around = Around {
            company,
            fences,
            entered,
        };
        let prepared = tracks.into_iter().map(|track| {
            let rep = track.claimed.rep;
            Prepared {
                world: around.company.world(around.entered.get(&rep)),
                known: known.remove(&rep).unwrap_or_default(),
                duty: duties.remove(&rep),
                track,
            }
        });
        let prepared = prepared.collect();
        Ok((prepared, around))
    }

    async fn derive_short(
        &self,
        prepared: Vec<Prepared>,
        around: &Around,
        claim: &Claim,
    ) -> Result<Vec<Result<Derived, Box<Undone>>>, DbErr> {
        let mut concerned = Concerned::default();
        let mut tracks: Vec<(Prepared, Vec<Located<Uuid>>)> = Vec::with_capacity(prepared.len());
        let began = Instant::now();
        for prepared in prepared {
            let entered = around.entered.get(&prepared.track.claimed.rep);
            let located = locate(
                &around.fences,
                &prepared.world,
                entered,
                &prepared.track.fixes,
            );
            concerned.add(&around.fences, &located);
            concerned.add_known(&around.fences, &prepared.known);
            tracks.push((prepared, located));
        }
        metrics::histogram!("fieldhub_worker_locate_seconds").record(began.elapsed());
        let reps: Vec<UserId> = tracks
            .iter()
            .map(|(prepared, _)| prepared.track.claimed.rep)
            .collect();
        let customers: Vec<Uuid> = concerned.customers.iter().copied().collect();
        let care = surroundings::care(&self.database, &reps, &customers).await?;
        for (prepared, located) in &mut tracks {
            let mut own = Concerned::default();
            own.add(&around.fences, located);
            own.add_known(&around.fences, &prepared.known);
            let rep = prepared.track.claimed.rep;
            own.complete(&mut prepared.world, &around.fences, rep, &care);
        }
        let now = claim.now;
        let began = Instant::now();
        let derived = tokio::task::spawn_blocking(move || {
            tracks
                .into_iter()
                .map(|(prepared, located)| derive(prepared, &located, now))
                .collect()
        });
        let derived = derived
            .await
            .map_err(|error| DbErr::Custom(error.to_string()));
        metrics::histogram!("fieldhub_worker_derive_seconds").record(began.elapsed());
        derived
    }
}

/// From the receipt of the oldest check-in to the commit of what came of it.
fn measure_lag(done: &Derived) {
    if let Some(queued_at) = done.track.queued_at {
        let lag = (Utc::now() - queued_at).to_std().unwrap_or_default();
        metrics::histogram!("fieldhub_visit_lag_seconds").record(lag);
    }
}

/// Whether an error comes from what a track holds, and would come again.
fn is_the_tracks_own(error: &DbErr) -> bool {
    let is_unreadable = matches!(
        error,
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } | DbErr::Custom(_)
    );
    is_unreadable || failure::of(error) != Failure::Unavailable
}
