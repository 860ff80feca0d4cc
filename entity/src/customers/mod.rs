//! Customers, their people and who looks after them.

pub mod assignment;
pub mod contact;
pub mod customer;
pub mod segment;
