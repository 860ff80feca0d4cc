//! Sums, rankings, targets, scorecards and freezing, on both databases.

mod company;
mod courses;
mod graph;
mod records;
mod scorecards;
mod settings;
mod standings;
mod sums;
mod targets;
