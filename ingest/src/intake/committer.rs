//! The group commit: requests wait in lanes, each lane writes what has gathered in one
//! transaction, and only then are they answered.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use entity::Database;
use futures_util::future::join_all;
use metrics::histogram;
use presence::{Presence, Topic};
use sea_orm::DbErr;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::failure::{self, Failure};
use super::plan::{Answer, Known, Plan, plan};
use super::row::Row;
use super::store::{self, Outcome};
use super::{known, tally};

/// A group takes no further request once it has this many rows.
const GROUP_ROWS: usize = 500;
/// No group gathers for longer.
const GATHER: Duration = Duration::from_millis(5);
/// After so many turns of other tasks that brought no request, a group is complete.
const IDLE_TURNS: usize = 3;
/// How often a transaction is tried that another one was in the way of.
const TRIES: usize = 4;

/// The database cannot take check-ins now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Away;

/// The points of one request, waiting to be committed.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) rows: Vec<Row>,
    pub(crate) reply: oneshot::Sender<Result<Vec<Answer>, Away>>,
    /// The job's part of the queue.
    pub(crate) room: OwnedSemaphorePermit,
}

/// Commits what [`super::Intake`] takes in. It must run for anything to be accepted.
#[derive(Debug)]
pub struct Committer {
    lanes: Vec<mpsc::Receiver<Job>>,
    database: Database,
    presence: Presence,
}

impl Committer {
    pub(crate) fn new(
        lanes: Vec<mpsc::Receiver<Job>>,
        database: Database,
        presence: Presence,
    ) -> Self {
        Self {
            lanes,
            database,
            presence,
        }
    }

    /// Commits until the token is cancelled, and then what was taken in before.
    pub async fn run(self, stop: CancellationToken) {
        let committed = Arc::new(Notify::new());
        let done = CancellationToken::new();
        let lanes = self.lanes.into_iter().map(|jobs| Lane {
            jobs,
            database: self.database.clone(),
            committed: Arc::clone(&committed),
        });
        let all = async {
            join_all(lanes.map(|lane| lane.run(stop.clone()))).await;
            done.cancel();
        };
        tokio::join!(all, wake_worker(&self.presence, &committed, &done));
    }
}

/// Hints to the workers are sent beside the commits, so that a slow Redis slows no upload.
async fn wake_worker(presence: &Presence, committed: &Notify, done: &CancellationToken) {
    while done
        .run_until_cancelled(committed.notified())
        .await
        .is_some()
    {
        done.run_until_cancelled(presence.wake(Topic::Tracks)).await;
    }
}

/// Requests of the same reps, one group after the other.
struct Lane {
    jobs: mpsc::Receiver<Job>,
    database: Database,
    committed: Arc<Notify>,
}

impl Lane {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let next = if stop.is_cancelled() {
                self.jobs.close();
                self.jobs.recv().await
            } else {
                match stop.run_until_cancelled(self.jobs.recv()).await {
                    Some(next) => next,
                    None => continue,
                }
            };
            let Some(first) = next else {
                return;
            };
            let group = self.gather(first).await;
            self.commit(group).await;
        }
    }

    /// The requests that wait already, and those that come while others get their turn: where
    /// many come at once they share a group, and one that comes alone waits for nobody.
    async fn gather(&mut self, first: Job) -> Vec<Job> {
        let until = Instant::now() + GATHER;
        let mut count = first.rows.len();
        let mut group = vec![first];
        let mut idle_turns = 0;
        while count < GROUP_ROWS && idle_turns < IDLE_TURNS {
            match self.jobs.try_recv() {
                Ok(job) => {
                    count += job.rows.len();
                    group.push(job);
                    idle_turns = 0;
                }
                Err(_none) if Instant::now() < until => {
                    tokio::task::yield_now().await;
                    idle_turns += 1;
                }
                Err(_none) => break,
            }
        }
        group
    }

    async fn commit(&self, group: Vec<Job>) {
        let mut rows = Vec::new();
        let mut replies = Vec::with_capacity(group.len());
        for job in group {
            replies.push((job.rows.len(), job.reply, job.room));
            rows.extend(job.rows);
        }
        histogram!("fieldhub_intake_group_rows").record(rows.len() as f64);
        let answers = commit(&self.database, &rows).await;
        if answers.iter().any(Result::is_ok) {
            self.committed.notify_one();
        }
        let mut answers = answers.into_iter();
        for (count, reply, _room) in replies {
            let own: Result<Vec<Answer>, Away> = answers.by_ref().take(count).collect();
            // The phone may have hung up; it will ask again and get the same receipts.
            let _gone = reply.send(own);
        }
    }
}

