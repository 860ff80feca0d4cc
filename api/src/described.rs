//! What the same argument means on every list is said once, here.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::resolver_utils::{ContainerType, Fields};
use async_graphql::{
    Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};

/// The arguments that every list has.
const ARGUMENTS: &[(&str, &str)] = &[
    (
        "first",
        "At most this many from the beginning, 1 to 100; 20 when neither first nor last is given.",
    ),
    ("after", "Only what comes after this cursor."),
    ("last", "At most this many from the end, 1 to 100."),
    ("before", "Only what comes before this cursor."),
    ("datum", "The datum to give it in; WGS-84 when not given."),
    ("filter", "Only what passes this filter."),
    (
        "orderBy",
        "The order; see the type for what is the order without it.",
    ),
    ("name", "What people call it."),
    ("id", "The opaque id."),
    ("ids", "The opaque ids."),
    ("input", "What is to be done, with its values."),
];

/// A root of the schema whose arguments get their descriptions.
#[derive(Default)]
pub struct Described<T>(pub T);

fn describe(registry: &mut Registry) {
    for ty in registry.types.values_mut() {
        let fields = match ty {
            MetaType::Object { fields, .. } | MetaType::Interface { fields, .. } => fields,
            _ => continue,
        };
        for argument in fields
            .values_mut()
            .flat_map(|field| field.args.values_mut())
        {
            let standard = ARGUMENTS.iter().find(|(name, _)| *name == argument.name);
            if let (None, Some((_, meaning))) = (&argument.description, standard) {
                argument.description = Some((*meaning).to_owned());
            }
        }
    }
}

impl<T: ObjectType> OutputType for Described<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = T::create_type_info(registry);
        describe(registry);
        name
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl<T: ObjectType> ContainerType for Described<T> {
    fn is_empty() -> bool {
        T::is_empty()
    }

    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }

    fn collect_all_fields<'a>(
        &'a self,
        ctx: &ContextSelectionSet<'a>,
        fields: &mut Fields<'a>,
    ) -> ServerResult<()> {
        self.0.collect_all_fields(ctx, fields)
    }
}

impl<T: ObjectType> ObjectType for Described<T> {}
