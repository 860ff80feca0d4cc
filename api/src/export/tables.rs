//! What can be exported: every connection of the schema that is reached from the root by itself
//! (`visits`) or through one object (`ranking.entries`, `customer.contacts`).

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition,
};

use super::columns::{Column, columns};

/// The types of the schema, as far as exports need them.
#[derive(Debug)]
pub(super) struct Types {
    pub(super) objects: BTreeMap<String, Vec<FieldDefinition>>,
    pub(super) enums: Vec<String>,
    pub(super) scalars: Vec<String>,
}

/// Everything that can be exported.
#[derive(Debug)]
pub struct Tables {
    tables: BTreeMap<String, Table>,
}

/// One connection as a table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The fields that lead to it from the root.
    pub(super) path: Vec<FieldDefinition>,
    /// The type of the object it belongs to, where that is found by its id alone.
    pub(super) on: Option<String>,
    /// What a row has, in order.
    pub columns: Vec<Column>,
}

impl Tables {
    /// Those of the hub's schema, their columns in the order in which it declares them.
    pub fn all() -> Result<Self, async_graphql::parser::Error> {
        Self::read(&crate::schema::declared())
    }

    fn read(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let types = Types::read(sdl)?;
        let mut tables = BTreeMap::new();
        for root in types.fields("Query") {
            if let Some(columns) = node_columns(&types, root) {
                let path = vec![root.clone()];
                tables.insert(
                    root.name.node.to_string(),
                    Table {
                        path,
                        on: None,
                        columns,
                    },
                );
                continue;
            }
            if is_list(&root.ty.node) {
                continue;
            }
            for field in types.fields(base(&root.ty.node)) {
                if let Some(columns) = node_columns(&types, field) {
                    let name = format!("{}.{}", root.name.node, field.name.node);
                    let path = vec![root.clone(), field.clone()];
                    tables.insert(
                        name,
                        Table {
                            path,
                            on: None,
                            columns,
                        },
                    );
                }
            }
        }
        let mut roots = types.fields("Query").iter();
        if let Some(node) = roots.find(|field| field.name.node == "node") {
            for (name, table) in of_nodes(&types, node) {
                tables.entry(name).or_insert(table);
            }
        }
        Ok(Self { tables })
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }
}

/// The connections of everything with a global id, such as `customer.contacts`.
fn of_nodes<'a>(
    types: &'a Types,
    node: &'a FieldDefinition,
) -> impl Iterator<Item = (String, Table)> + 'a {
    let objects = types.objects.iter();
    let nodes = objects.filter(|(_, fields)| fields.iter().any(|field| field.name.node == "id"));
    nodes.flat_map(move |(object, fields)| {
        fields.iter().filter_map(move |field| {
            let mut name = object.clone();
            name.get_mut(..1)?.make_ascii_lowercase();
            let table = Table {
                path: vec![node.clone(), field.clone()],
                on: Some(object.clone()),
                columns: node_columns(types, field)?,
            };
            Some((format!("{name}.{}", field.name.node), table))
        })
    })
}

/// The columns of the rows of a connection; none if the field is no connection.
fn node_columns(types: &Types, field: &FieldDefinition) -> Option<Vec<Column>> {
    let node = base(&field.ty.node).strip_suffix("Connection")?;
    types.objects.get(node).map(|_| columns(types, node))
}

impl Types {
    fn read(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut types = Self {
            objects: BTreeMap::new(),
            enums: Vec::new(),
            scalars: ["ID", "Int", "Float", "String", "Boolean"]
                .map(str::to_owned)
                .into(),
        };
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    let fields = object.fields.into_iter().map(|field| field.node);
                    types.objects.insert(name, fields.collect());
                }
                TypeKind::Enum(_) => types.enums.push(name),
                TypeKind::Scalar => types.scalars.push(name),
                _ => {}
            }
        }
        Ok(types)
    }

    /// The fields of an object; none if there is no such one.
    pub(super) fn fields(&self, object: &str) -> &[FieldDefinition] {
        self.objects.get(object).map_or(&[], Vec::as_slice)
    }

    /// Whether values of a type are written as they are.
    pub(super) fn is_plain(&self, name: &str) -> bool {
        [&self.enums, &self.scalars]
            .into_iter()
            .flatten()
            .any(|plain| plain == name)
    }
}

/// The type's name without list and non-null.
pub(super) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(of) => base(of),
    }
}

/// Whether there are many values.
pub(super) fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}