/// Commits the rows, together if possible; tells each row's answer.
async fn commit(database: &Database, rows: &[Row]) -> Vec<Result<Answer, Away>> {
    let mut answers = Vec::with_capacity(rows.len());
    let known = match known::load(&database.read, rows).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, rows = rows.len(), "cannot read what check-ins are judged by");
            return vec![Err(Away); rows.len()];
        }
    };
    let mut parts = VecDeque::from([rows]);
    while let Some(part) = parts.pop_front() {
        match commit_part(database, part, rows, &known).await {
            Ok(own) => answers.extend(own.into_iter().map(Ok)),
            Err(Failure::Data) if part.len() > 1 => {
                let (left, right) = part.split_at(part.len() / 2);
                parts.push_front(right);
                parts.push_front(left);
            }
            Err(Failure::Data) => match refuse(database, part, rows, &known).await {
                Ok(own) => answers.extend(own.into_iter().map(Ok)),
                Err(_failure) => answers.extend(part.iter().map(|_| Err(Away))),
            },
            Err(Failure::Conflict | Failure::Unavailable) => break,
        }
    }
    answers.resize(rows.len(), Err(Away));
    answers
}

/// Keeps rows aside that the database refuses.
async fn refuse(
    database: &Database,
    part: &[Row],
    all: &[Row],
    known: &Known,
) -> Result<Vec<Answer>, Failure> {
    let refused: Vec<Row> = part
        .iter()
        .map(|row| Row {
            is_refused: true,
            ..row.clone()
        })
        .collect();
    commit_part(database, &refused, all, known).await
}

/// Commits the rows in one transaction, or none of them.
async fn commit_part(
    database: &Database,
    part: &[Row],
    all: &[Row],
    known: &Known,
) -> Result<Vec<Answer>, Failure> {
    let mut existing = Default::default();
    for _try in 0..TRIES {
        let plan = plan(part, all, known, &existing);
        match write(database, &plan, part).await {
            Ok(Outcome::Written(duplicates)) => {
                tally::count(&plan.answers, &duplicates);
                let found = |answer| match answer {
                    Answer::New(fix) if duplicates.contains_key(&fix) => Answer::Duplicate,
                    Answer::New(_) => Answer::Accepted,
                    answer => answer,
                };
                return Ok(plan.answers.into_iter().map(found).collect());
            }
            Ok(Outcome::Outdated) => {
                existing = store::existing(&database.read, part)
                    .await
                    .map_err(|error| failed(&error, part))?;
            }
            Err(error) => match failed(&error, part) {
                Failure::Conflict => {}
                failure => return Err(failure),
            },
        }
    }
    Err(Failure::Conflict)
}

async fn write(database: &Database, plan: &Plan, rows: &[Row]) -> Result<Outcome, DbErr> {
    let transaction = database.begin().await?;
    let outcome = store::write(&transaction, plan, rows).await?;
    match outcome {
        Outcome::Written(_) => transaction.commit().await?,
        Outcome::Outdated => transaction.rollback().await?,
    }
    Ok(outcome)
}

fn failed(error: &DbErr, rows: &[Row]) -> Failure {
    let failure = failure::of(error);
    // The database's words on refused data may quote them.
    match failure {
        Failure::Data => tracing::debug!(rows = rows.len(), "the database refuses a group"),
        _ => tracing::warn!(%error, rows = rows.len(), "check-ins were not committed"),
    }
    failure
}
