//! The schema as its own introspection describes it.

use std::collections::{BTreeMap, BTreeSet};

use api::Schema;
use serde_json::Value;

const QUESTION: &str = "{ __schema { types {
    kind name interfaces { name } inputFields { name type { ...T } }
    fields { name type { ...T } args { name defaultValue type { ...T } } }
} } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All types by name.
pub(super) struct Shape {
    types: BTreeMap<String, Type>,
}

/// An object or an input object, without its scalars' details.
pub(super) struct Type {
    kind: String,
    pub(super) is_node: bool,
    pub(super) fields: Vec<Field>,
}

/// A field, of an object or of an input object.
pub(super) struct Field {
    pub(super) name: String,
    /// The type's name, without lists and `!`.
    pub(super) of: String,
    /// Whether the value may be null, then whether the items of the list may, and so on inwards.
    pub(super) may_be_null: Vec<bool>,
    /// The arguments, with the type's name and whether each must be given.
    pub(super) arguments: Vec<(String, String, bool)>,
}

impl Shape {
    pub(super) async fn of(schema: &Schema) -> Self {
        let answer = schema.execute(QUESTION).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        let answer = answer.data.into_json().unwrap();
        let types = list(&answer["__schema"]["types"]).map(|ty| (text(&ty["name"]), Type::of(ty)));
        Self {
            types: types.collect(),
        }
    }

    pub(super) fn ty(&self, name: &str) -> &Type {
        &self.types[name]
    }

    pub(super) fn roots(&self) -> &[Field] {
        &self.ty("Query").fields
    }

    /// The objects with a global id.
    pub(super) fn node_types(&self) -> impl Iterator<Item = &str> {
        let nodes = self.types.iter().filter(|(_, ty)| ty.is_node);
        nodes.map(|(name, _)| name.as_str())
    }

    /// The filters that ask for an id.
    pub(super) fn id_filters(&self) -> impl Iterator<Item = &str> {
        let by_id = |ty: &&Type| {
            let asks = |field: &Field| field.of == "IdFilter";
            ty.kind == "INPUT_OBJECT" && ty.fields.iter().any(asks)
        };
        let filters = self.types.iter().filter(move |(_, ty)| by_id(ty));
        filters.map(|(name, _)| name.as_str())
    }

    /// The type of the nodes, where `name` is a connection's.
    pub(super) fn nodes_of(&self, name: &str) -> Option<&str> {
        let ty = self
            .types
            .get(name)
            .filter(|_| name.ends_with("Connection"))?;
        let nodes = ty.fields.iter().find(|field| field.name == "nodes")?;
        Some(&nodes.of)
    }

    pub(super) fn has_id(&self, name: &str) -> bool {
        self.ty(name).fields.iter().any(|field| field.name == "id")
    }

    /// The fields, as `Type.field`, that lead to one thing with a global id and may be null.
    pub(super) fn nullable_links_to_nodes(&self) -> BTreeSet<String> {
        let objects = self
            .types
            .iter()
            .filter(|(on, ty)| ty.kind == "OBJECT" && *on != "Query" && !on.ends_with("Payload"));
        let links = objects.flat_map(|(on, ty)| ty.fields.iter().map(move |field| (on, field)));
        links
            .filter(|(_, field)| field.may_be_null == [true] && self.ty(&field.of).is_node)
            .map(|(on, field)| format!("{on}.{}", field.name))
            .collect()
    }

    /// The fields of an object that lead to other objects.
    pub(super) fn links(&self, name: &str) -> impl Iterator<Item = &Field> {
        let leads = |field: &&Field| {
            matches!(
                self.ty(&field.of).kind.as_str(),
                "OBJECT" | "INTERFACE" | "UNION"
            )
        };
        self.ty(name).fields.iter().filter(leads)
    }
}

impl Type {
    fn of(ty: &Value) -> Self {
        let fields = list(&ty["fields"]).chain(list(&ty["inputFields"]));
        Self {
            kind: text(&ty["kind"]),
            is_node: list(&ty["interfaces"]).any(|interface| interface["name"] == "Node"),
            fields: fields.map(Field::of).collect(),
        }
    }
}

impl Field {
    fn of(field: &Value) -> Self {
        let arguments = list(&field["args"]).map(|argument| {
            let is_needed = argument["type"]["kind"] == "NON_NULL";
            (
                text(&argument["name"]),
                named(&argument["type"]),
                is_needed && argument["defaultValue"].is_null(),
            )
        });
        Self {
            name: text(&field["name"]),
            of: named(&field["type"]),
            may_be_null: nullability(&field["type"]),
            arguments: arguments.collect(),
        }
    }

    /// The type of the argument `filter`, if there is one.
    pub(super) fn filter(&self) -> Option<&str> {
        let mut arguments = self.arguments.iter();
        let filter = arguments.find(|(name, ..)| name == "filter")?;
        Some(&filter.1)
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn named(ty: &Value) -> String {
    match &ty["ofType"] {
        Value::Null => text(&ty["name"]),
        inner => named(inner),
    }
}

fn nullability(ty: &Value) -> Vec<bool> {
    let (may_be_null, ty) = match text(&ty["kind"]).as_str() {
        "NON_NULL" => (false, &ty["ofType"]),
        _ => (true, ty),
    };
    let mut levels = vec![may_be_null];
    if ty["kind"] == "LIST" {
        levels.extend(nullability(&ty["ofType"]));
    }
    levels
}
