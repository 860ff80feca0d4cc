//! One socket from its first message to its close.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, ServerError};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use chrono::Utc;
use entity::viewer::Viewer;
use futures_util::StreamExt;
use futures_util::stream::{self, AbortHandle, BoxStream, SelectAll};
use serde_json::{Map, Value};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout};

use super::message::{Close, Said, Say};
use crate::auth::{self, AuthError};
use crate::edge::answer::{self, Answer};
use crate::edge::params::Params;
use crate::edge::{Caller, Edge, run};

/// How the conversation goes on.
type Step = Result<(), End>;

/// How it ends.
enum End {
    /// We close, and say why.
    Close(Close),
    /// The other side is gone, or reads too slowly to be told anything.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// What a running operation produced; none at its end. The number tells it from an earlier
/// operation with the same id.
type Event = (String, u64, Option<Answer>);

pub(super) struct Conversation<E> {
    edge: Edge<E>,
    socket: WebSocket,
    caller: Caller,
    credential: Option<String>,
    is_acknowledged: bool,
    running: HashMap<String, (u64, AbortHandle)>,
    events: SelectAll<BoxStream<'static, Event>>,
    started: u64,
    pings_unanswered: u8,
}

impl<E: Executor> Conversation<E> {
    pub(super) fn new(edge: Edge<E>, socket: WebSocket, caller: Caller) -> Self {
        Self {
            edge,
            socket,
            caller,
            credential: None,
            is_acknowledged: false,
            running: HashMap::new(),
            events: SelectAll::new(),
            started: 0,
            pings_unanswered: 0,
        }
    }

    pub(super) async fn run(mut self) {
        let end = match self.socket.protocol() {
            Some(_) => self.talk().await,
            None => End::Close(Close::wrong_protocol()),
        };
        if let End::Close(close) = end {
            let Close { code, reason } = close;
            metrics::counter!("fieldhub_graphql_sockets_closed_total", "code" => code.to_string())
                .increment(1);
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            // Whether the other side hears it or not, this ends.
            let _ = self.send(Message::Close(Some(frame))).await;
        }
    }

