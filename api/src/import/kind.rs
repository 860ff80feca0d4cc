//! What a table holds.

use async_graphql::Enum;

// The order is that in which tables are taken in, so that what a row refers to is there.
/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
#[graphql(name = "ImportKind")]
pub enum Kind {
    /// People of the company, by their e-mail address.
    Users,
    /// Teams, by their name.
    Teams,
    /// Customers, by their code.
    Customers,
    /// Who looks after a customer, by customer, rep or team, and beginning.
    Assignments,
    /// People at customers, by customer and name.
    Contacts,
    /// Places of customers, by customer and name.
    Geofences,
    /// Orders, by their number.
    Orders,
    /// What was ordered, by the order's number and the place in it.
    OrderLines,
    /// Planned visits, by rep, customer and day.
    Plans,
    /// Courses, by their code.
    Courses,
    /// Who should learn a course, by course and person.
    Enrolments,
    /// Who did a course, by course, person and time.
    Training,
    /// Numbers to reach, by rep or team, metric and period.
    Targets,
    /// Check-ins of other systems, by person, time and kind.
    CheckIns,
}

impl Kind {
    /// All kinds, in the order in which they are taken in.
    pub const ALL: [Kind; 14] = [
        Kind::Users,
        Kind::Teams,
        Kind::Customers,
        Kind::Assignments,
        Kind::Contacts,
        Kind::Geofences,
        Kind::Orders,
        Kind::OrderLines,
        Kind::Plans,
        Kind::Courses,
        Kind::Enrolments,
        Kind::Training,
        Kind::Targets,
        Kind::CheckIns,
    ];

    /// Its name in commands and mapping files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Teams => "teams",
            Self::Customers => "customers",
            Self::Assignments => "assignments",
            Self::Contacts => "contacts",
            Self::Geofences => "geofences",
            Self::Orders => "orders",
            Self::OrderLines => "orderlines",
            Self::Plans => "plans",
            Self::Courses => "courses",
            Self::Enrolments => "enrolments",
            Self::Training => "training",
            Self::Targets => "targets",
            Self::CheckIns => "checkins",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its rows say who may see what, which open sessions must then hear of.
    pub(super) const fn moves_scopes(self) -> bool {
        matches!(self, Self::Users | Self::Teams)
    }
}
