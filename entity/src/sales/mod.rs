//! Orders.

pub mod order;
pub mod order_line;
