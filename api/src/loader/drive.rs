//! Running a request and, whenever it can go no further, the loads it waits for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, FuturesUnordered};
use futures_util::task::{ArcWake, AtomicWaker, waker};
use futures_util::{FutureExt, Stream, StreamExt};

use super::Loaders;

/// How often a request that woke itself is polled again before other tasks get their turn.
const TURNS: usize = 32;

/// A request together with its loads; resolves as the request does.
pub struct Driven<'a, T> {
    work: BoxFuture<'a, T>,
    driver: Driver,
}

impl<'a, T> Driven<'a, T> {
    /// Runs `work`, whose loads go through `loaders`.
    pub fn new(loaders: Loaders, work: impl Future<Output = T> + Send + 'a) -> Self {
        Self {
            work: work.boxed(),
            driver: Driver::new(loaders),
        }
    }
}

impl<T> Future for Driven<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Self { work, driver } = self.get_mut();
        driver.poll(cx, |cx| work.poll_unpin(cx))
    }
}

/// A subscription together with its loads. Each answer is loaded afresh.
pub struct DrivenStream<T> {
    work: BoxStream<'static, T>,
    driver: Driver,
}

impl<T> DrivenStream<T> {
    /// Runs `work`, whose loads go through `loaders`.
    pub fn new(loaders: Loaders, work: BoxStream<'static, T>) -> Self {
        Self {
            work,
            driver: Driver::new(loaders),
        }
    }
}

impl<T> Stream for DrivenStream<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let Self { work, driver } = self.get_mut();
        let answer = driver.poll(cx, |cx| work.poll_next_unpin(cx));
        if answer.is_ready() {
            driver.loaders.forget();
        }
        answer
    }
}

struct Driver {
    loaders: Loaders,
    in_flight: FuturesUnordered<BoxFuture<'static, ()>>,
    bell: Arc<Bell>,
}

/// Tells whether the work woke itself while it was polled: then it can go further by itself.
#[derive(Default)]
struct Bell {
    has_rung: AtomicBool,
    outer: AtomicWaker,
}

impl ArcWake for Bell {
    fn wake_by_ref(bell: &Arc<Self>) {
        bell.has_rung.store(true, Ordering::SeqCst);
        bell.outer.wake();
    }
}

impl Driver {
    fn new(loaders: Loaders) -> Self {
        Self {
            loaders,
            in_flight: FuturesUnordered::new(),
            bell: Arc::default(),
        }
    }

    /// Polls the work; starts the next loads only when those before have all been answered and
    /// the work can go no further, so that what waits is complete.
    fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut work: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.bell.outer.register(cx.waker());
        let ringing = waker(self.bell.clone());
        let mut inner = Context::from_waker(&ringing);
        for _ in 0..TURNS {
            self.bell.has_rung.store(false, Ordering::SeqCst);
            if let Poll::Ready(done) = work(&mut inner) {
                return Poll::Ready(done);
            }
            if self.bell.has_rung.load(Ordering::SeqCst) {
                continue;
            }
            if self.in_flight.is_empty() {
                self.in_flight.extend(self.loaders.take());
            }
            if self.in_flight.is_empty() {
                return Poll::Pending;
            }
            while let Poll::Ready(Some(())) = self.in_flight.poll_next_unpin(cx) {}
            if !self.bell.has_rung.load(Ordering::SeqCst) && !self.in_flight.is_empty() {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
