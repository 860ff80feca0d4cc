//! Questions made from the schema's description, as deep as the API allows.

use super::shape::{Field, Shape};

/// Rows of the outermost list, and of a list in a list.
pub(super) const PAGES: [usize; 2] = [10, 4];
/// Links in links of a question; fewer where that costs too much.
pub(super) const DEEPEST: usize = 2;

/// The values of arguments that must be given, by field; one question for each.
const ARGUMENTS: [(&str, &[&str]); 5] = [
    (
        "Query.activityMap",
        &[
            "bbox: {south: 30 west: 120 north: 32 east: 122} resolution: 5 period: {kind: MONTH of: \"2024-10-10\"}",
        ],
    ),
    (
        "Query.ranking",
        &[
            "of: REPS metric: REVENUE period: {kind: MONTH of: \"2024-10-10\"}",
            "of: REPS metric: COVERAGE period: {kind: MONTH of: \"2024-10-10\"}",
            "of: REPS metric: TRAINING_COMPLETED period: {kind: MONTH of: \"2024-10-10\"}",
            "of: TEAMS metric: VISITS period: {kind: MONTH of: \"2024-10-10\"}",
            "of: TEAMS metric: COVERAGE period: {kind: MONTH of: \"2024-10-10\"}",
            "of: TEAMS metric: NEW_CUSTOMERS period: {kind: MONTH of: \"2024-10-10\"}",
        ],
    ),
    (
        "Query.simulateRule",
        &[
            "input: {from: \"2024-10-01T00:00:00Z\" until: \"2024-10-31T00:00:00Z\" rule: {minDwellS: 60}}",
        ],
    ),
    ("User.day", &["of: \"2024-10-10\""]),
    (
        "User.track",
        &["from: \"2024-10-01T00:00:00Z\" to: \"2024-10-31T00:00:00Z\""],
    ),
];

/// A question: one field of the schema's root, and one link of what it leads to.
pub(super) struct Question<'a> {
    pub(super) root: &'a Field,
    link: &'a Field,
    arguments: &'static str,
}

/// All questions but those that begin with an id.
pub(super) fn questions(shape: &Shape) -> Vec<Question<'_>> {
    let mut questions = Vec::new();
    for root in shape.roots().iter().filter(|root| !is_by_id(root)) {
        let node = shape.nodes_of(&root.of).unwrap_or(&root.of);
        for link in shape.links(node) {
            for &arguments in needed("Query", root) {
                questions.push(Question {
                    root,
                    link,
                    arguments,
                });
            }
        }
    }
    questions
}

/// Whether a field of the root finds things by their id.
pub(super) fn is_by_id(root: &Field) -> bool {
    let mut arguments = root.arguments.iter();
    arguments.any(|(_, of, is_needed)| of == "ID" && *is_needed)
}

impl Question<'_> {
    /// The question's text.
    pub(super) fn text(&self, shape: &Shape, depth: usize) -> String {
        let node = shape.nodes_of(&self.root.of).unwrap_or(&self.root.of);
        let link = link(shape, node, self.link, depth).unwrap_or_default();
        let inside = format!("{} {link}", identity(shape, node));
        let root = call(shape, self.root, PAGES[0], self.arguments, &inside);
        format!("{{ {root} }}")
    }

    /// Where it leads, for people.
    pub(super) fn path(&self) -> String {
        format!("{}({}).{}", self.root.name, self.arguments, self.link.name)
    }
}

/// The question where a thing leads.
pub(super) fn from_id(shape: &Shape, kind: &str, id: &str) -> String {
    let inside = selections(shape, kind, 1);
    format!("{{ node(id: {id:?}) {{ ... on {kind} {{ {inside} }} }} }}")
}

/// The selections on an object: its id, and where it leads.
fn selections(shape: &Shape, ty: &str, depth: usize) -> String {
    let links = shape.links(ty);
    let links: Vec<String> = links
        .filter_map(|field| link(shape, ty, field, depth))
        .collect();
    format!("{} {}", identity(shape, ty), links.join(" "))
}

fn identity(shape: &Shape, ty: &str) -> &'static str {
    match shape.has_id(ty) {
        true => "id",
        false => "__typename",
    }
}

/// A link with its selections; at the end of the way only those to one thing. What has no id is
/// part of what leads to it.
fn link(shape: &Shape, on: &str, field: &Field, depth: usize) -> Option<String> {
    let list = shape.nodes_of(&field.of);
    let node = list.unwrap_or(&field.of);
    let arguments = needed(on, field).first()?;
    let inside = match (shape.has_id(node), depth.checked_sub(1)) {
        (true, Some(depth)) => selections(shape, node, depth),
        (true, None) if list.is_some() => return None,
        (true, None) => "id".to_owned(),
        (false, _) => selections(shape, node, depth),
    };
    Some(call(shape, field, PAGES[1], arguments, &inside))
}

fn call(shape: &Shape, field: &Field, page: usize, arguments: &str, inside: &str) -> String {
    let name = &field.name;
    match (shape.nodes_of(&field.of), arguments) {
        (Some(_), _) => {
            format!("{name}(first: {page} {arguments}) {{ totalCount nodes {{ {inside} }} }}")
        }
        (None, "") => format!("{name} {{ {inside} }}"),
        (None, _) => format!("{name}({arguments}) {{ {inside} }}"),
    }
}

/// The values of the arguments that a field needs.
fn needed(on: &str, field: &Field) -> &'static [&'static str] {
    if field.arguments.iter().all(|(.., is_needed)| !is_needed) {
        return &[""];
    }
    let place = format!("{on}.{}", field.name);
    let mut known = ARGUMENTS.iter();
    let known = known.find(|(field, _)| *field == place);
    known
        .unwrap_or_else(|| panic!("{place} needs arguments: say which in ARGUMENTS"))
        .1
}
