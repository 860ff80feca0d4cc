//! Sums, rankings and freezing, on both databases.

mod company;
mod standings;
mod sums;
