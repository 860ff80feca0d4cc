//! Users, teams and devices: who works here, who manages whom, who looked at whom.

pub mod query;
pub mod types;

pub use query::PeopleQuery;
pub use types::{Device, Team, User, UserRole};
