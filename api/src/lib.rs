//! The GraphQL surface of the hub, with its HTTP and WebSocket edge.

pub mod auth;
pub mod context;
pub mod customers;
pub mod datum;
mod described;
pub mod edge;
pub mod error;
pub mod export;
pub mod field;
pub mod filter;
mod formula;
pub mod guard;
pub mod import;
pub mod input;
pub mod learning;
pub mod loader;
pub mod node;
pub mod page;
pub mod people;
pub mod performance;
pub mod place;
pub mod sales;
pub mod scalar;
mod schema;
pub mod webhooks;

pub use error::{Error, Result};
pub use schema::{Schema, builder, schema, sdl};
