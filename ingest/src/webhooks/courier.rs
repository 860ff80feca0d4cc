//! Goes round the endpoints, each in a task of its own, so that a dead one holds up nobody.

use std::time::Duration;

use chrono::Utc;
use entity::Database;
use entity::id::WebhookId;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use metrics::counter;
use rand::RngExt;
use rustc_hash::{FxHashMap, FxHashSet};
use sea_orm::DbErr;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::message;
use super::outbox::{self, Due, Failure};
use super::post::{Outcome, Sender};
use super::reach::Reach;

/// A message that was taken is sent by another process after this: longer than a try lasts.
const LEASE: Duration = Duration::from_secs(60);
/// Messages sent to an endpoint at once.
const AT_ONCE: u32 = 16;
/// Endpoints served at once.
const MOST_ROUNDS: usize = 64;
/// An endpoint that fails is left alone for twice as long each time, but no longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How eager and how patient a courier is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often the outbox is looked at.
    pub look: Duration,
    /// How long an endpoint may take to answer.
    pub limit: Duration,
    /// How long an endpoint that took nothing is left alone at first. After that it gets one
    /// message at a time until it takes one.
    pub first_pause: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            look: Duration::from_secs(1),
            limit: Duration::from_secs(10),
            first_pause: Duration::from_secs(2),
        }
    }
}

/// Delivers messages to endpoints. Any number of processes may do so at once.
#[derive(Clone, Debug)]
pub struct Courier {
    database: Database,
    sender: Sender,
    pace: Pace,
}

/// What one round with an endpoint came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// There was nothing to send.
    Idle,
    /// At least one message was taken.
    Well,
    /// None was.
    Badly,
}

/// How endpoints fare in this process.
#[derive(Debug)]
struct Endpoints {
    first_pause: Duration,
    busy: FxHashSet<WebhookId>,
    /// Those that failed: until when they are left alone, and the length of that pause.
    paused: FxHashMap<WebhookId, (Instant, Duration)>,
}

impl Courier {
    /// A courier to the addresses within reach. The error is that of the machine's TLS.
    pub fn new(database: Database, reach: Reach) -> Result<Courier, reqwest::Error> {
        Courier::at(database, reach, Pace::default())
    }

    /// A courier of another pace.
    pub fn at(database: Database, reach: Reach, pace: Pace) -> Result<Courier, reqwest::Error> {
        let sender = Sender::new(reach, pace.limit)?;
        Ok(Courier {
            database,
            sender,
            pace,
        })
    }

    /// Delivers until cancelled, then waits for what is on its way.
    pub async fn run(self, halting: CancellationToken) {
        let mut endpoints = Endpoints::new(self.pace.first_pause);
        let mut rounds = JoinSet::new();
        loop {
            tokio::select! {
                () = halting.cancelled() => break,
                Some(ended) = rounds.join_next(), if !rounds.is_empty() => {
                    if let Ok((id, round)) = ended {
                        endpoints.ended(id, round, Instant::now());
                        if round == Round::Well {
                            self.begin(&mut endpoints, &mut rounds, id);
                        }
                    }
                }
                () = tokio::time::sleep(self.pace.look) => self.look(&mut endpoints, &mut rounds).await,
            }
        }
        while rounds.join_next().await.is_some() {}
    }

    /// Begins a round with each endpoint to whom something is due.
    async fn look(&self, endpoints: &mut Endpoints, rounds: &mut Rounds) {
        match outbox::endpoints(&self.database).await {
            Ok(due) => {
                for id in due {
                    self.begin(endpoints, rounds, id);
                }
            }
            Err(error) => tracing::debug!(%error, "webhooks cannot be read"),
        }
    }

    fn begin(&self, endpoints: &mut Endpoints, rounds: &mut Rounds, id: WebhookId) {
        if rounds.len() >= MOST_ROUNDS {
            return;
        }
        if let Some(most) = endpoints.begin(id, Instant::now()) {
            let courier = self.clone();
            rounds.spawn(async move { (id, courier.round(id, most).await) });
        }
    }

