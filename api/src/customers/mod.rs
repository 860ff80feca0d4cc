//! Customers: who they are, whom one talks to there, and who looks after them.

pub(crate) mod assigning;
pub mod due;
mod editing;
pub mod mutation;
pub mod query;
pub mod types;

pub use mutation::CustomersMutation;
pub use query::CustomersQuery;
pub use types::{Assignment, Contact, Customer, Segment};
