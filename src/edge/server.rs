//! The connections: accepted, served, and let go without cutting off anybody's request.
//!
//! axum's own server has no time limit for a client that never ends its headers, and at a stop
//! it closes the listener while requests still stand in its queue; hence this one.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::unconstrained,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::edge::linger::Shared;

/// A client ends its headers within this time; a connection without a request is closed after it.
const HEADER_LIMIT: Duration = Duration::from_secs(60);
/// The longest head of a request, in bytes.
const HEAD_BYTES: usize = 32 * 1024;
/// Connections at once; more wait in the listener's queue.
const MOST_CONNECTIONS: usize = 16_384;
/// After the stop began, requests are still taken for this long: they were on their way.
const LAST_CALL: Duration = Duration::from_millis(500);

/// Serves until `stopping`, then answers what is on its way and closes.
pub(crate) async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
    let connections = TaskTracker::new();
    let hang_up = CancellationToken::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let last_call = async {
        stopping.cancelled().await;
        tokio::time::sleep(LAST_CALL).await;
    };
    tokio::pin!(last_call);
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            break;
        };
        tokio::select! {
            biased;
            // Unconstrained: a full queue must not look empty because this task has run for long.
            accepted = unconstrained(listener.accept()) => match accepted {
                Ok((stream, peer)) => {
                    let router = router.clone();
                    connections.spawn(connection(stream, peer, router, hang_up.clone(), place));
                }
                Err(error) => refused(error).await,
            },
            () = &mut last_call => break,
        }
    }
    drop(listener);
    hang_up.cancel();
    connections.close();
    connections.wait().await;
}

/// Out of file handles, most often: waiting a little frees some.
async fn refused(error: std::io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    hang_up: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection answers in larger steps");
    }
    let stream = Shared::new(stream);
    let is_upgraded = Arc::new(AtomicBool::new(false));
    let upgraded = is_upgraded.clone();
    let was_asked = Arc::new(AtomicBool::new(false));
    let asked = was_asked.clone();
    let service = router
        .map_request(move |mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        })
        .map_response(move |response: Response| {
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                upgraded.store(true, Ordering::Relaxed);
            }
            response
        });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .max_header_size(HEAD_BYTES)
        .serve_connection(
            TokioIo::new(stream.clone()),
            TowerToHyperService::new(service),
        )
        .with_upgrades();
    tokio::pin!(connection);
    let hang_up = async {
        hang_up.cancelled().await;
        // The first request may have come and not been read yet: a new connection gets a moment.
        if !was_asked.load(Ordering::Relaxed) {
            tokio::time::sleep(LAST_CALL).await;
        }
    };
    let end = tokio::select! {
        end = &mut connection => end,
        () = hang_up => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = end {
        tracing::debug!(%error, "a connection ended early");
    }
    // What was upgraded belongs to the socket's own task from here on.
    if !is_upgraded.load(Ordering::Relaxed) {
        stream.linger().await;
    }
}
