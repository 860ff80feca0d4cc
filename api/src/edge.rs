//! GraphQL over HTTP and over graphql-transport-ws, on the library's executor.
//!
//! The library's own handlers answer wrongly where it hurts (mutations by GET, any content type,
//! any origin, no limits), so the edge is ours: it reads the request, measures it, runs it under
//! a deadline, and words every error.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use axum::Router;
use axum::routing::{any, get};
use entity::viewer::Viewer;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::AuthError;
use crate::error::{Error, Result};

mod accept;
mod answer;
mod documents;
mod http;
mod limits;
mod operation;
mod params;
mod run;
mod shape;
mod spending;
mod tokens;
mod ws;

use documents::Documents;
pub use documents::{Manifest, Unlisted};
pub use limits::Limits;
use shape::Shape;
pub use spending::Budget;
use spending::Spending;

/// Tells who a credential belongs to; the second argument is the purpose of the visit.
pub type Admit =
    Arc<dyn Fn(String, String) -> BoxFuture<'static, Result<Viewer, AuthError>> + Send + Sync>;

/// Who sends a request.
#[derive(Clone, Debug, Default)]
struct Caller {
    /// Whoever signed in.
    viewer: Option<Viewer>,
    /// Where from; the middleware of the process puts it into the request's extensions.
    address: Option<IpAddr>,
}

/// How the edge behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much one request may ask for.
    pub limits: Limits,
    /// How much one viewer may ask for over time.
    pub budget: Budget,
    /// Documents that may be asked for by their id.
    pub manifest: Manifest,
    /// What becomes of the others.
    pub unlisted: Unlisted,
    /// Whether introspection and "did you mean" are kept from everybody but admins.
    pub is_production: bool,
    /// Web origins (`https://hub.example`) that may open a WebSocket, besides our own.
    pub allowed_origins: Vec<String>,
    /// How long one query or mutation may take.
    pub deadline: Duration,
    /// The times of a WebSocket.
    pub socket: SocketTimes,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            budget: Budget::default(),
            manifest: Manifest::default(),
            unlisted: Unlisted::default(),
            is_production: true,
            allowed_origins: Vec::new(),
            deadline: Duration::from_secs(15),
            socket: SocketTimes::default(),
        }
    }
}

/// The times of a WebSocket.
#[derive(Clone, Copy, Debug)]
pub struct SocketTimes {
    /// A socket that has not introduced itself by then is closed (4408).
    pub init: Duration,
    /// How often we ask whether the other side still lives.
    pub ping: Duration,
    /// A reader that takes longer for one message is dropped.
    pub send: Duration,
    /// How often the credential is judged again.
    pub recheck: Duration,
}

impl Default for SocketTimes {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(5),
            ping: Duration::from_secs(12),
            send: Duration::from_secs(10),
            recheck: Duration::from_secs(10),
        }
    }
}

/// The edge of one schema; cheap to clone.
pub struct Edge<E> {
    inner: Arc<Inner<E>>,
}

impl<E> Clone for Edge<E> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

struct Inner<E> {
    executor: E,
    shape: Shape,
    settings: Settings,
    documents: Documents,
    spending: Spending,
    admit: Admit,
    stop: CancellationToken,
    sockets: TaskTracker,
}

impl<E: Executor> Edge<E> {
    /// An edge for `executor`, whose schema reads `sdl`. When `stop` is cancelled every socket is
    /// closed with 1001; `sockets` tells when all are gone.
    pub fn new(
        executor: E,
        sdl: &str,
        mut settings: Settings,
        admit: Admit,
        stop: CancellationToken,
        sockets: TaskTracker,
    ) -> Result<Self> {
        let shape = Shape::read(sdl).map_err(Error::internal)?;
        Ok(Self {
            inner: Arc::new(Inner {
                executor,
                shape,
                documents: Documents::new(std::mem::take(&mut settings.manifest)),
                spending: Spending::new(settings.budget),
                settings,
                admit,
                stop,
                sockets,
            }),
        })
    }

    /// `/graphql` and `/graphql/ws`. Whoever signed in stands in the request's
    /// extensions as a [`Viewer`], put there by the middleware of the process.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/graphql", any(http::answer::<E>))
            .route("/graphql/ws", get(ws::upgrade::<E>))
            .with_state(self)
    }
}
