//! The program from outside: the built binary, its commands, its promises; and the house rules.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod arrows;
mod config;
mod harness;
mod house;
mod operations;
