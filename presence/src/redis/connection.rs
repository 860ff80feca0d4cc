//! One connection to a Redis server that comes back by itself, and never keeps a caller waiting.

use std::future::Future;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::{Client, Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, ScriptInvocation};

use crate::{Error, Result};

/// The longest a call waits, connecting included.
const PATIENCE: Duration = Duration::from_millis(500);

/// The server, and the connection in use.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    current: RwLock<Current>,
}

#[derive(Clone, Debug)]
struct Current {
    /// Counts the connections that were given up.
    generation: u64,
    /// None until the first call, because a manager wants a running runtime.
    manager: Option<ConnectionManager>,
}

/// What can be asked of the server.
#[derive(Clone, Copy)]
enum Call<'a> {
    Command(&'a Cmd),
    Pipeline(&'a Pipeline),
    Script(&'a ScriptInvocation<'a>),
}

impl Call<'_> {
    async fn over<T: FromRedisValue>(self, mut manager: ConnectionManager) -> RedisResult<T> {
        match self {
            Call::Command(command) => command.query_async(&mut manager).await,
            Call::Pipeline(pipeline) => pipeline.query_async(&mut manager).await,
            Call::Script(script) => script.invoke_async(&mut manager).await,
        }
    }
}

impl Connection {
    pub(super) fn new(url: &str) -> Result<Connection> {
        let client = Client::open(url).map_err(|error| Error::Address(error.to_string()))?;
        Ok(Connection {
            client,
            current: RwLock::new(Current {
                generation: 0,
                manager: None,
            }),
        })
    }

    pub(super) async fn command<T: FromRedisValue>(&self, command: Cmd) -> Result<T> {
        self.make(Call::Command(&command)).await
    }

    pub(super) async fn pipeline<T: FromRedisValue>(&self, pipeline: Pipeline) -> Result<T> {
        self.make(Call::Pipeline(&pipeline)).await
    }

    pub(super) async fn script<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Result<T> {
        self.make(Call::Script(call)).await
    }

    /// A connection of its own for a subscriber: it waits for messages without a time limit.
    pub(super) async fn subscriber(&self) -> Result<PubSub> {
        in_time(self.client.get_async_pubsub()).await
    }

    /// The outcome of a call, which is made once more when the connection turns out to be lost: all
    /// our calls may be repeated.
    async fn make<T: FromRedisValue>(&self, call: Call<'_>) -> Result<T> {
        let (generation, manager) = self.manager().map_err(unavailable)?;
        let result = in_time(async {
            let first = call.over(manager).await;
            if !first.as_ref().is_err_and(RedisError::is_connection_dropped) {
                return first;
            }
            self.give_up(generation);
            call.over(self.manager()?.1).await
        })
        .await;
        if result.is_err() {
            self.give_up(generation);
        }
        result
    }

    fn manager(&self) -> RedisResult<(u64, ConnectionManager)> {
        let current = self
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(manager) = current.manager {
            return Ok((current.generation, manager));
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(manager) = &current.manager {
            return Ok((current.generation, manager.clone()));
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(0);
        let manager = ConnectionManager::new_lazy_with_config(self.client.clone(), config)?;
        current.manager = Some(manager.clone());
        Ok((current.generation, manager))
    }

    /// A manager reconnects after a lost connection, but neither after a silent server nor after a
    /// handshake that was refused (a server that is still loading): the next call takes a new one.
    fn give_up(&self, generation: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.generation == generation {
            *current = Current {
                generation: generation.wrapping_add(1),
                manager: None,
            };
        }
    }
}

/// The outcome of a call, or that it took too long.
pub(super) async fn in_time<T>(call: impl Future<Output = RedisResult<T>>) -> Result<T> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(unavailable(error)),
        Err(_elapsed) => Err(Error::Unavailable(format!("no answer in {PATIENCE:?}"))),
    }
}

fn unavailable(error: RedisError) -> Error {
    Error::Unavailable(error.to_string())
}
