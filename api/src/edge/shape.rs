//! What the measure of a document needs to know of the schema: which fields are lists.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, OperationType, Type,
};
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use async_graphql::{Positioned, Value as ConstValue};

/// The fields of every type.
pub(super) struct Shape {
    types: HashMap<String, HashMap<String, FieldShape>>,
    query: String,
    mutation: String,
    subscription: String,
}

/// What a field returns.
pub(super) struct FieldShape {
    /// The type's name without list and non-null.
    pub(super) returns: String,
    /// Whether it returns many.
    pub(super) is_list: bool,
    /// Where it takes `first`: how many there are when neither `first` nor `last` is given.
    pub(super) page: Option<u64>,
}

impl Shape {
    /// Reads a schema's SDL.
    pub(super) fn read(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut shape = Self {
            types: HashMap::new(),
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
            subscription: "Subscription".to_owned(),
        };
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    let roots = [
                        (schema.query, &mut shape.query),
                        (schema.mutation, &mut shape.mutation),
                        (schema.subscription, &mut shape.subscription),
                    ];
                    for (name, root) in roots {
                        if let Some(name) = name {
                            *root = name.node.to_string();
                        }
                    }
                }
                TypeSystemDefinition::Type(definition) => {
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        _ => continue,
                    };
                    let fields = fields
                        .into_iter()
                        .map(|field| FieldShape::read(&field.node));
                    let name = definition.node.name.node.to_string();
                    shape.types.insert(name, fields.collect());
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(shape)
    }

    /// The type where an operation begins.
    pub(super) fn root(&self, operation: OperationType) -> &str {
        match operation {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        }
    }

    /// A field, if there is such a one.
    pub(super) fn field(&self, on: &str, name: &str) -> Option<&FieldShape> {
        self.types.get(on)?.get(name)
    }
}

impl FieldShape {
    fn read(field: &FieldDefinition) -> (String, Self) {
        let (returns, is_list) = unwrapped(&field.ty.node);
        let shape = Self {
            returns,
            is_list,
            page: field.arguments.iter().find_map(default_page),
        };
        (field.name.node.to_string(), shape)
    }
}

/// The rows that a field gives when it is not told how many.
fn default_page(argument: &Positioned<InputValueDefinition>) -> Option<u64> {
    let argument = &argument.node;
    if argument.name.node != "first" {
        return None;
    }
    match argument.default_value.as_ref().map(|value| &value.node) {
        Some(ConstValue::Number(number)) => number.as_u64(),
        _ => Some(crate::page::DEFAULT_SIZE as u64),
    }
}

fn unwrapped(ty: &Type) -> (String, bool) {
    match &ty.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(of) => (unwrapped(of).0, true),
    }
}
