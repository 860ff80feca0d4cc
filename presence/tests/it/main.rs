//! What the live state promises, told of both stores.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod absence;
mod bed;
mod feed;
mod map;
mod state;
mod wake;
