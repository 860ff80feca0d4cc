//! Every way in which a list can be asked by an id.

use super::shape::{Field, Shape};

/// A list of the root, filtered by an id: of its own rows, or of rows related to them.
pub(super) struct ByIds<'a> {
    pub(super) root: &'a Field,
    /// The kind of the list's rows.
    pub(super) kind: &'a str,
    /// The filters it goes through.
    pub(super) filters: Vec<&'a str>,
    /// The kind of the related rows that have the id; none where it is the list's own.
    pub(super) related: Option<&'a str>,
    /// The kind of the id.
    pub(super) id_kind: String,
    before: String,
    after: &'static str,
}

impl ByIds<'_> {
    /// The list with those rows that have the id.
    pub(super) fn text(&self, alias: usize, id: &str) -> String {
        let Self {
            root,
            before,
            after,
            ..
        } = self;
        let name = &root.name;
        let asked = match alias % 2 {
            0 => format!("eq: \"{id}\""),
            _ => format!("in: [\"{id}\", \"{id}\"]"),
        };
        format!(
            "a{alias}: {name}(first: 100 filter: {{{before}: {{{asked}}}{after}}}) \
             {{ totalCount nodes {{ id }} }}"
        )
    }

    /// The list with those rows that have no such id.
    pub(super) fn text_without(&self) -> String {
        let (name, field) = (&self.root.name, &self.before);
        format!(
            "{{ {name}(first: 100 filter: {{{field}: {{isNull: true}}}}) {{ totalCount nodes {{ id }} }} }}"
        )
    }

    /// What is asked, for people.
    pub(super) fn path(&self) -> String {
        format!("{}(filter: {{{}}})", self.root.name, self.before)
    }
}

/// All lists of the root by all ids, through at most one relation.
pub(super) fn all(shape: &Shape) -> Vec<ByIds<'_>> {
    let mut all = Vec::new();
    for root in shape.roots() {
        let (Some(kind), Some(filter)) = (shape.nodes_of(&root.of), root.filter()) else {
            continue;
        };
        let own = ByIds {
            root,
            kind,
            filters: vec![filter],
            related: None,
            id_kind: String::new(),
            before: String::new(),
            after: "",
        };
        all.extend(ids(shape, filter).map(|field| ByIds {
            id_kind: kind_of(shape, field),
            before: field.name.clone(),
            filters: own.filters.clone(),
            ..own
        }));
        for relation in &shape.ty(filter).fields {
            let Some((other, before, after)) = reached(shape, relation) else {
                continue;
            };
            all.extend(ids(shape, other).map(|field| ByIds {
                id_kind: kind_of(shape, field),
                before: format!("{before}{}", field.name),
                after,
                related: other.strip_suffix("Filter"),
                filters: vec![filter, other],
                ..own
            }));
        }
    }
    all
}

/// The filter that a filter reaches through a relation, and the words around it.
fn reached<'a>(shape: &'a Shape, relation: &'a Field) -> Option<(&'a str, String, &'static str)> {
    let name = &relation.name;
    if relation.of.ends_with("Relation") {
        let mut ways = shape.ty(&relation.of).fields.iter();
        let some = ways.find(|way| way.name == "some")?;
        return Some((&some.of, format!("{name}: {{some: {{"), "}}"));
    }
    ids(shape, &relation.of).next()?;
    Some((&relation.of, format!("{name}: {{"), "}"))
}

fn ids<'a>(shape: &'a Shape, filter: &str) -> impl Iterator<Item = &'a Field> {
    let fields = shape.ty(filter).fields.iter();
    fields.filter(|field| field.of == "IdFilter")
}

/// The kind of the ids that a filter takes, by its name.
fn kind_of(shape: &Shape, field: &Field) -> String {
    let kind = match field.name.as_str() {
        "repId" | "userId" | "subjectId" => "User".to_owned(),
        "parentId" => "Team".to_owned(),
        name => {
            let name = name.strip_suffix("Id").unwrap_or(name);
            format!("{}{}", name[..1].to_uppercase(), &name[1..])
        }
    };
    let is_known = shape.node_types().any(|node| node == kind);
    assert!(is_known, "which ids does the filter {} take?", field.name);
    kind
}
