//! One file a room.

mod customers;
mod field;
mod learning;
mod people;
mod performance;
mod sales;
mod webhooks;
