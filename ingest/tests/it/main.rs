//! The way in, driven from outside on both databases.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod bed;
mod intake;
mod mqtt;
mod personal;
mod phones;
mod photos;
mod webhooks;
mod worker;
