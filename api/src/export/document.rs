//! The GraphQL document that asks for a page of a table, and its variables.

use std::collections::BTreeMap;

use async_graphql::parser::types::{FieldDefinition, InputValueDefinition};
use serde_json::{Map, Value};

use super::Fault;
use super::columns::Column;
use super::tables::{Table, base, is_list};

/// What an export is told, by the names of the graph's own arguments: `filter`, `orderBy`, `id`, …
pub type Arguments = BTreeMap<String, String>;

/// The paging is the export's own business.
const PAGING: [&str; 4] = ["first", "after", "last", "before"];

/// A document with the variables that stay the same from page to page.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) text: String,
    pub(super) variables: Map<String, Value>,
}

impl Document {
    /// Asks for pages of a table.
    pub(super) fn of(table: &Table, arguments: &Arguments) -> Result<Self, Fault> {
        let mut declared = "$first: Int, $after: String".to_owned();
        let mut variables = Map::new();
        let mut opened = String::new();
        for (depth, field) in table.path.iter().enumerate() {
            let is_connection = depth + 1 == table.path.len();
            let given = passed(field, arguments, &mut declared, &mut variables)?;
            if let Some(on) = table.on.as_ref().filter(|_| is_connection) {
                opened += &format!(" {{ ... on {on}");
            }
            opened += &format!(" {{ {}{}", field.name.node, worded(given, is_connection));
        }
        if let Some(unknown) = arguments.keys().find(|name| !takes(table, name)) {
            let known: Vec<&str> = known(table).collect();
            let known = known.join(", ");
            return Err(Fault::bad_input(format!(
                "there is no argument {unknown:?} here; there are: {known}"
            )));
        }
        let node = selection(&table.columns);
        let page = format!(" {{ pageInfo {{ hasNextPage endCursor }} nodes {node} }}");
        let levels = table.path.len() + usize::from(table.on.is_some());
        let closed = " }".repeat(levels);
        Ok(Self {
            text: format!("query Export({declared}){opened}{page}{closed}"),
            variables,
        })
    }
}

/// The arguments of a field that are given, as `name: $name`.
fn passed(
    field: &FieldDefinition,
    arguments: &Arguments,
    declared: &mut String,
    variables: &mut Map<String, Value>,
) -> Result<Vec<String>, Fault> {
    let mut passed = Vec::new();
    for argument in own(field) {
        let name = argument.name.node.as_str();
        let Some(text) = arguments.get(name) else {
            if !argument.ty.node.nullable && argument.default_value.is_none() {
                return Err(Fault::bad_input(format!("give the argument {name}")));
            }
            continue;
        };
        if variables.contains_key(name) {
            // The object has an argument of this name too, and it is the object's.
            continue;
        }
        *declared += &format!(", ${name}: {}", argument.ty.node);
        variables.insert(name.to_owned(), value(argument, text)?);
        passed.push(format!("{name}: ${name}"));
    }
    Ok(passed)
}

fn worded(mut given: Vec<String>, is_connection: bool) -> String {
    if is_connection {
        given.extend(["first: $first", "after: $after"].map(str::to_owned));
    }
    match given.is_empty() {
        true => String::new(),
        false => format!("({})", given.join(", ")),
    }
}

fn own(field: &FieldDefinition) -> impl Iterator<Item = &InputValueDefinition> {
    let arguments = field.arguments.iter().map(|argument| &argument.node);
    arguments.filter(|argument| !PAGING.contains(&argument.name.node.as_str()))
}

fn known(table: &Table) -> impl Iterator<Item = &str> {
    let arguments = table.path.iter().flat_map(own);
    arguments.map(|argument| argument.name.node.as_str())
}

fn takes(table: &Table, name: &str) -> bool {
    known(table).any(|known| known == name)
}

/// A given text as the value of an argument: inputs and lists are JSON, words are themselves.
fn value(argument: &InputValueDefinition, text: &str) -> Result<Value, Fault> {
    let is_structured = is_list(&argument.ty.node) || text.trim_start().starts_with('{');
    if is_structured || matches!(base(&argument.ty.node), "Int" | "Float" | "Boolean") {
        return serde_json::from_str(text).map_err(|error| {
            let name = &argument.name.node;
            Fault::bad_input(format!("{name} is not JSON: {error}"))
        });
    }
    Ok(Value::String(text.to_owned()))
}

/// What is asked of each row.
fn selection(columns: &[Column]) -> String {
    let paths: Vec<(&[String], &str)> = columns
        .iter()
        .map(|column| (column.path.as_slice(), column.parts.as_str()))
        .collect();
    level(&paths)
}

fn level(paths: &[(&[String], &str)]) -> String {
    let mut fields = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (path, parts) in paths {
        let Some((first, rest)) = path.split_first() else {
            continue;
        };
        if rest.is_empty() {
            fields.push(format!("{first}{parts}"));
        } else if !seen.contains(&first.as_str()) {
            seen.push(first);
            let below: Vec<(&[String], &str)> = paths
                .iter()
                .filter(|(path, _)| path.len() > 1 && path.first() == Some(first))
                .filter_map(|(path, parts)| Some((path.get(1..)?, *parts)))
                .collect();
            fields.push(format!("{first} {}", level(&below)));
        }
    }
    format!("{{ {} }}", fields.join(" "))
}
