//! Users, teams and devices: who works here, who manages whom, who looked at whom.

pub mod access;
pub mod accounts;
pub mod company;
pub mod devices;
pub mod erasing;
pub mod hours;
pub mod map;
pub mod mutation;
pub(crate) mod own;
pub mod query;
pub mod session;
pub mod teams;
pub mod types;

pub use access::AccessLogEntry;
pub use company::Company;
pub use devices::Device;
pub use hours::WorkingHours;
pub use map::{MapDatum, MapTiles};
pub use mutation::PeopleMutation;
pub use query::PeopleQuery;
pub use types::{Team, User, UserRole};
