//! The program from outside: the built binary, its commands, its promises; and the house rules.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it measured, and sees everything"
)]

mod arrows;
mod commands;
mod config;
mod demo;
mod documents;
mod export;
mod faults;
mod harness;
mod house;
mod import;
mod operations;
mod pages;
mod phones;
mod photos;
mod privacy;
mod replay;
mod schema_is_fresh;
mod simulate;
mod spine;
mod webhooks;
