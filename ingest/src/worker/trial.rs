//! What if: derives the visits of a past period twice, as things stand and as they would stand with
//! another rule or other fences, and tells the difference. Nothing is written.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::visit::{Event, Located, Replay, RuleVersion, Stored, Visit, World, reconcile};
use entity::Database;
use entity::id::UserId;
use rustc_hash::FxHashSet;
use sea_orm::DbErr;
use uuid::Uuid;

use super::claim::Claimed;
use super::derive::guarded;
use super::load::Track;
use super::locate::{Concerned, locate};
use super::readings::{Reading, read_on};
use super::surroundings::{self, Company, Entered};
use crate::fences::{FenceSet, Fences, TrialFence};

/// A derivation begins so long before the period and ends so long after it, so that stays across
/// its ends are whole.
const MARGIN: TimeDelta = TimeDelta::days(1);
/// The most check-ins of one rep that are read.
const MOST_FIXES: usize = 100_000;

/// What is tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Visits that begin from here on are compared.
    pub from: DateTime<Utc>,
    /// Until before here.
    pub until: DateTime<Utc>,
    /// A rule that replaces those of its segment from its `valid_from` on.
    pub rule: Option<RuleVersion<Uuid>>,
    /// Fences that stand otherwise.
    pub fences: Vec<TrialFence>,
}

/// How the visits of a rep would differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Visits that there would be.
    pub added: Vec<Visit<Uuid>>,
    /// Visits that there would not be.
    pub lost: Vec<Visit<Uuid>>,
    /// Visits that would begin or end otherwise, as they are and as they would be.
    pub moved: Vec<(Visit<Uuid>, Visit<Uuid>)>,
    /// How many would stay as they are.
    pub unchanged: usize,
}

/// What holds for all reps of a trial.
struct Stage {
    company: Company,
    present: Arc<FenceSet>,
    tried: Arc<FenceSet>,
}

/// Tries it for some reps, one after the other.
pub async fn try_out(
    database: &Database,
    fences: &Fences,
    reps: &[UserId],
    trial: &Trial,
) -> Result<Vec<(UserId, Difference)>, DbErr> {
    let company = surroundings::company(database).await?;
    let present = fences.fresh().await?;
    let tried = Arc::new(present.tried(&trial.fences));
    let stage = Stage {
        company,
        present,
        tried,
    };
    let mut told = Vec::with_capacity(reps.len());
    for rep in reps {
        told.push((*rep, try_rep(database, &stage, *rep, trial).await?));
    }
    Ok(told)
}

async fn try_rep(
    database: &Database,
    stage: &Stage,
    rep: UserId,
    trial: &Trial,
) -> Result<Difference, DbErr> {
    let since = trial.from - MARGIN;
    let mut readings = read_on(&database.read, rep, Some(since), MOST_FIXES).await?;
    readings.retain(|reading| reading.fix.recorded_at < trial.until + MARGIN);
    let track = Track::from(Claimed::of(rep));
    let mut entered = surroundings::entered(database, &[track], stage.company.zone).await?;
    let entered = entered.remove(&rep);
    let world = stage.company.world(entered.as_ref());
    let mut changed = world.clone();
    if let Some(rule) = trial.rule {
        replace(&mut changed.rules, rule);
    }
    let mut present = Side::new(stage.present.clone(), world, entered.as_ref(), &readings);
    let mut tried = Side::new(stage.tried.clone(), changed, entered.as_ref(), &readings);
    let both = present
        .concerned
        .customers
        .union(&tried.concerned.customers);
    let customers: Vec<Uuid> = both.copied().collect();
    let care = surroundings::care(database, &[rep], &customers).await?;
    for side in [&mut present, &mut tried] {
        side.concerned
            .complete(&mut side.world, &side.fences, rep, &care);
    }
    let now = Utc::now();
    let (from, until) = (trial.from, trial.until);
    let compared = tokio::task::spawn_blocking(move || {
        let (present_visits, tried_visits) = (present.visits(now)?, tried.visits(now)?);
        Ok(compare(
            &tried.world,
            &present_visits,
            &tried_visits,
            from,
            until,
        ))
    });
    let compared = compared
        .await
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    compared.map_err(DbErr::Custom)
}

/// From its beginning on the rule stands instead of those of its segment.
fn replace(rules: &mut Vec<RuleVersion<Uuid>>, rule: RuleVersion<Uuid>) {
    rules.retain(|known| known.segment != rule.segment || known.valid_from < rule.valid_from);
    rules.push(rule);
}

/// One of the two derivations.
struct Side {
    fences: Arc<FenceSet>,
    world: World<Uuid>,
    located: Vec<Located<Uuid>>,
    concerned: Concerned,
}

impl Side {
    fn new(
        fences: Arc<FenceSet>,
        world: World<Uuid>,
        entered: Option<&Entered>,
        readings: &[Reading],
    ) -> Side {
        let located = locate(&fences, &world, entered, readings);
        let mut concerned = Concerned::default();
        concerned.add(&fences, &located);
        Side {
            fences,
            world,
            located,
            concerned,
        }
    }

    fn visits(&self, now: DateTime<Utc>) -> Result<Vec<Visit<Uuid>>, String> {
        guarded(|| {
            let mut replay = Replay::start(&self.world, None);
            replay
                .feed(&self.located)
                .map_err(|error| error.to_string())?;
            Ok(replay.finish(now).visits)
        })
    }
}

/// The differences among visits that begin, on either side, in [from, until).
fn compare(
    world: &World<Uuid>,
    present: &[Visit<Uuid>],
    tried: &[Visit<Uuid>],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Difference {
    let is_in = |visit: &Visit<Uuid>| from <= visit.arrived_at && visit.arrived_at < until;
    let stored: Vec<Stored<usize, Uuid>> = present
        .iter()
        .enumerate()
        .map(|(id, visit)| Stored {
            id,
            visit: visit.clone(),
        })
        .collect();
    let mut difference = Difference::default();
    let mut touched: FxHashSet<usize> = FxHashSet::default();
    for change in reconcile(world, &stored, tried) {
        let Some(old) = change.id else {
            difference.added.extend(Some(change.visit).filter(is_in));
            continue;
        };
        let before = &present[old];
        let is_lost = change
            .events
            .iter()
            .any(|event| matches!(event, Event::Withdrawn(_)));
        let after = change.visit;
        if is_lost {
            touched.insert(old);
            difference.lost.extend(Some(after).filter(is_in));
        } else if (before.arrived_at, before.left_at) != (after.arrived_at, after.left_at) {
            touched.insert(old);
            if is_in(before) || is_in(&after) {
                difference.moved.push((before.clone(), after));
            }
        }
    }
    let rest = present.iter().enumerate();
    let unchanged = rest.filter(|(id, visit)| !touched.contains(id) && is_in(visit));
    difference.unchanged = unchanged.count();
    difference
}
