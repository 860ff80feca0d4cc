//! The tables: each row described once, its typed id, and who may see it.

mod relation;

pub mod customers;
pub mod database;
pub mod decimal;
pub mod field;
pub mod id;
pub mod keys;
pub mod learning;
pub mod people;
pub mod performance;
pub mod sales;
pub mod scope;
pub mod viewer;
pub mod webhooks;

pub use database::Database;
