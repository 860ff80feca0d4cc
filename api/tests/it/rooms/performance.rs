//! Sums, rankings, targets, scorecards and freezing, on both databases.

mod company;
mod graph;
mod standings;
mod sums;
mod verbs;
