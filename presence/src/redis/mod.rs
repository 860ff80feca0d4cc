//! The live state in a Redis server: for any number of processes.
//!
//! A rep's facts are written first, then announced in the feed: who reads the feed finds facts that
//! are at least as new as the announcement.

mod area;
mod connection;
mod listen;
mod scripts;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use entity::id::UserId;
use redis::{Pipeline, Script, ScriptInvocation};

use crate::cursor::new_epoch;
use crate::facts::{place, rep};
use crate::wake::{Topic, Wakes};
use crate::{Changes, Cursor, Epoch, Facts, Result, keys};
use connection::Connection;

/// The most reps of one command: keeps each well within the time an answer may take.
const CHUNK: usize = 500;

/// A handle on the state in a Redis server.
#[derive(Clone, Debug)]
pub(crate) struct Redis {
    pub(crate) wakes: Wakes,
    expiry: Duration,
    connection: Arc<Connection>,
    scripts: Arc<Scripts>,
    /// Tells the hints of this process from those of the others.
    process: uuid::Uuid,
}

/// The scripts, hashed once.
#[derive(Debug)]
struct Scripts {
    write: Script,
    announce: Script,
    since: Script,
    epoch: Script,
    fill: Script,
    prune: Script,
    forget: Script,
}

impl Redis {
    pub(crate) fn new(url: &str, expiry: Duration) -> Result<Redis> {
        let scripts = Scripts {
            write: scripts::write(),
            announce: scripts::announce(),
            since: scripts::since(),
            epoch: scripts::epoch(),
            fill: scripts::fill(),
            prune: scripts::prune(),
            forget: scripts::forget(),
        };
        Ok(Redis {
            wakes: Wakes::new(),
            expiry,
            connection: Arc::new(Connection::new(url)?),
            scripts: Arc::new(scripts),
            process: uuid::Uuid::now_v7(),
        })
    }

    pub(crate) fn expire_after(&mut self, expiry: Duration) {
        self.expiry = expiry;
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        self.connection.command(redis::cmd("PING")).await
    }

    pub(crate) async fn put(&self, batch: &[Facts]) -> Result<Vec<UserId>> {
        let mut accepted = Vec::new();
        for chunk in batch.chunks(CHUNK) {
            let written = self.write(chunk).await?;
            accepted.extend(self.announce(&written).await?);
        }
        Ok(accepted)
    }

