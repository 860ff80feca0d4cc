//! The rules of field sales: pure functions over places, times and people; no clock, no I/O.

pub mod attainment;
pub mod coverage;
pub mod metric;
pub mod money;
pub mod period;
pub mod ranking;
pub mod scorecard;
pub mod zone;
