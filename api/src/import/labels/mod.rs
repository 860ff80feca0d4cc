//! What the fields of each kind of table are called by the hub itself, by Zoho CRM, by 纷享销客, by
//! WeCom, by Traccar and by OwnTracks.
//!
//! Zoho's labels are those seen in real exports, and 纷享销客's its usual ones: neither publishes a
//! list, and both may be renamed by every company. The others' are the names of their documentation.

mod columns;

use super::Kind;
use super::mapping::Source;

/// A value of a row, by the hub's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Code,
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    Mobile,
    Role,
    Team,
    Title,
    Segment,
    Address,
    City,
    District,
    Latitude,
    Longitude,
    Status,
    Owner,
    CustomerCode,
    Customer,
    Number,
    PlacedAt,
    Total,
    Currency,
    Note,
    Radius,
    Wkt,
    Geojson,
    Parent,
    Manager,
    Every,
    ValidFrom,
    ValidTo,
    Day,
    Description,
    ValidFor,
    PassScore,
    Course,
    DueAt,
    CompletedAt,
    Score,
    Outcome,
    Certificate,
    Metric,
    Period,
    Value,
    Id,
    Kind,
    RecordedAt,
    Until,
    Accuracy,
    Altitude,
    Speed,
    Heading,
    Battery,
    Position,
    Product,
    Quantity,
    Price,
}

/// A field of a kind of table, and what each source calls it; of several labels the first that a
/// table has is taken.
pub(super) struct Labels {
    pub(super) field: Field,
    /// The hub's own label.
    pub(super) name: &'static str,
    zoho: &'static [&'static str],
    fxiaoke: &'static [&'static str],
    wecom: &'static [&'static str],
    traccar: &'static [&'static str],
    owntracks: &'static [&'static str],
}

impl Labels {
    /// What a source calls it.
    pub(super) fn called(&self, source: Source) -> &[&'static str] {
        match source {
            Source::Plain => std::slice::from_ref(&self.name),
            Source::Zoho => self.zoho,
            Source::Fxiaoke => self.fxiaoke,
            Source::Wecom => self.wecom,
            Source::Traccar => self.traccar,
            Source::Owntracks => self.owntracks,
        }
    }

    const fn wecom(self, wecom: &'static [&'static str]) -> Self {
        Self { wecom, ..self }
    }

    /// What it is called in tracks, of Traccar and of OwnTracks.
    const fn tracks(
        self,
        traccar: &'static [&'static str],
        owntracks: &'static [&'static str],
    ) -> Self {
        Self {
            traccar,
            owntracks,
            ..self
        }
    }
}

const fn labels(
    field: Field,
    name: &'static str,
    zoho: &'static [&'static str],
    fxiaoke: &'static [&'static str],
) -> Labels {
    Labels {
        field,
        name,
        zoho,
        fxiaoke,
        wecom: &[],
        traccar: &[],
        owntracks: &[],
    }
}

impl Kind {
    pub(super) const fn labels(self) -> &'static [Labels] {
        match self {
            Self::Users => columns::USERS,
            Self::Customers => columns::CUSTOMERS,
            Self::Contacts => columns::CONTACTS,
            Self::Geofences => columns::GEOFENCES,
            Self::Orders => columns::ORDERS,
            Self::OrderLines => columns::ORDER_LINES,
            Self::Teams => columns::TEAMS,
            Self::Assignments => columns::ASSIGNMENTS,
            Self::Plans => columns::PLANS,
            Self::Courses => columns::COURSES,
            Self::Enrolments => columns::ENROLMENTS,
            Self::Training => columns::TRAINING,
            Self::Targets => columns::TARGETS,
            Self::CheckIns => columns::CHECK_INS,
        }
    }

    /// What every row needs, each by one of these.
    pub(super) const fn needed(self) -> &'static [&'static [Field]] {
        match self {
            Self::Users => &[&[Field::Email], &[Field::Name]],
            Self::Customers => &[&[Field::Code], &[Field::Name]],
            Self::Contacts => &[
                &[Field::CustomerCode, Field::Customer],
                &[Field::Name, Field::LastName],
            ],
            Self::Geofences => &[
                &[Field::CustomerCode],
                &[Field::Geojson, Field::Wkt, Field::Latitude],
            ],
            Self::Orders => &[
                &[Field::Number],
                &[Field::CustomerCode, Field::Customer],
                &[Field::Owner],
                &[Field::PlacedAt],
                &[Field::Total],
            ],
            Self::OrderLines => &[
                &[Field::Number],
                &[Field::Product],
                &[Field::Quantity],
                &[Field::Price],
            ],
            Self::Teams => &[&[Field::Team]],
            Self::Assignments => &[
                &[Field::CustomerCode, Field::Customer],
                &[Field::Owner, Field::Team],
            ],
            Self::Plans => &[
                &[Field::CustomerCode, Field::Customer],
                &[Field::Owner],
                &[Field::Day],
            ],
            Self::Courses => &[&[Field::Code], &[Field::Title]],
            Self::Enrolments => &[&[Field::Course], &[Field::Owner]],
            Self::Training => &[&[Field::Course], &[Field::Owner], &[Field::CompletedAt]],
            Self::Targets => &[
                &[Field::Owner, Field::Team],
                &[Field::Metric],
                &[Field::Period],
                &[Field::Day],
                &[Field::Value],
            ],
            Self::CheckIns => &[&[Field::RecordedAt]],
        }
    }
}
