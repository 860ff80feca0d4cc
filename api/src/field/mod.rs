//! Field: what phones sent, the visits derived from it, where reps are, and the fences, plans and
//! rules by which they are judged.

pub mod check_in;
pub mod check_in_filter;
pub mod explain;
pub mod filter;
pub mod geofence;
mod links;
pub mod plan;
pub mod presence;
pub mod query;
mod receipt_key;
mod stored;
pub mod track;
pub mod visit;
pub mod words;

pub use check_in::CheckIn;
pub use geofence::Geofence;
pub(crate) use links::{CustomerInField, UserInField};
pub use plan::{PlannedVisit, VisitRule};
pub use presence::Presence;
pub use query::FieldQuery;
pub(crate) use stored::find_check_in;
pub use track::Track;
pub use visit::Visit;
