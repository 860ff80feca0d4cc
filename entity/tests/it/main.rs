//! The row models and their scopes, on both databases.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod constraints;
mod database;
mod ids;
mod round_trip;
mod sample;
mod visible;
