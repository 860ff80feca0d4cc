//! The verbs on what the worker reads: each leaves a note of what must be derived anew, in the
//! transaction that changes it.

mod arrivals;
mod corrections;
pub mod dirty;
mod quarantine;
mod tracks;

use sea_orm::DbErr;

pub use arrivals::{accept_arrival, refuse_arrival};
pub use corrections::correct_visit;
pub use dirty::{customer_changed, everybody_changed, fences_changed, mark_dirty, team_changed};
pub use quarantine::discard_check_in;
pub use tracks::{retry_track, stalled_tracks};

/// Why a verb was not done.
#[derive(Debug, thiserror::Error)]
pub enum VerbError {
    /// Only an arrival out of range waits for a decision.
    #[error("the check-in is not an arrival out of range")]
    NotOutOfRange,
    /// The check-in has been released or discarded before.
    #[error("the check-in is no longer held")]
    NotHeld,
    /// The database could not be used.
    #[error(transparent)]
    Database(#[from] DbErr),
}
