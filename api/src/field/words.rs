//! The words of the field room: what is stored, as enums that clients know.

use async_graphql::Enum;
use domain::{presence, visit as rules};
use entity::field::{
    arrival_decision, change, check_in, geofence_version, quarantine, receipt, visit,
};

/// Filters compare the words as they are stored.
macro_rules! stored {
    ($($word:ty => $row:ty),+ $(,)?) => {$(
        impl From<$word> for sea_orm::Value {
            fn from(word: $word) -> Self {
                <$row>::from(word).into()
            }
        }
    )+};
}

stored! {
    VisitEnd => visit::EndReason,
    VisitOpening => visit::OpenedBy,
    CheckInStatus => receipt::Status,
    CheckInKind => check_in::Kind,
    ArrivalOutcome => check_in::Outcome,
    QuarantineResolution => quarantine::Resolution,
    VisitChangeKind => change::Kind,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "visit::EndReason")]
pub enum VisitEnd {
    /// The rep was seen outside.
    Exit,
    /// The rep said so.
    Departed,
    /// Nothing was heard for too long.
    Silence,
    /// The rep was at another customer.
    Superseded,
}

/// What opened a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "visit::OpenedBy")]
pub enum VisitOpening {
    /// The phone's trail stayed within the fence.
    Trail,
    /// The rep said so, within range.
    Arrive,
    /// The rep said so out of range, and a manager accepted it.
    Accepted,
    /// The rep said so at a customer without a fence.
    NoFence,
    /// A person corrected which customer it was.
    Correction,
}

/// What happened to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "change::Kind")]
pub enum VisitChangeKind {
    /// It was seen for the first time.
    Opened,
    /// Later knowledge changed it.
    Amended,
    /// It ended.
    Closed,
    /// Later knowledge says that it did not happen.
    Withdrawn,
}

/// What became of a check-in that a phone sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "receipt::Status")]
pub enum CheckInStatus {
    /// It was stored.
    Accepted,
    /// It was already stored.
    Duplicate,
    /// It was kept aside, with a reason.
    Quarantined,
    /// It was not kept, because the rep was off duty or had paused.
    Ignored,
}

/// What a check-in says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "check_in::Kind")]
pub enum CheckInKind {
    /// Where the phone is, by itself.
    Trail,
    /// The rep says that they have arrived at a customer.
    Arrive,
    /// The rep says that they leave a customer.
    Depart,
    /// The phone is alive; no position.
    Heartbeat,
    /// A shift begins.
    ShiftStart,
    /// The shift ends.
    ShiftEnd,
    /// Tracking is paused.
    Pause,
    /// Tracking goes on.
    Resume,
}

/// How an arrival by button stood to the customer's fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "check_in::Outcome")]
pub enum ArrivalOutcome {
    /// Inside one of them, or near enough.
    InRange,
    /// Outside all of them: it counts once a manager accepts it.
    OutOfRange,
    /// The customer had none.
    NoFence,
    /// Not yet judged.
    Undecided,
}

/// What was decided on an arrival out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "arrival_decision::Decision")]
pub enum ArrivalVerdict {
    /// It opens a visit.
    Accepted,
    /// It does not.
    Refused,
}

/// What was decided on a quarantined check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "quarantine::Resolution")]
pub enum QuarantineResolution {
    /// Nothing yet.
    Held,
    /// It was accepted after all.
    Released,
    /// It stays out.
    Discarded,
}

/// What the shape of a geofence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "geofence_version::Kind")]
pub enum GeofenceKind {
    /// A centre and a radius.
    Circle,
    /// A GeoJSON polygon or multi-polygon.
    Polygon,
}

/// What a rep is doing, as far as can be believed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "presence::State")]
pub enum PresenceState {
    /// A visit is open.
    AtCustomer,
    /// On the way.
    Moving,
    /// In one place that is no customer's.
    Stationary,
    /// Nothing fresh enough is known; the last position is shown with its age.
    Stale,
    /// Not at work: no position.
    OffDuty,
    /// In a pause from work: no position.
    Paused,
    /// Nothing is known.
    Unknown,
}

/// Where a rep's presence was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PresenceSource {
    /// In the live state.
    Live,
    /// In the database, because the live state is away or has been emptied.
    Database,
}

/// Why a rep's presence is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PresenceReason {
    /// A visit is open.
    VisitOpen,
    /// The phone measured a speed.
    Speed,
    /// The last positions are apart from each other.
    Moved,
    /// The last positions are all in one place.
    Still,
    /// There is a single position, which says nothing of movement.
    OnePosition,
    /// No check-in of any kind for too long.
    Silent,
    /// The phone lives but has not known its position for too long.
    PositionLost,
    /// The phone lives but has never sent a position.
    NoPosition,
    /// Nothing was ever heard.
    NeverHeard,
    /// Working hours, shifts and pauses say so.
    Duty,
}

/// What a reason behind a visit speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum VisitReasonCode {
    /// The place it was judged against.
    Place,
    /// What opened it.
    Opened,
    /// Why this customer among several.
    Chosen,
    /// The evidence as a whole.
    Evidence,
    /// Times nobody observed that belong to it all the same.
    Bridged,
    /// It is open.
    Open,
    /// What closed it.
    Closed,
    /// A person said whose it was.
    Corrected,
    /// The rule by which it was judged.
    Rule,
    /// The evidence is no longer kept in detail.
    Purged,
}

/// Where a check-in lies, its error circle considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "rules::Verdict")]
pub enum FenceVerdict {
    /// The point is in the fence, or on its edge.
    Inside,
    /// The whole error circle is beyond the boundary by more than the exit margin.
    Outside,
    /// Neither can be said.
    Undecided,
}

/// Whether a list tells of visits that later knowledge took back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum Withdrawn {
    /// It does not.
    #[default]
    Hide,
    /// It tells of all visits.
    Include,
    /// It tells of those alone.
    Only,
}
