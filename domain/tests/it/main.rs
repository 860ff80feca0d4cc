//! The rules as sentences, held against examples, properties and real tracks.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its reader too"
)]

mod presence;
mod visit;
