//! Taking check-ins in: judged point by point, committed in groups, answered with receipts.

mod author;
mod bulk;
mod committer;
pub(crate) mod failure;
pub(crate) mod file;
mod found;
mod incoming;
mod judge;
pub(crate) mod known;
mod plan;
mod reason;
pub(crate) mod receipt;
mod release;
mod row;
mod store;
mod tally;
mod verdict;
pub(crate) mod words;

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use entity::Database;
use entity::id::{DeviceId, UserId};
use entity::viewer::Viewer;
use presence::Presence;
use sea_orm::DbBackend;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

pub use committer::Committer;
pub use file::{Filed, Told, file};
pub use incoming::{Faulty, Incoming, Name, Reading};
pub(crate) use incoming::{has_position, names_customer};
pub use judge::Ignored;
pub use known::duties;
pub use reason::{Fault, Reason};
pub use receipt::{Receipt, Status};
pub use verdict::{Sighted, State, Surroundings, Verdict};

use committer::Job;
use plan::Answer;
use row::{Author, Row};

/// The most points that wait to be committed.
const QUEUE_POINTS: usize = 50_000;
/// The most requests that wait in one lane.
const LANE_JOBS: usize = 4_096;
/// Groups in flight on PostgreSQL; SQLite has one writer.
const LANES: usize = 4;

/// Why a batch was not taken at all; it can be sent again as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// The queue is full.
    #[error("too many check-ins are waiting to be stored")]
    Busy,
    /// The database does not answer or cannot write.
    #[error("the database is unavailable")]
    Unavailable,
}

/// The way in for check-ins. A clone is a handle on the same one.
#[derive(Clone, Debug)]
pub struct Intake {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    database: Database,
    surroundings: Surroundings,
    lanes: Vec<mpsc::Sender<Job>>,
    queue: Arc<Semaphore>,
}

impl Intake {
    /// The intake and what commits for it, which must be run beside it.
    pub fn new(
        database: Database,
        presence: Presence,
        surroundings: Surroundings,
    ) -> (Self, Committer) {
        let lanes = match database.backend() {
            DbBackend::Sqlite => 1,
            _ => LANES,
        };
        let (senders, receivers) = (0..lanes).map(|_| mpsc::channel(LANE_JOBS)).unzip();
        let committer = Committer::new(receivers, database.clone(), presence);
        let inner = Inner {
            database,
            surroundings,
            lanes: senders,
            queue: Arc::new(Semaphore::new(QUEUE_POINTS)),
        };
        let intake = Self {
            inner: Arc::new(inner),
        };
        (intake, committer)
    }

    /// Takes a batch of whoever sent it, from the device they came with, else from their browser.
    /// Gives a receipt a point, in the same order, once all of them are committed.
    pub async fn accept(
        &self,
        viewer: &Viewer,
        points: Vec<Incoming>,
    ) -> Result<Vec<Receipt>, AcceptError> {
        if points.is_empty() {
            return Ok(Vec::new());
        }
        let received_at = now();
        let room = self.room(points.len())?;
        let database = &self.inner.database;
        let author = author::of(database, viewer, received_at)
            .await
            .map_err(|error| unavailable(&error))?;
        let customers = found::visible(&database.read, &viewer.scope, &points)
            .await
            .map_err(|error| unavailable(&error))?;
        let verdicts = self.verdicts(viewer, &points, received_at).await?;
        let rows: Vec<Row> = points
            .into_iter()
            .map(|point| {
                let is_customer_known = found::is_known(&point, &customers);
                Row::new(author, point, is_customer_known, received_at)
            })
            .collect();
        let names: Vec<String> = rows.iter().map(|row| row.key.client_id.clone()).collect();
        let answers = self.commit(author, rows, room).await?;
        let receipts = names.into_iter().zip(answers).zip(verdicts);
        Ok(receipts
            .map(|((id, answer), verdicts)| Receipt::new(id, answer, verdicts))
            .collect())
    }

    /// Takes points that the hub made or read from a file: of any number, with customers known to
    /// exist, waiting for room in the queue. Tells what became of each, in the same order.
    pub async fn import(
        &self,
        rep: UserId,
        device: DeviceId,
        points: Vec<Incoming>,
    ) -> Result<Vec<Receipt>, AcceptError> {
        if points.is_empty() {
            return Ok(Vec::new());
        }
        let received_at = now();
        let author = Author { rep, device };
        let queue = Arc::clone(&self.inner.queue);
        let room = queue
            .acquire_many_owned(units(points.len()))
            .await
            .map_err(|_closed| AcceptError::Unavailable)?;
        let rows: Vec<Row> = points
            .into_iter()
            .map(|point| Row::new(author, point, true, received_at))
            .collect();
        let names: Vec<String> = rows.iter().map(|row| row.key.client_id.clone()).collect();
        let answers = self.commit(author, rows, room).await?;
        let receipts = names.into_iter().zip(answers);
        Ok(receipts
            .map(|(id, answer)| Receipt::new(id, answer, Vec::new()))
            .collect())
    }

    /// The receipt of a client id, of the device the viewer came with, else of any of their own.
    pub async fn receipt(
        &self,
        viewer: &Viewer,
        client_id: &str,
    ) -> Result<Option<Receipt>, AcceptError> {
        let Inner {
            database,
            surroundings,
            ..
        } = self.inner.as_ref();
        receipt::find(&database.read, surroundings, viewer, client_id)
            .await
            .map_err(|error| unavailable(&error))
    }

    fn room(&self, points: usize) -> Result<OwnedSemaphorePermit, AcceptError> {
        Arc::clone(&self.inner.queue)
            .try_acquire_many_owned(units(points))
            .map_err(|_full| AcceptError::Busy)
    }

    async fn verdicts(
        &self,
        viewer: &Viewer,
        points: &[Incoming],
        now: DateTime<Utc>,
    ) -> Result<Vec<Vec<Verdict>>, AcceptError> {
        let near = |point: &Incoming| match &point.reading {
            Ok(reading) => verdict::near(&self.inner.surroundings, reading, now),
            Err(_faulty) => Vec::new(),
        };
        let near = points.iter().map(near).collect();
        verdict::of_assigned(&self.inner.database.read, viewer, near, now)
            .await
            .map_err(|error| unavailable(&error))
    }

    /// A rep's points always take the same lane, so that those sent after a pause never overtake it.
    async fn commit(
        &self,
        author: Author,
        rows: Vec<Row>,
        room: OwnedSemaphorePermit,
    ) -> Result<Vec<Answer>, AcceptError> {
        let lanes = &self.inner.lanes;
        let lane = usize::from(author.rep.uuid().as_bytes()[15]) % lanes.len();
        let (reply, answers) = oneshot::channel();
        let job = Job { rows, reply, room };
        lanes[lane]
            .send(job)
            .await
            .map_err(|_stopped| AcceptError::Unavailable)?;
        match answers.await {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(_)) | Err(_) => Err(AcceptError::Unavailable),
        }
    }
}

/// Points as permits of the queue; a batch larger than the queue takes all of it.
fn units(points: usize) -> u32 {
    u32::try_from(points.min(QUEUE_POINTS)).unwrap_or(u32::MAX)
}

/// Now, to the millisecond that is stored.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

fn unavailable(error: &sea_orm::DbErr) -> AcceptError {
    tracing::warn!(%error, "the database could not be asked about a batch");
    AcceptError::Unavailable
}
