//! The tables: each row described once, its typed id, and who may see it.

pub mod database;
pub mod decimal;
pub mod id;
pub mod keys;
pub mod viewer;

pub use database::Database;
