//! How much a document may ask for, measured before anything runs.
//!
//! The cost of a document is the greatest number of values its answer can hold: every field is
//! one, and what stands inside a list counts once for each of the `first` (or `last`) rows.

use std::collections::HashSet;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, ServerError, Value, Variables};

use super::shape::Shape;

/// What a list that cannot be paged is taken to hold.
const PLAIN_LIST: u64 = 10;
/// Deepest nesting of selections, fragments counted: fields may nest `depth` deep.
const NESTING: usize = 64;
/// How often a list of the schema's own description may nest in itself.
const INTROSPECTION_LISTS: usize = 3;

/// How much one request may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body: usize,
    /// Tokens of a document.
    pub tokens: usize,
    /// Fields in fields.
    pub depth: usize,
    /// Fields in fields where the schema itself is asked about.
    pub introspection_depth: usize,
    /// Renamed fields of a document.
    pub aliases: usize,
    /// Fields at the top of an operation.
    pub root_fields: usize,
    /// Directives on one field or fragment.
    pub directives: usize,
    /// The most values an answer may hold.
    pub cost: u64,
    /// Operations that run on one WebSocket at once.
    pub operations: usize,
    /// Bytes of a WebSocket message.
    pub message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 256 * 1024,
            tokens: 10_000,
            depth: 12,
            introspection_depth: 24,
            aliases: 20,
            root_fields: 10,
            directives: 4,
            cost: 50_000,
            operations: 32,
            message: 64 * 1024,
        }
    }
}

/// Measures an operation: its cost, or the limit it passes.
pub(super) fn measure(
    limits: &Limits,
    shape: &Shape,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<u64, ServerError> {
    let mut walk = Walk {
        limits,
        shape,
        document,
        operation,
        variables,
        visits: 0,
        aliased: HashSet::new(),
        root_fields: 0,
    };
    let root = shape.root(operation.ty);
    let cost = walk.selections(&operation.selection_set, Place::top(root))?;
    if cost > limits.cost {
        let message = format!(
            "the answer could hold {cost} values, {} are allowed: ask for fewer rows or fields",
            limits.cost
        );
        let mut refusal = too_complex(message, operation.selection_set.pos);
        let told = refusal.extensions.get_or_insert_default();
        told.set("requested", cost);
        told.set("limit", limits.cost);
        return Err(refusal);
    }
    Ok(cost)
}

/// A refusal with its code.
pub(super) fn too_complex(message: String, pos: Pos) -> ServerError {
    super::answer::coded(ServerError::new(message, Some(pos)), "TOO_COMPLEX")
}

struct Walk<'a> {
    limits: &'a Limits,
    shape: &'a Shape,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    visits: usize,
    aliased: HashSet<Pos>,
    root_fields: usize,
}

/// Where in the document the walk stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The type the selections are made on.
    on: &'a str,
    /// Fields above.
    depth: usize,
    /// Selections above, fragments counted.
    nesting: usize,
    /// How many rows the `nodes` and `edges` here stand for.
    rows: Option<u64>,
    /// Lists of the schema's own description above; none outside of it.
    introspection: Option<usize>,
}

impl<'a> Place<'a> {
    fn top(on: &'a str) -> Self {
        Self {
            on,
            depth: 0,
            nesting: 0,
            rows: None,
            introspection: None,
        }
    }
}

