//! Batched loads: the keys that many fields ask for at once become one statement.
//!
//! A load waits until the request as a whole can go no further; then every queue is answered
//! by one call each. So the number of statements follows from the shape of the query, whatever
//! the number of rows and however the tasks are scheduled. A batch runs inside the request's own
//! task: when the request is dropped, so are its statements.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{Context, Pos};
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::error::{Error, Result};

mod drive;
mod rows;

pub use drive::{Driven, DrivenStream};
pub use rows::{link, row};

/// One kind of load.
pub trait Load: Send + Sync + 'static {
    /// What a value is asked for by.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    /// What is loaded.
    type Value: Clone + Send + Sync + 'static;

    /// Loads all keys at once; keys without a value are left out.
    fn load(
        &self,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

/// By the kind of load and its place.
type Queues = HashMap<(TypeId, Place), Box<dyn AnyQueue>>;

/// Where in the document a load is asked for, and what else tells it from others there.
type Place = (Pos, u64);

/// The loads of one request: what waits, and what is known already.
#[derive(Clone, Default)]
pub struct Loaders {
    queues: Arc<Mutex<Queues>>,
}

impl Loaders {
    /// Loads by key wherever in the document it is asked; equal keys share one answer.
    pub async fn load<L: Load>(
        &self,
        loader: impl FnOnce() -> L,
        key: L::Key,
    ) -> Result<Option<L::Value>> {
        self.load_apart(0, loader, key).await
    }

    /// As [`Loaders::load`], but loads of one kind that differ in `apart` share no answer.
    pub async fn load_apart<L: Load>(
        &self,
        apart: u64,
        loader: impl FnOnce() -> L,
        key: L::Key,
    ) -> Result<Option<L::Value>> {
        self.load_at((Pos::default(), apart), loader, key).await
    }

    /// Loads for a field whose arguments take part in the load. Fields at the same place of the
    /// document have the same arguments, so they share a statement, and no others do. A fragment
    /// puts one field below different parents: what of them takes part in the load goes into
    /// `apart`.
    pub async fn load_for_field<L: Load>(
        &self,
        ctx: &Context<'_>,
        apart: u64,
        loader: impl FnOnce() -> L,
        key: L::Key,
    ) -> Result<Option<L::Value>> {
        self.load_at((ctx.item.pos, apart), loader, key).await
    }

    async fn load_at<L: Load>(
        &self,
        place: Place,
        loader: impl FnOnce() -> L,
        key: L::Key,
    ) -> Result<Option<L::Value>> {
        let answer = {
            let mut queues = lock(&self.queues);
            let queue = queues
                .entry((TypeId::of::<L>(), place))
                .or_insert_with(|| Box::new(Queue::new(loader())));
            let queue = (queue.as_mut() as &mut dyn Any)
                .downcast_mut::<Queue<L>>()
                .ok_or_else(|| Error::internal("a load met another's queue"))?;
            match queue.ask(key) {
                Asked::Known(value) => return Ok(value),
                Asked::Waiting(answer) => answer,
            }
        };
        // Outside tokio's budget: a wait that only seems to be over the budget would let a batch
        // go before all its keys have come.
        tokio::task::unconstrained(answer)
            .await
            .unwrap_or_else(|_| Err(Error::internal("a load ended without an answer")))
    }

    /// Takes all that waits, one future a queue.
    fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        lock(&self.queues)
            .values_mut()
            .filter_map(|queue| queue.take())
            .collect()
    }

    /// Forgets what is known, so that what follows a change, or the next answer of a subscription,
    /// is read afresh.
    pub(crate) fn forget(&self) {
        lock(&self.queues).clear();
    }
}

trait AnyQueue: Any + Send {
    fn take(&mut self) -> Option<BoxFuture<'static, ()>>;
}

type Answer<V> = Result<Option<V>>;
type Waiting<V> = Vec<oneshot::Sender<Answer<V>>>;

enum Asked<V> {
    Known(Option<V>),
    Waiting(oneshot::Receiver<Answer<V>>),
}

struct Queue<L: Load> {
    loader: Arc<L>,
    queued: Vec<L::Key>,
    state: Arc<Mutex<State<L>>>,
}

struct State<L: Load> {
    /// Who waits for a key, whether it is queued or being loaded.
    waiting: HashMap<L::Key, Waiting<L::Value>>,
    known: HashMap<L::Key, Option<L::Value>>,
}

impl<L: Load> Queue<L> {
    fn new(loader: L) -> Self {
        Self {
            loader: Arc::new(loader),
            queued: Vec::new(),
            state: Arc::new(Mutex::new(State {
                waiting: HashMap::new(),
                known: HashMap::new(),
            })),
        }
    }

    fn ask(&mut self, key: L::Key) -> Asked<L::Value> {
        let mut state = lock(&self.state);
        if let Some(known) = state.known.get(&key) {
            return Asked::Known(known.clone());
        }
        let (sender, receiver) = oneshot::channel();
        if let Some(waiting) = state.waiting.get_mut(&key) {
            waiting.push(sender);
        } else {
            state.waiting.insert(key.clone(), vec![sender]);
            self.queued.push(key);
        }
        Asked::Waiting(receiver)
    }
}

impl<L: Load> AnyQueue for Queue<L> {
    fn take(&mut self) -> Option<BoxFuture<'static, ()>> {
        if self.queued.is_empty() {
            return None;
        }
        let keys = std::mem::take(&mut self.queued);
        let (loader, state) = (self.loader.clone(), self.state.clone());
        Some(Box::pin(async move {
            let loaded = loader.load(keys.clone()).await;
            lock(&state).answer(keys, loaded);
        }))
    }
}

impl<L: Load> State<L> {
    fn answer(&mut self, keys: Vec<L::Key>, loaded: Result<HashMap<L::Key, L::Value>>) {
        for key in keys {
            let answer = loaded.as_ref().map(|values| values.get(&key).cloned());
            let waiting = self.waiting.remove(&key).unwrap_or_default();
            for sender in waiting {
                // Nobody may be waiting any more: the field's sibling failed.
                let _ = sender.send(answer.clone().map_err(Error::clone));
            }
            if let Ok(value) = answer {
                self.known.insert(key, value);
            }
        }
    }
}

/// A poisoned lock guards nothing half-done here: no code under it can stop midway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
