//! Steps 3 and 4 for a track with more check-ins to read than fit at once: they are read twice,
//! piece by piece, first to learn which fences they are near, then to be derived.

use chrono::{DateTime, Utc};
use domain::visit::{Located, Progress};
use sea_orm::DbErr;
use uuid::Uuid;

use super::Worker;
use super::derive::{Derived, Prepared, Undone, decide, guarded};
use super::hearing::Hearing;
use super::load::Track;
use super::locate::{Concerned, locate};
use super::readings::{MOST_AT_ONCE, Reading, read_on};
use super::step::Around;
use super::surroundings;

/// Reads a track from its checkpoint on, piece by piece. Pieces share their border's instant.
struct Pieces {
    since: Option<DateTime<Utc>>,
    is_over: bool,
}

impl Worker {
    /// Derives a long track by itself.
    pub(super) async fn derive_long(
        &self,
        mut prepared: Prepared,
        around: &Around,
        as_of: DateTime<Utc>,
    ) -> Result<Result<Derived, Box<Undone>>, DbErr> {
        self.complete_world(&mut prepared, around).await?;
        let mut hearing = Hearing::of(&prepared.track);
        let world = prepared.world.clone();
        let mut replay = prepared.track.replay(&world);
        let mut pieces = Pieces::of(&prepared.track);
        while let Some(readings) = pieces.next(self, &prepared.track).await? {
            let located = located(&prepared, around, &readings);
            hearing.hear(&readings, &located);
            match guarded(|| replay.feed(&located).map_err(|error| error.to_string())) {
                Ok(Progress::More) => {}
                Ok(Progress::Settled) => break,
                Err(fault) => return Ok(Err(undone(prepared, fault))),
            }
        }
        Ok(match guarded(|| Ok(replay.finish(as_of))) {
            Ok(derivation) => Ok(decide(prepared, derivation, hearing, as_of)),
            Err(fault) => Err(undone(prepared, fault)),
        })
    }

    async fn complete_world(&self, prepared: &mut Prepared, around: &Around) -> Result<(), DbErr> {
        let mut concerned = Concerned::default();
        concerned.add_known(&around.fences, &prepared.known);
        let mut pieces = Pieces::of(&prepared.track);
        while let Some(readings) = pieces.next(self, &prepared.track).await? {
            concerned.add(&around.fences, &located(prepared, around, &readings));
        }
        let rep = prepared.track.claimed.rep;
        let customers: Vec<Uuid> = concerned.customers.iter().copied().collect();
        let care = surroundings::care(&self.database, &[rep], &customers).await?;
        concerned.complete(&mut prepared.world, &around.fences, rep, &care);
        Ok(())
    }
}

fn undone(prepared: Prepared, fault: String) -> Box<Undone> {
    let track = prepared.track;
    Box::new(Undone { track, fault })
}

fn located(prepared: &Prepared, around: &Around, readings: &[Reading]) -> Vec<Located<Uuid>> {
    let entered = around.entered.get(&prepared.track.claimed.rep);
    locate(&around.fences, &prepared.world, entered, readings)
}

impl Pieces {
    fn of(track: &Track) -> Pieces {
        Pieces {
            since: track.since(),
            is_over: false,
        }
    }

    async fn next(
        &mut self,
        worker: &Worker,
        track: &Track,
    ) -> Result<Option<Vec<Reading>>, DbErr> {
        if self.is_over {
            return Ok(None);
        }
        let rep = track.claimed.rep;
        let readings = read_on(&worker.database.read, rep, self.since, MOST_AT_ONCE).await?;
        let last = readings.last().map(|reading| reading.fix.recorded_at);
        self.is_over = readings.len() < MOST_AT_ONCE || last == self.since;
        self.since = last;
        Ok(Some(readings))
    }
}
