//! Which operation of a document is to run, and whether its variables are all there.

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, ServerError, Value, Variables};

use super::answer;

/// The operation that is to run, as the specification chooses it, with its name.
pub(super) fn chosen<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'a Name>, &'a OperationDefinition), ServerError> {
    let mut operations = document.operations.iter();
    let chosen = match wanted {
        Some(wanted) => operations
            .find(|(name, _)| name.is_some_and(|name| name == wanted))
            .ok_or_else(|| format!("there is no operation named \"{wanted}\"")),
        None if operations.len() > 1 => {
            Err("operationName must choose one of the operations".to_owned())
        }
        None => operations
            .next()
            .ok_or_else(|| "there is no operation".to_owned()),
    };
    match chosen {
        Ok((name, operation)) => Ok((name, &operation.node)),
        Err(message) => Err(answer::invalid(ServerError::new(message, None))),
    }
}

/// Refuses a required variable that is missing or null: the executor would notice only at the
/// field that uses it.
pub(super) fn check_variables(
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), ServerError> {
    for definition in &operation.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let is_absent = match variables.get(name) {
            None => definition.node.default_value.is_none(),
            Some(value) => *value == Value::Null,
        };
        if is_absent && !ty.nullable {
            let message = format!("variable \"${name}\" of type {ty} is required");
            let error = ServerError::new(message, Some(definition.pos));
            return Err(answer::invalid(error));
        }
    }
    Ok(())
}

/// Whether the operation asks about the schema as a whole.
pub(super) fn introspects(operation: &OperationDefinition) -> bool {
    operation.ty == OperationType::Query
        && operation.selection_set.node.items.iter().any(|selection| {
            matches!(&selection.node, Selection::Field(field) if field.node.name.node == "__schema")
        })
}
