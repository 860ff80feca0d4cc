//! Customers: who they are, whom one talks to there, and who looks after them.

pub mod query;
pub mod types;

pub use query::CustomersQuery;
pub use types::{Assignment, Contact, Customer, Segment};