    async fn write<'a>(&self, chunk: &'a [Facts]) -> Result<Vec<&'a Facts>> {
        let mut pipeline = Pipeline::with_capacity(chunk.len() + 1);
        pipeline.load_script(&self.scripts.write).ignore();
        let milliseconds = u64::try_from(self.expiry.as_millis()).unwrap_or(u64::MAX);
        for facts in chunk {
            let mut call = self.scripts.write.key(keys::live(rep(facts)));
            call.arg(facts.revision)
                .arg(encode(facts))
                .arg(milliseconds);
            pipeline.invoke_script(&call);
        }
        let is_written: Vec<bool> = self.connection.pipeline(pipeline).await?;
        Ok(chunk
            .iter()
            .zip(is_written)
            .filter_map(|(facts, is)| is.then_some(facts))
            .collect())
    }

    async fn announce(&self, written: &[&Facts]) -> Result<Vec<UserId>> {
        let mut call = self.feed(&self.scripts.announce);
        for facts in written {
            call.arg(rep(facts).to_string()).arg(facts.revision);
            match place(facts) {
                Some(place) => {
                    call.arg(place.longitude())
                        .arg(area::on_the_map(place.latitude()));
                }
                None => {
                    call.arg("").arg("");
                }
            }
        }
        let fresh: Vec<usize> = self.connection.script(&call).await?;
        Ok(fresh
            .into_iter()
            .filter_map(|index| Some(rep(written.get(index)?)))
            .collect())
    }

    pub(crate) async fn get(&self, reps: &[UserId]) -> Result<HashMap<UserId, Facts>> {
        let facts = self.read(reps).await?;
        Ok(reps
            .iter()
            .copied()
            .zip(facts)
            .filter_map(|(rep, facts)| Some((rep, facts?)))
            .collect())
    }

    /// The facts of each rep, in the order of the reps.
    async fn read(&self, reps: &[UserId]) -> Result<Vec<Option<Facts>>> {
        let mut facts = Vec::with_capacity(reps.len());
        for chunk in reps.chunks(CHUNK) {
            let mut command = redis::cmd("MGET");
            for rep in chunk {
                command.arg(keys::live(*rep));
            }
            let values: Vec<Option<String>> = self.connection.command(command).await?;
            facts.extend(values.iter().map(|value| decode(value.as_deref()?)));
        }
        Ok(facts)
    }

    pub(crate) async fn since(&self, cursor: Option<&Cursor>) -> Result<Changes> {
        let mut call = self.feed(&self.scripts.since);
        call.arg(new_epoch());
        call.arg(cursor.map_or("", |cursor| cursor.epoch.as_str()));
        call.arg(cursor.map_or(0, |cursor| cursor.sequence));
        let (epoch, sequence, is_reset, reps): (String, u64, bool, Vec<String>) =
            self.connection.script(&call).await?;
        let reps = parse(&reps);
        let facts = self.read(&reps).await?;
        let gone: Vec<UserId> = (reps.iter().zip(&facts))
            .filter_map(|(rep, facts)| facts.is_none().then_some(*rep))
            .collect();
        self.prune(sequence, &gone).await?;
        Ok(Changes {
            cursor: Cursor { epoch, sequence },
            facts: facts.into_iter().flatten().collect(),
            is_reset,
        })
    }

    async fn prune(&self, sequence: u64, gone: &[UserId]) -> Result<()> {
        for chunk in gone.chunks(CHUNK) {
            let mut call = self.feed(&self.scripts.prune);
            call.arg(sequence);
            for rep in chunk {
                call.arg(rep.to_string());
            }
            self.connection.script::<()>(&call).await?;
        }
        Ok(())
    }

    pub(crate) async fn forget(&self, rep: UserId) -> Result<()> {
        let mut command = redis::cmd("DEL");
        command.arg(keys::live(rep));
        self.connection.command::<()>(command).await?;
        let mut call = self.feed(&self.scripts.forget);
        call.arg(new_epoch()).arg(rep.to_string());
        self.connection.script(&call).await
    }

    pub(crate) async fn wake(&self, topic: Topic) {
        self.wakes.wake(topic);
        let mut command = redis::cmd("PUBLISH");
        command
            .arg(keys::wake_channel())
            .arg(listen::encode(topic, self.process));
        if let Err(error) = self.connection.command::<()>(command).await {
            tracing::debug!(topic = topic.word(), %error, "other processes were not woken");
        }
    }

    pub(crate) async fn needs_rebuild(&self) -> Result<Option<Epoch>> {
        let mut call = self.feed(&self.scripts.epoch);
        call.arg(new_epoch());
        let (epoch, is_filled): (String, bool) = self.connection.script(&call).await?;
        Ok((!is_filled).then_some(Epoch(epoch)))
    }

    pub(crate) async fn mark_rebuilt(&self, epoch: &Epoch) -> Result<bool> {
        let mut call = self.feed(&self.scripts.fill);
        call.arg(new_epoch()).arg(&epoch.0);
        self.connection.script(&call).await
    }

    fn feed<'a>(&self, script: &'a Script) -> ScriptInvocation<'a> {
        let mut call = script.prepare_invoke();
        for key in keys::feed() {
            call.key(key);
        }
        call
    }
}

fn encode(facts: &Facts) -> String {
    let json = serde_json::to_string(facts).unwrap_or_default();
    format!("{}\n{json}", facts.revision)
}

/// What another release has written and this one cannot read is as good as absent.
fn decode(value: &str) -> Option<Facts> {
    let (_revision, json) = value.split_once('\n')?;
    serde_json::from_str(json).ok()
}

/// Reps as they stand in the feed.
fn parse(reps: &[String]) -> Vec<UserId> {
    reps.iter()
        .filter_map(|rep| Some(UserId::from(rep.parse::<uuid::Uuid>().ok()?)))
        .collect()
}
