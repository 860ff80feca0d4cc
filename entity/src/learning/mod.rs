//! Courses, who should take them and who did.

pub mod course;
pub mod enrolment;
pub mod training_record;
