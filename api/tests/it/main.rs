//! The API from outside: its edge, its lists, its rooms.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod access;
mod app;
mod documents;
mod http;
mod import;
mod limits;
mod pages;
mod rooms;
mod schema;
mod socket;
mod spending;
