//! The schema's history, run on both databases.

mod partitions;
mod up;
