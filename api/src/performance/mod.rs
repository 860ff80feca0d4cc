//! The room of performance: targets, rankings and scorecards, and the sums they are read from.

pub mod calendar;
mod figures;
pub mod freeze;
mod group;
pub mod measure;
mod reach;
pub mod rebuild;
pub mod standings;
pub mod sums;

pub use freeze::freeze_closed;
pub use rebuild::rebuild_sums;
