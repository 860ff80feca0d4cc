//! Geofences, check-ins, and the visits derived from them.

pub mod arrival_decision;
pub mod change;
pub mod check_in;
pub mod correction;
pub mod counter;
pub mod geofence;
pub mod geofence_version;
pub mod photo;
pub mod planned_visit;
pub mod quarantine;
pub mod receipt;
pub mod receipt_key;
pub mod segment_seal;
pub mod track;
pub mod track_checkpoint;
pub mod track_dirty;
pub mod visit;
pub mod visit_rule;
