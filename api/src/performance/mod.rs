//! The room of performance: targets, rankings and scorecards, and the sums they are read from.

pub mod calendar;
pub mod cards;
pub mod explain;
mod figures;
pub mod freeze;
mod group;
pub mod measure;
pub mod mutation;
pub mod query;
pub mod ranking;
mod reach;
pub mod rebuild;
pub mod standings;
pub mod sums;
pub mod targets;
pub mod types;
pub mod words;

pub use freeze::freeze_closed;
pub use mutation::PerformanceMutation;
pub use query::PerformanceQuery;
pub use rebuild::rebuild_sums;
pub use types::{Scorecard, Target};
