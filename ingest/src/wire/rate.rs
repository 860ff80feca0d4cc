//! How much one device may send: a day's backlog at once, and a steady trickle after that.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use uuid::Uuid;

use super::problem::Problem;

/// Old entries are dropped once in so many requests.
const SWEEP_EVERY: u32 = 4_096;

/// The rate of one device.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Points that may come at once.
    pub burst: NonZeroU32,
    /// Points a second that may come for ever.
    pub per_second: NonZeroU32,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            burst: NonZeroU32::MIN.saturating_add(20_000 - 1),
            per_second: NonZeroU32::MIN.saturating_add(20 - 1),
        }
    }
}

/// Counts the points of each device.
#[derive(Debug)]
pub(crate) struct Meter {
    limiter: DefaultKeyedRateLimiter<Uuid>,
    requests: AtomicU32,
}

impl Meter {
    pub(crate) fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            requests: AtomicU32::new(0),
        }
    }

    /// Counts points of a device, or tells when they may come.
    pub(crate) fn count(&self, device: Uuid, points: usize) -> Result<(), Problem> {
        let requests = self.requests.fetch_add(1, Ordering::Relaxed);
        if requests % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let Some(points) = u32::try_from(points).ok().and_then(NonZeroU32::new) else {
            return Ok(());
        };
        match self.limiter.check_key_n(&device, points) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(later)) => {
                let wait = later.wait_time_from(DefaultClock::default().now());
                Err(Problem::rate_limited(wait.as_secs() + 1))
            }
            Err(_beyond_burst) => {
                let detail = "a batch may not have more points than a device may send at once";
                Err(Problem::too_large("TOO_MANY_POINTS", detail))
            }
        }
    }
}
