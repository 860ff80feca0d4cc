//! Field: what phones sent, the visits derived from it, where reps are, and the fences, plans and
//! rules by which they are judged.

pub mod activity;
pub mod check_in;
pub mod check_in_filter;
pub mod day;
pub mod decisions;
pub mod duty;
pub mod explain;
mod feed_place;
pub mod fences;
pub mod filter;
pub mod friends;
pub mod geofence;
mod links;
mod live;
pub mod mutation;
pub mod photo;
pub mod plan;
pub mod plans;
pub mod presence;
pub mod presence_feed;
pub mod query;
mod roster;
mod stored;
pub mod subscription;
pub mod suspicion;
pub mod track;
pub mod trial;
pub mod verdict;
pub mod visit;
pub mod visit_feed;
pub mod words;

pub use check_in::CheckIn;
pub use geofence::Geofence;
pub(crate) use links::{CustomerInField, UserInField};
pub(crate) use live::Live;
pub use mutation::FieldMutation;
pub use photo::Photo;
pub use plan::{PlannedVisit, VisitRule};
pub use presence::Presence;
pub use query::FieldQuery;
pub(crate) use stored::find_check_in;
pub use subscription::FieldSubscription;
pub use track::Track;
pub use visit::Visit;
