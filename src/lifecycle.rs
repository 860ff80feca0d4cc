//! Starting, watching and stopping the tasks of a process.
//!
//! A stop has two stages: what lets work in ends first, what finishes the work let in ends after
//! it. A task that ends by itself is a fault: it is reported, and started again or the process
//! stops with a failure, so that its supervisor starts it anew.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::AssertUnwindSafe,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::time::{Instant, timeout_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::signals::Signals;

/// A stop takes at most this long; what still runs then is named and left.
const STOP_LIMIT: Duration = Duration::from_secs(14);
/// Of which the first stage may take this much.
const FRONT_LIMIT: Duration = Duration::from_secs(10);
/// A kept task that died waits this long before it starts again, the first time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// And never longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A task that ran this long before it died starts again as if it had never died.
const GOOD_RUN: Duration = Duration::from_secs(60);

/// One stage of the stop.
#[derive(Debug, Clone, Default)]
struct Stage {
    token: CancellationToken,
    tracker: TaskTracker,
}

#[derive(Debug, Default)]
struct Inner {
    front: Stage,
    back: Stage,
    /// The tasks that are down now, and why.
    down: Mutex<BTreeMap<&'static str, String>>,
    /// The tasks that have not ended.
    running: Mutex<BTreeMap<&'static str, usize>>,
    /// Cancelled when a task that cannot be started again has ended by itself.
    failed: CancellationToken,
}

/// The tasks of this process. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lifecycle {
    inner: Arc<Inner>,
}

impl Lifecycle {
    /// Cancelled when the process begins to stop: let no new work in.
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.inner.front.token.clone()
    }

    /// Cancelled when nothing lets work in any more: finish and end.
    pub(crate) fn halting(&self) -> CancellationToken {
        self.inner.back.token.clone()
    }

    /// Runs a task that lets work in. It ends once `stopping` is cancelled; an end before is a
    /// fault that stops the process.
    pub(crate) fn spawn_front(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        self.spawn_in(self.inner.front.clone(), name, task);
    }

    /// Runs a task that finishes the work let in. It ends once `halting` is cancelled, or once the
    /// process stops and no work is left; an end before is a fault that stops the process.
    pub(crate) fn spawn(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        self.spawn_in(self.inner.back.clone(), name, task);
    }

    fn spawn_in(
        &self,
        stage: Stage,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let lifecycle = self.clone();
        // Once nothing lets work in, the task that finishes it may end before it is told to.
        let stopping = self.stopping();
        self.began(name);
        stage.tracker.spawn(async move {
            let end = AssertUnwindSafe(task).catch_unwind().await;
            lifecycle.ended(name);
            if end.is_err() || !stopping.is_cancelled() {
                let why = if end.is_err() {
                    "it panicked"
                } else {
                    "it ended by itself"
                };
                tracing::error!(task = name, "a task is down: {why}");
                lifecycle.report_down(name, why.to_owned());
                lifecycle.inner.failed.cancel();
            }
        });
    }

    /// Runs a task that may be started again: when it ends before `halting` is cancelled, it is
    /// reported down and started anew after a pause.
    pub(crate) fn keep<F, T>(&self, name: &'static str, mut task: F)
    where
        F: FnMut(CancellationToken) -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let lifecycle = self.clone();
        let token = self.halting();
        self.began(name);
        self.inner.back.tracker.spawn(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                let started = Instant::now();
                let end = AssertUnwindSafe(async { task(token.clone()).await })
                    .catch_unwind()
                    .await;
                if token.is_cancelled() {
                    break;
                }
                let why = if end.is_err() {
                    "it panicked"
                } else {
                    "it ended by itself"
                };
                if started.elapsed() >= GOOD_RUN {
                    pause = FIRST_PAUSE;
                }
                tracing::error!(
                    task = name,
                    ?pause,
                    "a task is down and starts again: {why}"
                );
                metrics::counter!("fieldhub_task_restarts_total", "task" => name).increment(1);
                lifecycle.report_down(name, format!("{why} and starts again"));
                tokio::select! {
                    () = token.cancelled() => break,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
                lifecycle.report_up(name);
            }
            lifecycle.ended(name);
        });
    }

    /// The tasks that are down now, and why.
    pub(crate) fn down(&self) -> BTreeMap<&'static str, String> {
        lock(&self.inner.down).clone()
    }

    fn report_down(&self, name: &'static str, why: String) {
        lock(&self.inner.down).insert(name, why);
    }

    fn report_up(&self, name: &'static str) {
        lock(&self.inner.down).remove(name);
    }

    fn began(&self, name: &'static str) {
        *lock(&self.inner.running).entry(name).or_default() += 1;
    }

    fn ended(&self, name: &'static str) {
        let mut running = lock(&self.inner.running);
        if let Some(count) = running.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                running.remove(name);
            }
        }
    }

    /// Waits for a signal or a fault, then stops everything in two stages. A second signal ends
    /// the process at once.
    pub(crate) async fn run_until_stopped(&self, mut signals: Signals) -> ExitCode {
        let has_failed = tokio::select! {
            () = signals.next() => false,
            () = self.inner.failed.cancelled() => true,
        };
        tracing::info!("stopping");
        let is_clean = tokio::select! {
            is_clean = self.stop() => is_clean,
            () = signals.next() => {
                tracing::warn!("stopped at once by a second signal");
                false
            }
        };
        if has_failed || !is_clean {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Stops everything; `false` when something still ran at the end of the time.
    pub(crate) async fn stop(&self) -> bool {
        self.stop_within(FRONT_LIMIT, STOP_LIMIT).await
    }

    async fn stop_within(&self, front_limit: Duration, limit: Duration) -> bool {
        let begun = Instant::now();
        let Inner { front, back, .. } = &*self.inner;
        front.token.cancel();
        front.tracker.close();
        let is_front_done = timeout_at(begun + front_limit, front.tracker.wait())
            .await
            .is_ok();
        back.token.cancel();
        back.tracker.close();
        let is_back_done = timeout_at(begun + limit, back.tracker.wait()).await.is_ok();
        if is_front_done && is_back_done {
            tracing::info!(took_ms = begun.elapsed().as_millis() as u64, "stopped");
            return true;
        }
        let left: Vec<_> = lock(&self.inner.running).keys().copied().collect();
        tracing::error!(
            tasks = left.join(", "),
            "tasks still ran at the end of the time to stop"
        );
        false
    }
}

/// A map is whole after each statement, so a poisoned lock is as good as another.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
