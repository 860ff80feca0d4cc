//! How many exports of one viewer run at once: an export is not measured by the graph's budget,
//! because it is meant to be long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::id::UserId;

use super::Fault;

/// The exports of a viewer that run at once.
const AT_ONCE: usize = 2;

/// Counts the exports that run. A clone is a handle on the same count.
#[derive(Clone, Debug, Default)]
pub struct Slots(Arc<Mutex<HashMap<UserId, usize>>>);

/// An export that runs, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    viewer: UserId,
}

impl Slots {
    /// One more export of a viewer, unless too many run.
    pub(super) fn take(&self, viewer: UserId) -> Result<Slot, Fault> {
        let mut running = self.lock();
        let count = running.entry(viewer).or_default();
        if *count >= AT_ONCE {
            let message = format!("{AT_ONCE} of your exports are running: wait for one to end");
            return Err(Fault::new("RATE_LIMITED", message));
        }
        *count += 1;
        Ok(Slot {
            slots: self.clone(),
            viewer,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.slots.lock();
        if let Some(count) = running.get_mut(&self.viewer) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.viewer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_run_at_once_and_the_next_when_one_has_ended() {
        let slots = Slots::default();
        let (ann, bob) = (UserId::new(), UserId::new());
        let first = slots.take(ann).unwrap();
        let _second = slots.take(ann).unwrap();
        assert_eq!(slots.take(ann).unwrap_err().code, "RATE_LIMITED");
        assert!(slots.take(bob).is_ok(), "others do not wait");
        drop(first);
        assert!(slots.take(ann).is_ok());
        assert_eq!(slots.lock().len(), 1, "nobody is kept who has none");
    }
}