    async fn talk(&mut self) -> End {
        let times = self.edge.inner.settings.socket;
        let stop = self.edge.inner.stop.clone();
        let init_by = Instant::now() + times.init;
        let mut ping = every(times.ping);
        let mut recheck = every(times.recheck);
        loop {
            let step = tokio::select! {
                () = stop.cancelled() => Err(Close::going_away().into()),
                () = sleep_until(init_by), if !self.is_acknowledged => {
                    Err(Close::init_timeout().into())
                }
                message = self.socket.recv() => self.hear(message, init_by).await,
                Some(event) = self.events.next(), if !self.events.is_empty() => {
                    self.tell(event).await
                }
                _ = ping.tick() => self.ping().await,
                _ = recheck.tick(), if self.is_acknowledged => self.recheck().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        init_by: Instant,
    ) -> Step {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                self.pings_unanswered = 0;
                return Ok(());
            }
            Some(Ok(Message::Binary(_))) => {
                return Err(Close::bad_message("messages are text").into());
            }
            Some(Err(error)) if Close::is_too_big(&error) => return Err(Close::too_big().into()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        };
        self.pings_unanswered = 0;
        match Said::read(&text).map_err(Close::bad_message)? {
            Said::Init(_) if self.is_acknowledged => Err(Close::second_init().into()),
            Said::Init(payload) => {
                timeout(init_by.duration_since(Instant::now()), self.init(payload))
                    .await
                    .unwrap_or_else(|_elapsed| Err(Close::init_timeout().into()))
            }
            Said::Ping(payload) => self.say(&Say::Pong { payload }).await,
            Said::Pong => Ok(()),
            Said::Subscribe { .. } if !self.is_acknowledged => Err(Close::unauthorized().into()),
            Said::Subscribe { id, params } => self.subscribe(id, params).await,
            Said::Complete { id } => {
                self.end(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: Map<String, Value>) -> Step {
        let credential = ["authorization", "Authorization"]
            .iter()
            .find_map(|name| payload.get(*name));
        if let Some(credential) = credential {
            let credential = credential
                .as_str()
                .ok_or_else(|| Close::bad_message("authorization must be a string"))?;
            let bearer = auth::bearer(credential).to_owned();
            let admitted = (self.edge.inner.admit)(bearer.clone(), String::new()).await;
            self.caller.viewer = Some(admitted.map_err(Close::from)?);
            self.credential = Some(bearer);
        }
        self.is_acknowledged = true;
        self.say(&Say::ConnectionAck).await
    }

    async fn subscribe(&mut self, id: String, params: Params) -> Step {
        if self.running.contains_key(&id) {
            return Err(Close::duplicate(&id).into());
        }
        let limit = self.edge.inner.settings.limits.operations;
        if self.running.len() >= limit {
            let message = format!("at most {limit} operations run on one socket");
            let error = answer::coded(ServerError::new(message, None), "TOO_MANY_OPERATIONS");
            return self.refuse(&id, &[error]).await;
        }
        let request_id = run::new_request_id();
        let prepared = match self.edge.prepare(params, self.caller.clone(), request_id) {
            Ok(prepared) => prepared,
            Err(error) => return self.refuse(&id, &[error]).await,
        };
        let answers = if prepared.kind == OperationType::Subscription {
            self.edge.subscribe(prepared)
        } else {
            let edge = self.edge.clone();
            stream::once(async move { edge.execute(prepared).await }).boxed()
        };
        self.started += 1;
        let (number, tag) = (self.started, id.clone());
        let (answers, handle) = stream::abortable(answers);
        let ended = stream::once(std::future::ready(None));
        let events = answers.map(Some).chain(ended);
        let events = events.map(move |answer| (tag.clone(), number, answer));
        self.events.push(events.boxed());
        self.running.insert(id, (number, handle));
        metrics::gauge!("fieldhub_graphql_operations").increment(1.0);
        Ok(())
    }

    async fn tell(&mut self, (id, number, answer): Event) -> Step {
        if self
            .running
            .get(&id)
            .is_none_or(|(running, _)| *running != number)
        {
            return Ok(());
        }
        match answer {
            Some(answer) if answer.is_request_error() => {
                self.end(&id);
                self.refuse(&id, &answer.errors).await
            }
            Some(answer) => {
                self.say(&Say::Next {
                    id: &id,
                    payload: &answer,
                })
                .await
            }
            None => {
                self.end(&id);
                self.say(&Say::Complete { id: &id }).await
            }
        }
    }

    fn end(&mut self, id: &str) {
        if let Some((_, handle)) = self.running.remove(id) {
            handle.abort();
            metrics::gauge!("fieldhub_graphql_operations").decrement(1.0);
        }
    }

    async fn refuse(&mut self, id: &str, errors: &[ServerError]) -> Step {
        self.say(&Say::Error {
            id,
            payload: errors,
        })
        .await
    }

    /// A socket whose other side has said nothing for two pings is dead.
    async fn ping(&mut self) -> Step {
        if self.pings_unanswered >= 2 {
            return Err(End::Gone);
        }
        self.pings_unanswered += 1;
        self.send(Message::Ping(Default::default())).await
    }

    /// A credential that has ended, or was taken back, ends the conversation.
    async fn recheck(&mut self) -> Step {
        let Some(viewer) = &self.caller.viewer else {
            return Ok(());
        };
        if viewer.expires_at.is_some_and(|end| end <= Utc::now()) {
            return Err(Close::forbidden("the token has expired").into());
        }
        let Some(credential) = self.credential.clone() else {
            return Ok(());
        };
        match (self.edge.inner.admit)(credential, String::new()).await {
            Ok(now) if is_same_sight(&now, viewer) => Ok(()),
            Ok(_) => Err(Close::changed().into()),
            // The database is away: what was true a moment ago holds until it is back.
            Err(AuthError::Unavailable(_)) => Ok(()),
            Err(error) => Err(Close::from(error).into()),
        }
    }

    async fn say(&mut self, say: &Say<'_>) -> Step {
        let text = serde_json::to_string(say).map_err(|_| Close::fault())?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Step {
        let patience = self.edge.inner.settings.socket.send;
        match timeout(patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

impl<E> Drop for Conversation<E> {
    fn drop(&mut self) {
        metrics::gauge!("fieldhub_graphql_operations").decrement(self.running.len() as f64);
    }
}

fn every(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

fn is_same_sight(left: &Viewer, right: &Viewer) -> bool {
    left.role == right.role && format!("{:?}", left.scope) == format!("{:?}", right.scope)
}
