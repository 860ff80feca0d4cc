//! What holds for the schema as a whole.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

fn types() -> Vec<TypeDefinition> {
    let document = parse_schema(api::sdl()).unwrap();
    let types = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
    types.collect()
}

fn fields(definition: &TypeDefinition) -> &[Positioned<FieldDefinition>] {
    match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => &[],
    }
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}

#[test]
fn everything_is_described() {
    let mut silent: Vec<String> = Vec::new();
    let mut check = |what: String, is_described: bool| {
        if !is_described {
            silent.push(what);
        }
    };
    let input = |input: &Positioned<InputValueDefinition>| {
        (
            input.node.name.node.to_string(),
            input.node.description.is_some(),
        )
    };
    for definition in types() {
        let name = definition.name.node.to_string();
        check(
            name.clone(),
            definition.description.is_some() || is_root(&name),
        );
        for field in fields(&definition) {
            let field = &field.node;
            let place = format!("{name}.{}", field.name.node);
            check(place.clone(), field.description.is_some());
            for (argument, is_described) in field.arguments.iter().map(input) {
                check(format!("{place}({argument})"), is_described);
            }
        }
        match &definition.kind {
            TypeKind::Enum(words) => {
                for word in &words.values {
                    let place = format!("{name}.{}", word.node.value.node);
                    check(place, word.node.description.is_some());
                }
            }
            TypeKind::InputObject(object) => {
                for (field, is_described) in object.fields.iter().map(input) {
                    check(format!("{name}.{field}"), is_described);
                }
            }
            _ => {}
        }
    }
    assert!(silent.is_empty(), "without a description: {silent:#?}");
}

fn is_root(name: &str) -> bool {
    matches!(name, "Query" | "Mutation" | "Subscription")
}

#[test]
fn every_connection_takes_the_four_arguments() {
    for definition in types() {
        for field in fields(&definition).iter().map(|field| &field.node) {
            let arguments: Vec<&str> = field
                .arguments
                .iter()
                .map(|argument| argument.node.name.node.as_str())
                .collect();
            let place = format!("{}.{}", definition.name.node, field.name.node);
            let is_connection = field
                .ty
                .node
                .to_string()
                .trim_end_matches('!')
                .ends_with("Connection");
            if is_connection {
                for name in ["first", "after", "last", "before"] {
                    assert!(arguments.contains(&name), "{place} lacks {name}");
                }
            }
        }
    }
}

#[test]
fn every_payload_tells_user_errors() {
    let payloads = types();
    let mutation = payloads
        .iter()
        .find(|ty| ty.name.node == "Mutation")
        .unwrap();
    for field in fields(mutation).iter().map(|field| &field.node) {
        let returns = field.ty.node.to_string();
        let payload = payloads
            .iter()
            .find(|ty| format!("{}!", ty.name.node) == returns);
        let payload = payload.unwrap_or_else(|| panic!("{} returns {returns}", field.name.node));
        let tells = |field: &Positioned<FieldDefinition>| {
            field.node.name.node == "userErrors" && is_list(&field.node.ty.node)
        };
        assert!(fields(payload).iter().any(tells), "{returns}");
    }
}

#[test]
fn the_text_is_the_same_every_time() {
    assert_eq!(api::sdl(), api::sdl());
}

#[test]
fn scalars_of_ours_say_where_they_are_specified() {
    for definition in types() {
        if matches!(definition.kind, TypeKind::Scalar) {
            let is_specified = definition
                .directives
                .iter()
                .any(|directive| directive.node.name.node == "specifiedBy");
            let name = definition.name.node.as_str();
            assert!(is_specified || name == "JSON", "{name}");
        }
    }
}
