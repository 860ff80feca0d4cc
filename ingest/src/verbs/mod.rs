//! The verbs on what the worker reads: each leaves a note of what must be derived anew, in the
//! transaction that changes it.

pub mod dirty;

pub use dirty::{customer_changed, fences_changed, mark_dirty, team_changed};
