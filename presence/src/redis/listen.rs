//! Hears the hints of other processes on a connection of its own, and comes back after a loss.

use std::time::Duration;

use futures_util::StreamExt;
use redis::Msg;
use redis::aio::PubSub;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Redis;
use super::connection::in_time;
use crate::wake::Topic;
use crate::{Result, keys};

/// The pause before the next attempt to connect.
const PAUSE: Duration = Duration::from_millis(500);
/// A silence after which the connection is asked whether it still stands.
const SILENCE: Duration = Duration::from_secs(10);

impl Redis {
    pub(crate) async fn hear_others(&self, stop: CancellationToken) {
        let mut was_heard = true;
        while !stop.is_cancelled() {
            let Some(outcome) = stop.run_until_cancelled(self.hear_until_lost()).await else {
                return;
            };
            if let Err(error) = outcome {
                if std::mem::take(&mut was_heard) {
                    tracing::warn!(%error, "wake-up hints of other processes are not heard");
                }
            } else {
                was_heard = true;
            }
            let _ = stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }

    /// An error means that it could not begin to hear; the loss of the connection is none.
    async fn hear_until_lost(&self) -> Result<()> {
        let mut subscriber = self.connection.subscriber().await?;
        in_time(subscriber.subscribe(keys::wake_channel())).await?;
        tracing::info!("wake-up hints of other processes are heard");
        self.wakes.wake_all();
        self.pass_on(subscriber).await;
        Ok(())
    }

    async fn pass_on(&self, subscriber: PubSub) {
        let (mut sink, mut messages) = subscriber.split();
        loop {
            match tokio::time::timeout(SILENCE, messages.next()).await {
                Ok(Some(message)) => self.pass(&message),
                Ok(None) => return,
                Err(_elapsed) if in_time(sink.ping::<()>()).await.is_err() => return,
                Err(_elapsed) => {}
            }
        }
    }

    fn pass(&self, message: &Msg) {
        let payload: String = message.get_payload().unwrap_or_default();
        if let Some(topic) = decode(&payload, self.process) {
            self.wakes.wake(topic);
        }
    }
}

/// A hint as it goes over the channel, with the process that gives it.
pub(super) fn encode(topic: Topic, process: Uuid) -> String {
    format!("{} {process}", topic.word())
}

/// The topic of another process's hint.
fn decode(payload: &str, own: Uuid) -> Option<Topic> {
    let (word, process) = payload.split_once(' ')?;
    if process == own.to_string() {
        return None;
    }
    Topic::from_word(word)
}
