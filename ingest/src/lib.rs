//! The way in: phone intake, receipts, group commit and the worker that derives visits.

mod intake;
mod routes;
pub mod verbs;
mod wire;

pub use intake::{
    AcceptError, Committer, Fault, Faulty, Ignored, Incoming, Intake, Name, Reading, Reason,
    Receipt, Sighted, State, Status, Surroundings, Verdict,
};
pub use routes::{description, routes};
pub use wire::document::{Batch, CheckIn, Receipts};
pub use wire::rate::Rate;
