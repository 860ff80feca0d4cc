//! Typed ids: a UUID (version 7) that knows which table it belongs to.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meaning:meta])* $id:ident = $type_name:literal),+ $(,)?) => {$(
        $(#[$meaning])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            DeriveValueType,
        )]
        #[serde(transparent)]
        pub struct $id(Uuid);

        impl $id {
            /// The type's name in the public API, part of the global id.
            pub const TYPE_NAME: &'static str = $type_name;

            /// A new id, later in order than those made before it.
            #[expect(clippy::new_without_default, reason = "a default id is no id")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The bare UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The opaque id that clients see, the same in every interface.
            pub fn global(self) -> String {
                to_global(Self::TYPE_NAME, self.0)
            }

            /// Reads an opaque id; none if it is malformed or names another type.
            pub fn from_global(global: &str) -> Option<Self> {
                from_global(Self::TYPE_NAME, global).map(Self)
            }
        }

        impl From<Uuid> for $id {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$id> for Uuid {
            fn from(id: $id) -> Self {
                id.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($id), self.0)
            }
        }

        impl TryFromU64 for $id {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($id)))
            }
        }
    )+};
}

ids! {
    /// A person who signs in; a rep is a user.
    UserId = "User",
    /// A node of the tree of teams.
    TeamId = "Team",
    /// A phone or a browser of one user.
    DeviceId = "Device",
    /// One sign-in that can be renewed.
    RefreshTokenId = "RefreshToken",
    /// One version of somebody's weekly working hours.
    WorkingHoursId = "WorkingHours",
    /// A look at another person's position or track.
    AccessLogId = "AccessLog",
    /// A shop, clinic or firm that reps visit.
    CustomerId = "Customer",
    /// A person at a customer.
    ContactId = "Contact",
    /// A class of customers.
    SegmentId = "Segment",
    /// Who looks after a customer, from when to when.
    AssignmentId = "Assignment",
    /// An order of a customer.
    OrderId = "Order",
    /// A line of an order.
    OrderLineId = "OrderLine",
    /// The place of a customer, over all its versions.
    GeofenceId = "Geofence",
    /// An accepted check-in.
    CheckInId = "CheckIn",
    /// A check-in that was kept aside, with its reason.
    QuarantineId = "Quarantine",
    /// A photo of a check-in.
    PhotoId = "Photo",
    /// A stay of a rep at a customer.
    VisitId = "Visit",
    /// One version of the thresholds by which visits are derived.
    VisitRuleId = "VisitRule",
    /// A person's word on which customer a stay belongs to.
    CorrectionId = "Correction",
    /// A visit somebody intends.
    PlannedVisitId = "PlannedVisit",
    /// A manager's decision on an arrival out of range.
    ArrivalDecisionId = "ArrivalDecision",
    /// A number to reach in a period.
    TargetId = "Target",
    /// Weighted metrics that make one score.
    ScorecardId = "Scorecard",
    /// One metric of a scorecard.
    ScorecardItemId = "ScorecardItem",
    /// A rank of a closed period.
    FrozenResultId = "FrozenResult",
    /// Something that can be learnt.
    CourseId = "Course",
    /// Who should learn a course.
    EnrolmentId = "Enrolment",
    /// Who did learn a course, with the result.
    TrainingRecordId = "TrainingRecord",
    /// An endpoint of another system that is told what happens.
    WebhookId = "Webhook",
    /// A message to such an endpoint.
    WebhookDeliveryId = "WebhookDelivery",
}

fn to_global(type_name: &str, uuid: Uuid) -> String {
    let mut plain = Vec::with_capacity(type_name.len() + 17);
    plain.extend_from_slice(type_name.as_bytes());
    plain.push(b':');
    plain.extend_from_slice(uuid.as_bytes());
    URL_SAFE_NO_PAD.encode(plain)
}

fn from_global(type_name: &str, global: &str) -> Option<Uuid> {
    let (name, uuid) = split_global(global)?;
    (name == type_name).then_some(uuid)
}

/// Splits any opaque id into the name of its type and its UUID; none if it is malformed.
pub fn split_global(global: &str) -> Option<(String, Uuid)> {
    let plain = URL_SAFE_NO_PAD.decode(global).ok()?;
    let (name, uuid) = plain.split_at_checked(plain.len().checked_sub(16)?)?;
    let name = std::str::from_utf8(name.strip_suffix(b":")?).ok()?;
    Some((name.to_owned(), Uuid::from_slice(uuid).ok()?))
}
