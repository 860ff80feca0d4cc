//! Starts the real servers that tests run against: PostgreSQL, Redis and Mosquitto, from the
//! machine's own binaries.
//!
//! ```no_run
//! # async fn test() -> anyhow::Result<()> {
//! for bed in testbed::databases().await? {
//!     // bed.db is migrated and empty; nobody else uses it.
//! }
//! # Ok(()) }
//! ```
//!
//! Nothing is left behind, even when the test process is killed: see `watchdog.rs`.

mod database;
mod mosquitto;
mod postgres;
mod redis;
mod server;
mod watchdog;

pub use database::{Backend, TestDatabase, database, databases, postgres, sqlite};
pub use mosquitto::{MosquittoServer, mosquitto};
pub use postgres::PostgresServer;
pub use redis::{RedisServer, redis};
