//! Who may see what, in plain Rust over the rows of the example: the oracle of the walk.

use std::collections::BTreeMap;

use entity::viewer::Role;

/// The teams, each with the one above and its manager.
pub(super) const TEAMS: [(&str, Option<&str>, Option<&str>); 4] = [
    ("Head", None, None),
    ("North", Some("Head"), Some("Nora")),
    ("City", Some("North"), None),
    ("South", Some("Head"), Some("Sam")),
];
/// The people, each with the team.
pub(super) const PEOPLE: [(&str, Role, &str); 7] = [
    ("Ada", Role::Admin, "Head"),
    ("Nora", Role::Manager, "North"),
    ("Sam", Role::Manager, "South"),
    ("ann", Role::Rep, "North"),
    ("bob", Role::Rep, "North"),
    ("bea", Role::Rep, "City"),
    ("cy", Role::Rep, "South"),
];
/// The customers, each with whom they are assigned to and whether that has ended.
pub(super) const ASSIGNED: [(&str, &str, bool); 9] = [
    ("acme", "ann", false),
    ("bolt", "North", false),
    ("core", "cy", false),
    ("duo", "ann", false),
    ("duo", "cy", false),
    ("east", "City", false),
    ("main", "Head", false),
    ("once", "ann", true),
    ("sold", "South", false),
];
/// The customers.
pub(super) const CUSTOMERS: [&str; 11] = [
    "acme", "bolt", "core", "duo", "east", "lone", "main", "once", "seen", "slip", "sold",
];
/// The visits: who was where, and whether it was taken back.
pub(super) const VISITS: [(&str, &str, bool); 8] = [
    ("ann", "acme", false),
    ("ann", "duo", false),
    ("ann", "slip", true),
    ("bob", "bolt", false),
    ("bea", "east", false),
    ("cy", "core", false),
    ("cy", "duo", false),
    ("cy", "seen", false),
];

/// What decides who sees a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sight {
    Everyone,
    /// Whoever sees the person.
    Person(&'static str),
    /// Whoever sees the team's name.
    Team(&'static str),
    /// Whoever manages the team.
    Results(&'static str),
    Customer(&'static str),
    /// Whoever sees both the rep and the customer.
    Order(&'static str, &'static str),
    /// Only the person themselves.
    Look(&'static str),
    /// Administrators alone.
    Administrator,
}

/// A row as clients know it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) sight: Sight,
    /// The ids of the rows it belongs to.
    pub(super) belongs_to: Vec<String>,
    /// Whether lists show it without being asked to.
    pub(super) is_listed: bool,
}

/// All rows by their public id.
pub(super) type Rows = BTreeMap<String, Row>;

/// Whether somebody, or nobody who signed in, may see a row.
pub(super) fn sees(viewer: Option<&'static str>, sight: Sight) -> bool {
    let Some(viewer) = viewer else {
        return false;
    };
    let (_, role, own) = person(viewer);
    if role == Role::Admin {
        return true;
    }
    match sight {
        Sight::Everyone => true,
        Sight::Person(name) => sees_person(viewer, name),
        Sight::Team(team) => sees_team(viewer, own, team),
        Sight::Results(team) => manages(viewer, team),
        Sight::Customer(customer) => sees_customer(viewer, own, customer),
        Sight::Order(rep, customer) => {
            sees_person(viewer, rep) && sees_customer(viewer, own, customer)
        }
        Sight::Look(subject) => viewer == subject,
        Sight::Administrator => false,
    }
}

/// The person's line.
pub(super) fn person(name: &str) -> (&'static str, Role, &'static str) {
    PEOPLE.into_iter().find(|person| person.0 == name).unwrap()
}

fn sees_person(viewer: &str, name: &str) -> bool {
    viewer == name || manages(viewer, person(name).2)
}

/// Whether a manager manages the team or one above it.
fn manages(viewer: &str, team: &str) -> bool {
    let is_manager = person(viewer).1 == Role::Manager;
    let mut line = line(team);
    is_manager && line.any(|(_, _, manager)| manager == Some(viewer))
}

/// Theirs, those above and below: of a rep's not below.
fn sees_team(viewer: &str, own: &'static str, team: &str) -> bool {
    manages(viewer, team) || line(own).any(|above| above.0 == team)
}

fn sees_customer(viewer: &str, own: &'static str, customer: &str) -> bool {
    let is_team = |name: &str| TEAMS.iter().any(|team| team.0 == name);
    let is_assigned = ASSIGNED.iter().any(|(of, to, has_ended)| {
        let is_theirs = match is_team(to) {
            true => sees_team(viewer, own, to),
            false => sees_person(viewer, to),
        };
        *of == customer && !has_ended && is_theirs
    });
    let is_visited = VISITS.iter().any(|(rep, of, is_withdrawn)| {
        *of == customer && !is_withdrawn && sees_person(viewer, rep)
    });
    is_assigned || is_visited
}

/// A team and all above it.
fn line(
    team: &str,
) -> impl Iterator<Item = (&'static str, Option<&'static str>, Option<&'static str>)> {
    let find = |name: &str| TEAMS.into_iter().find(|team| team.0 == name);
    std::iter::successors(find(team), move |team| find(team.1?))
}
