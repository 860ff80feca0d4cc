//! What the live state promises, told of both stores.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod absence;
mod bed;
mod feed;
mod map;
mod state;
mod wake;