impl<'a> Walk<'a> {
    fn selections(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        place: Place<'a>,
    ) -> Result<u64, ServerError> {
        if place.nesting > NESTING {
            let message = format!("selections nest more than {NESTING} deep");
            return Err(too_complex(message, set.pos));
        }
        let mut cost = 0_u64;
        for selection in &set.node.items {
            self.visits += 1;
            if self.visits > self.limits.tokens {
                let message = format!("more than {} selections", self.limits.tokens);
                return Err(too_complex(message, selection.pos));
            }
            self.check_directives(selection)?;
            let inside = Place {
                nesting: place.nesting + 1,
                ..place
            };
            let part = match &selection.node {
                Selection::Field(field) => self.field(field, place)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on =
                        condition.map_or(place.on, |condition| condition.node.on.node.as_str());
                    self.selections(&fragment.node.selection_set, Place { on, ..inside })?
                }
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => {
                            let on = fragment.node.type_condition.node.on.node.as_str();
                            self.selections(&fragment.node.selection_set, Place { on, ..inside })?
                        }
                        // Validation will say that there is none.
                        None => 0,
                    }
                }
            };
            cost = cost.saturating_add(part);
        }
        Ok(cost)
    }

    fn field(
        &mut self,
        field: &'a Positioned<Field>,
        place: Place<'a>,
    ) -> Result<u64, ServerError> {
        let name = field.node.name.node.as_str();
        self.check_field(field, place)?;
        let shape = self.shape.field(place.on, name);
        let introspection = match place.introspection {
            Some(lists) => Some(lists + usize::from(is_introspection_list(name))),
            None => (name == "__schema" || name == "__type").then_some(0),
        };
        let rows = shape
            .and_then(|shape| shape.page)
            .map(|page| self.page_size(&field.node, page));
        let inside = Place {
            on: shape.map_or("", |shape| shape.returns.as_str()),
            depth: place.depth + 1,
            nesting: place.nesting + 1,
            rows,
            introspection,
        };
        let children = self.selections(&field.node.selection_set, inside)?;
        if introspection.is_some() {
            return Ok(0);
        }
        let times = match shape {
            Some(shape) if shape.is_list && shape.page.is_some() => rows.unwrap_or(PLAIN_LIST),
            Some(shape) if shape.is_list => place.rows.unwrap_or(PLAIN_LIST),
            _ => 1,
        };
        Ok(children.saturating_mul(times).saturating_add(1))
    }

    fn check_field(
        &mut self,
        field: &Positioned<Field>,
        place: Place<'a>,
    ) -> Result<(), ServerError> {
        if field.node.alias.is_some() {
            self.aliased.insert(field.pos);
        }
        if place.depth == 0 {
            self.root_fields += 1;
        }
        let depth = match place.introspection {
            Some(_) => self.limits.introspection_depth,
            None => self.limits.depth,
        };
        let message = if place.depth >= depth {
            format!("fields nest more than {depth} deep")
        } else if self.aliased.len() > self.limits.aliases {
            format!("more than {} aliases", self.limits.aliases)
        } else if self.root_fields > self.limits.root_fields {
            format!("more than {} fields at the top", self.limits.root_fields)
        } else if place.introspection > Some(INTROSPECTION_LISTS) {
            "the schema's description is asked for in circles".to_owned()
        } else {
            return Ok(());
        };
        Err(too_complex(message, field.pos))
    }

    fn check_directives(&self, selection: &Positioned<Selection>) -> Result<(), ServerError> {
        if selection.node.directives().len() > self.limits.directives {
            let message = format!(
                "more than {} directives on one field",
                self.limits.directives
            );
            return Err(too_complex(message, selection.pos));
        }
        Ok(())
    }

    /// The rows a paged field asks for, variables read.
    fn page_size(&self, field: &Field, default: u64) -> u64 {
        let asked = ["first", "last"].iter().filter_map(|name| {
            let value = field.get_argument(name)?.node.clone();
            let value = value.into_const_with(|name| self.variable(&name).cloned().ok_or(()));
            match value.ok()? {
                Value::Number(number) => Some(number.as_u64().unwrap_or_default()),
                _ => None,
            }
        });
        asked.max().unwrap_or(default)
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        if let Some(value) = self.variables.get(name) {
            return Some(value);
        }
        let mut definitions = self.operation.variable_definitions.iter();
        let definition = definitions.find(|definition| definition.node.name.node == *name)?;
        definition
            .node
            .default_value
            .as_ref()
            .map(|value| &value.node)
    }
}

fn is_introspection_list(name: &str) -> bool {
    matches!(
        name,
        "fields" | "interfaces" | "possibleTypes" | "inputFields"
    )
}
