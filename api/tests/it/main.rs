//! The API against real databases.

#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod rooms;
