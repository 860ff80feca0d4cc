//! How much memory the bodies of all requests take together: no more than is set.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// The unit in which memory is given out, in bytes.
const UNIT: usize = 4 << 10;

/// The memory that bodies in flight may take together.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    units: Arc<Semaphore>,
}

impl Memory {
    /// What nobody holds, in bytes.
    #[cfg(test)]
    pub(crate) fn free(&self) -> usize {
        self.units.available_permits() * UNIT
    }

    /// Room for this many bytes of bodies.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            units: Arc::new(Semaphore::new(bytes / UNIT)),
        }
    }

    /// A share of nothing yet.
    pub(crate) fn share(&self) -> Share {
        Share {
            units: Arc::clone(&self.units),
            held: None,
            bytes: 0,
        }
    }
}

/// The part of the memory that one body holds, given back on drop.
#[derive(Debug)]
pub(crate) struct Share {
    units: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Share {
    /// Takes so much in all, if it is not less than before.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        self.grow(bytes.saturating_sub(self.bytes))
    }

    /// All of it, leaving nothing.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            units: Arc::clone(&self.units),
            held: self.held.take(),
            bytes: std::mem::take(&mut self.bytes),
        }
    }

    /// Takes more, or says that the server is full.
    pub(crate) fn grow(&mut self, more: usize) -> Result<(), Problem> {
        self.bytes += more;
        let held = self
            .held
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = self.bytes.div_ceil(UNIT).saturating_sub(held);
        let Ok(missing @ 1..) = u32::try_from(missing) else {
            return Ok(());
        };
        let permit = Arc::clone(&self.units)
            .try_acquire_many_owned(missing)
            .map_err(|_full| {
                Problem::unavailable("BUSY", "too many large batches at once; try again", 2)
            })?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }
}
