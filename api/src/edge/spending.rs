//! How much one viewer may ask for over time: a lot at once, and a steady flow after that.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use entity::id::UserId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::Caller;

/// Old entries are dropped once in so many operations.
const SWEEP_EVERY: u32 = 4_096;

/// What a viewer may ask for, in the values that answers could hold (`extensions.cost`).
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Values that may be asked for at once.
    pub burst: NonZeroU32,
    /// Values a second that may be asked for for ever.
    pub per_second: NonZeroU32,
}

impl Budget {
    /// So many values a second, and ten seconds' worth of them at once.
    pub fn per_second(values: NonZeroU32) -> Self {
        Self {
            burst: values.saturating_mul(NonZeroU32::MIN.saturating_add(9)),
            per_second: values,
        }
    }
}

impl Default for Budget {
    /// Two of the largest requests a second, twenty of them at once.
    fn default() -> Self {
        Self::per_second(NonZeroU32::MIN.saturating_add(100_000 - 1))
    }
}

/// Counts what each viewer, or each address of those who are not signed in, has asked for.
#[derive(Debug)]
pub(super) struct Spending {
    limiter: DefaultKeyedRateLimiter<Spender>,
    burst: NonZeroU32,
    operations: AtomicU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spender {
    Viewer(UserId),
    Address(Option<IpAddr>),
}

impl Spending {
    pub(super) fn new(budget: Budget) -> Self {
        let quota = Quota::per_second(budget.per_second).allow_burst(budget.burst);
        Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            burst: budget.burst,
            operations: AtomicU32::new(0),
        }
    }

    /// Counts an operation of this cost, or tells how long the caller must wait before it.
    pub(super) fn spend(&self, caller: &Caller, cost: u64) -> Result<(), Duration> {
        let operations = self.operations.fetch_add(1, Ordering::Relaxed);
        if operations % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let spender = match &caller.viewer {
            Some(viewer) => Spender::Viewer(viewer.user),
            None => Spender::Address(caller.address),
        };
        // An operation that costs more than may be spent at once waits for all of it.
        let cost = u32::try_from(cost)
            .unwrap_or(u32::MAX)
            .min(self.burst.get());
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        match self.limiter.check_key_n(&spender, cost) {
            Ok(Err(later)) => Err(later.wait_time_from(DefaultClock::default().now())),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}
