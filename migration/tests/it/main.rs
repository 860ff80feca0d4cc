//! The schema's history, run on both databases.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod killed;
mod partitions;
mod up;
