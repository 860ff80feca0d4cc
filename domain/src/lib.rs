//! The rules of field sales: pure functions over places, times and people; no clock, no I/O.

pub mod attainment;
pub mod bounds;
pub mod coverage;
pub mod datum;
pub mod distance;
pub mod duty;
pub mod fence_index;
pub mod geofence;
pub mod hexagon;
pub mod metric;
pub mod money;
pub mod period;
pub mod position;
pub mod presence;
pub mod ranking;
pub mod scorecard;
pub mod training;
pub mod visit;
pub mod zone;
