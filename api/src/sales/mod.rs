//! Sales: orders and their lines.

pub mod lines;
pub mod mutation;
pub mod query;
pub mod types;

pub use mutation::SalesMutation;
pub use query::SalesQuery;
pub use types::{Order, OrderLine};
