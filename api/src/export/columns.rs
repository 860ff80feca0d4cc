//! Which columns the rows of a type have.
//!
//! A plain value is a column; a thing with an id of its own is told by its id and its names; a
//! value made of parts is told by its parts; a list that a row is never without is one column of
//! JSON. Live states and things computed for one reader at a time are no part of a table.

use async_graphql::parser::types::FieldDefinition;

use super::tables::{Types, base, is_list};

/// What is told of a thing that a row leads to.
const NAMES: [&str; 5] = ["id", "code", "number", "name", "email"];
/// What is computed at the moment of a look.
const COMPUTED: [&str; 4] = ["Presence", "Duty", "RepDay", "Explanation"];
/// How deep values made of parts may be.
const DEEPEST: usize = 4;

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The fields that lead to it from the row, such as `rep`, `email`.
    pub path: Vec<String>,
    /// What stands in it.
    pub holds: Holds,
    /// What is asked of each value, where it is an object: `{ day from to }`.
    pub(super) parts: String,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Words, an id, an instant.
    Text,
    /// A number, as JSON or as decimal text.
    Number,
    /// Yes or no.
    Truth,
    /// Anything else, as JSON.
    Json,
}

impl Column {
    /// Its heading: the fields with dots between.
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

/// The columns of a type's rows; the id comes first.
pub(super) fn columns(types: &Types, object: &str) -> Vec<Column> {
    let mut columns = Vec::new();
    parts(types, object, &[], &mut columns);
    columns.sort_by_key(|column| column.path != ["id"]);
    columns
}

fn parts(types: &Types, object: &str, path: &[String], columns: &mut Vec<Column>) {
    for field in types.fields(object) {
        let of = base(&field.ty.node);
        let needs_arguments = field.arguments.iter().any(|argument| {
            !argument.node.ty.node.nullable && argument.node.default_value.is_none()
        });
        let is_left_out = needs_arguments || COMPUTED.contains(&of) || of.ends_with("Connection");
        if is_left_out || path.len() >= DEEPEST {
            continue;
        }
        let mut path = path.to_vec();
        path.push(field.name.node.to_string());
        if is_list(&field.ty.node) {
            columns.extend(listed(types, field, path));
        } else if types.is_plain(of) {
            columns.push(plain(of, path));
        } else if has_id(types, of) {
            for name in NAMES.iter().filter(|name| has(types, of, name)) {
                let path = path.iter().cloned().chain([(*name).to_owned()]).collect();
                columns.push(plain("String", path));
            }
        } else {
            parts(types, of, &path, columns);
        }
    }
}

fn plain(of: &str, path: Vec<String>) -> Column {
    let holds = match of {
        "Int" | "Float" | "Decimal" => Holds::Number,
        "Boolean" => Holds::Truth,
        "JSON" => Holds::Json,
        _ => Holds::Text,
    };
    Column {
        path,
        holds,
        parts: String::new(),
    }
}

/// A list of values that a row always has, as one column.
fn listed(types: &Types, field: &FieldDefinition, path: Vec<String>) -> Option<Column> {
    let of = base(&field.ty.node);
    let parts = if types.is_plain(of) {
        String::new()
    } else if field.ty.node.nullable || has_id(types, of) {
        return None;
    } else {
        let plain = |field: &&FieldDefinition| {
            types.is_plain(base(&field.ty.node)) && field.arguments.is_empty()
        };
        let fields = types.fields(of).iter().filter(plain);
        let names: Vec<String> = fields.map(|field| field.name.node.to_string()).collect();
        format!(" {{ {} }}", names.join(" "))
    };
    Some(Column {
        path,
        holds: Holds::Json,
        parts,
    })
}

fn has_id(types: &Types, object: &str) -> bool {
    has(types, object, "id")
}

fn has(types: &Types, object: &str, name: &str) -> bool {
    let mut fields = types.fields(object).iter();
    fields.any(|field| field.name.node == name)
}
