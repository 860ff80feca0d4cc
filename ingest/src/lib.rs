//! The way in: phone intake, receipts, group commit and the worker that derives visits.

mod backlog;
mod clock;
mod fences;
mod intake;
pub mod personal;
pub mod phones;
mod photos;
mod purge;
mod rebuild;
mod routes;
mod rows;
pub mod verbs;
pub mod webhooks;
mod wire;
pub mod worker;

pub use backlog::Backlog;
pub use fences::{FenceSet, Fences, TrialFence};
pub use intake::{
    AcceptError, Committer, Fault, Faulty, Filed, Ignored, Incoming, Intake, Name, Reading, Reason,
    Receipt, Sighted, State, Status, Surroundings, Told, Verdict, duties, file,
};
pub use photos::{PhotoError, PhotoStore, Photos, StoreError, giving, taking};
pub use purge::{Purge, Purged, Retention};
pub use rebuild::{Rebuild, RebuildError};
pub use routes::{description, routes};
pub use wire::document::{Batch, CheckIn, Receipts};
pub use wire::rate::Rate;
pub use worker::Worker;
