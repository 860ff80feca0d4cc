//! Learning: courses, who should take them, and who did.

pub mod mutation;
pub mod query;
pub mod standing;
pub mod standing_filter;
pub mod types;
pub(crate) mod verbs;

pub use mutation::LearningMutation;
pub use query::LearningQuery;
pub use types::{Course, Enrolment, TrainingRecord};
