//! Compares an answer with what the viewer may see.

use std::collections::BTreeSet;

use serde_json::Value;

use super::shape::{Field, Shape};
use super::sight::{Row, Rows, sees};
use super::walk::PAGES;

/// What is computed for an answer and stored nowhere; what it leads to is judged.
const COMPUTED: [&str; 4] = [
    "RankingEntry",
    "DueCustomer",
    "CustomerDue",
    "CourseStanding",
];

/// The judgement over the answers of one viewer.
pub(super) struct Verdict<'a> {
    pub(super) shape: &'a Shape,
    pub(super) viewer: Option<&'static str>,
    /// The types whose ids were in the answers.
    pub(super) met: BTreeSet<String>,
    /// What is wrong, each with its place.
    pub(super) faults: Vec<String>,
}

impl<'a> Verdict<'a> {
    pub(super) fn new(shape: &'a Shape, viewer: Option<&'static str>) -> Self {
        Self {
            shape,
            viewer,
            met: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, place: &str, what: impl std::fmt::Display) {
        let who = self.viewer.unwrap_or("nobody");
        self.faults.push(format!("{who}: {place}: {what}"));
    }

    /// The rows of a kind that the viewer may see and lists show.
    pub(super) fn visible<'r>(&self, rows: &'r Rows, kind: &str) -> Vec<(&'r str, &'r Row)> {
        let visible = rows
            .iter()
            .filter(|(_, row)| row.kind == kind && row.is_listed && sees(self.viewer, row.sight));
        visible.map(|(id, row)| (id.as_str(), row)).collect()
    }

    /// Judges an answer's data.
    pub(super) fn data(&mut self, rows: &Rows, root: &Field, data: &Value) {
        let parent = Parent::Root(&root.name);
        self.field(rows, &parent, root, &data[&root.name], &root.name);
    }

    fn field(
        &mut self,
        rows: &Rows,
        parent: &Parent<'_>,
        field: &Field,
        value: &Value,
        place: &str,
    ) {
        let shape = self.shape;
        if value.is_null() {
            return;
        }
        if let Some(kind) = shape.nodes_of(&field.of) {
            self.count(rows, parent, kind, value, place);
            self.things(rows, kind, &value["nodes"], place);
        } else {
            self.things(rows, &field.of, value, place);
        }
    }

    /// Judges one thing or many.
    pub(super) fn things(&mut self, rows: &Rows, ty: &str, value: &Value, place: &str) {
        match value {
            Value::Array(items) => {
                for item in items {
                    self.object(rows, ty, item, place);
                }
            }
            object => self.object(rows, ty, object, place),
        }
    }

    fn object(&mut self, rows: &Rows, ty: &str, object: &Value, place: &str) {
        let shape = self.shape;
        if object.is_null() {
            return;
        }
        let parent = match object["id"].as_str() {
            Some(id) => {
                self.id(rows, ty, id, place);
                Parent::Row(id)
            }
            None => Parent::Unknown,
        };
        for field in shape.links(ty) {
            let value = object.get(&field.name).unwrap_or(&Value::Null);
            let place = format!("{place}.{}", field.name);
            self.field(rows, &parent, field, value, &place);
        }
    }

    /// The id is of a row that the viewer may see.
    pub(super) fn id(&mut self, rows: &Rows, ty: &str, id: &str, place: &str) {
        self.met.insert(ty.to_owned());
        match rows.get(id) {
            Some(row) if row.kind != ty => self.fault(place, format!("{id} is no {ty}")),
            Some(row) if sees(self.viewer, row.sight) => {}
            Some(row) => self.fault(place, format!("leaks the {ty} {id} of {:?}", row.sight)),
            None => self.fault(place, format!("tells a {ty} {id} that nobody wrote")),
        }
    }

    /// A list counts what the viewer may see of it, and shows all that fits.
    fn count(&mut self, rows: &Rows, parent: &Parent<'_>, kind: &str, list: &Value, place: &str) {
        let total = list["totalCount"].as_u64().unwrap_or_default();
        let shown = list["nodes"].as_array().map_or(0, Vec::len);
        let page = match parent {
            Parent::Root(_) => PAGES[0],
            _ => PAGES[1],
        };
        let fits = usize::try_from(total).unwrap().min(page);
        if shown != fits {
            self.fault(place, format!("shows {shown} of {total}"));
        }
        // The looks at others are written while the answer is made.
        if COMPUTED.contains(&kind) || kind == "AccessLogEntry" {
            return;
        }
        if rows.values().all(|row| row.kind != kind) {
            self.fault(place, format!("the example has no {kind}"));
        }
        let belongs = |row: &Row| match parent {
            Parent::Root(name) => is_in(name, row),
            Parent::Row(id) => row.belongs_to.iter().any(|owner| owner == id),
            Parent::Unknown => true,
        };
        let visible = self.visible(rows, kind).into_iter();
        let expected = visible.filter(|(_, row)| belongs(row)).count();
        let is_exact = !matches!(parent, Parent::Unknown);
        let total = usize::try_from(total).unwrap();
        if total > expected || is_exact && total < expected {
            self.fault(place, format!("counts {total}, visible are {expected}"));
        }
    }
}

/// What a list hangs on.
enum Parent<'a> {
    Root(&'a str),
    Row(&'a str),
    /// Something without an id: the list is part of what the viewer may see, not all of it.
    Unknown,
}

/// Whether a list of the root is about a row of its kind.
pub(super) fn is_in(root: &str, row: &Row) -> bool {
    root != "companyWorkingHours" || row.belongs_to.is_empty()
}

/// A list has these rows and counts as many.
pub(super) fn same(
    verdict: &mut Verdict<'_>,
    place: &str,
    list: &Value,
    expected: &BTreeSet<&str>,
    has_id: bool,
) {
    let total = list["totalCount"].as_u64();
    if total != u64::try_from(expected.len()).ok() {
        let what = format!("counts {total:?}, visible are {}", expected.len());
        verdict.fault(place, what);
    }
    let ids = ids(list);
    if has_id && ids != *expected {
        let wrong: Vec<_> = ids.symmetric_difference(expected).collect();
        verdict.fault(place, format!("not on both sides: {wrong:?}"));
    }
}

/// The ids of a list.
pub(super) fn ids(list: &Value) -> BTreeSet<&str> {
    let nodes = list["nodes"].as_array().into_iter().flatten();
    nodes.filter_map(|node| node["id"].as_str()).collect()
}