    /// Sends what is due to an endpoint, up to `most` messages.
    async fn round(&self, id: WebhookId, most: u32) -> Round {
        match self.try_round(id, most).await {
            Ok(round) => round,
            Err(error) => {
                tracing::debug!(%error, "a round of webhooks was broken off");
                Round::Badly
            }
        }
    }

    async fn try_round(&self, id: WebhookId, most: u32) -> Result<Round, DbErr> {
        let Some(webhook) = outbox::endpoint(&self.database, id).await? else {
            return Ok(Round::Idle);
        };
        let lease = LEASE.max(self.pace.limit * 2);
        let due = outbox::take(&self.database, id, most, lease).await?;
        let mut round = if due.is_empty() {
            Round::Idle
        } else {
            Round::Badly
        };
        let mut tries: FuturesUnordered<_> = due
            .iter()
            .map(async |due| (due, self.sender.send(&webhook, due, Utc::now()).await))
            .collect();
        while let Some((due, outcome)) = tries.next().await {
            if matches!(outcome, Outcome::Taken(_)) {
                round = Round::Well;
            }
            self.note(id, due, outcome).await?;
        }
        Ok(round)
    }

    async fn note(&self, id: WebhookId, due: &Due, outcome: Outcome) -> Result<(), DbErr> {
        let database = &self.database;
        match outcome {
            Outcome::Taken(status) => {
                counter!("fieldhub_webhooks_total", "outcome" => "delivered").increment(1);
                outbox::delivered(database, id, due.seq, status).await
            }
            Outcome::Gone => outbox::gone(database, id, due).await,
            Outcome::Failed {
                status,
                error,
                wait,
            } => {
                counter!("fieldhub_webhooks_total", "outcome" => "failed").increment(1);
                let wait = message::wait(due.tries, wait, rand::rng().random());
                let failure = Failure {
                    status,
                    error: &error,
                    wait,
                };
                outbox::failed(database, id, due, failure).await
            }
        }
    }
}

type Rounds = JoinSet<(WebhookId, Round)>;

impl Endpoints {
    fn new(first_pause: Duration) -> Endpoints {
        Endpoints {
            first_pause,
            busy: FxHashSet::default(),
            paused: FxHashMap::default(),
        }
    }

    /// How many messages an endpoint may be sent now; none if it is busy or left alone.
    fn begin(&mut self, id: WebhookId, now: Instant) -> Option<u32> {
        let pause = self.paused.get(&id);
        if pause.is_some_and(|(until, _)| now < *until) || !self.busy.insert(id) {
            return None;
        }
        Some(if pause.is_some() { 1 } else { AT_ONCE })
    }

    fn ended(&mut self, id: WebhookId, round: Round, now: Instant) {
        self.busy.remove(&id);
        match round {
            Round::Idle => {}
            Round::Well => {
                self.paused.remove(&id);
            }
            Round::Badly => {
                let pause = match self.paused.get(&id) {
                    Some((_, pause)) => (*pause * 2).min(LONGEST_PAUSE),
                    None => self.first_pause,
                };
                self.paused.insert(id, (now + pause, pause));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_fails_is_asked_more_seldom_and_carefully_until_it_takes_something() {
        let (id, now) = (WebhookId::new(), Instant::now());
        let mut endpoints = Endpoints::new(Duration::from_secs(2));
        assert_eq!(endpoints.begin(id, now), Some(AT_ONCE));
        assert_eq!(endpoints.begin(id, now), None, "it is busy");
        endpoints.ended(id, Round::Badly, now);
        assert_eq!(endpoints.begin(id, now), None, "it is left alone");
        let mut then = now;
        for seconds in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            then += Duration::from_secs(seconds);
            assert_eq!(endpoints.begin(id, then), Some(1), "after {seconds} s");
            endpoints.ended(id, Round::Badly, then);
        }
        assert_eq!(endpoints.begin(WebhookId::new(), then), Some(AT_ONCE));
        then += LONGEST_PAUSE;
        assert_eq!(endpoints.begin(id, then), Some(1));
        endpoints.ended(id, Round::Well, then);
        assert_eq!(endpoints.begin(id, then), Some(AT_ONCE));
    }
}
