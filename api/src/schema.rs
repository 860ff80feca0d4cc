//! The schema: all rooms together.

use async_graphql::SchemaBuilder;
use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, Schema as GraphqlSchema};
use entity::Database;

use crate::customers::{CustomersMutation, CustomersQuery};
use crate::described::Described;
use crate::learning::{LearningMutation, LearningQuery};
use crate::node::NodeQuery;
use crate::people::PeopleQuery;
use crate::performance::{PerformanceMutation, PerformanceQuery};
use crate::sales::{SalesMutation, SalesQuery};

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(
    NodeQuery,
    PeopleQuery,
    CustomersQuery,
    SalesQuery,
    PerformanceQuery,
    LearningQuery,
);

/// Everything that can be done.
#[derive(Default, MergedObject)]
pub struct Mutation(
    CustomersMutation,
    SalesMutation,
    PerformanceMutation,
    LearningMutation,
);

/// The hub's schema.
pub type Schema = GraphqlSchema<Described<Query>, Described<Mutation>, EmptySubscription>;

/// The schema over a database.
pub fn schema(database: Database) -> Schema {
    builder().data(database).finish()
}

/// The schema's text, the same for the same schema.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    builder().finish().sdl_with_options(options)
}

fn builder() -> SchemaBuilder<Described<Query>, Described<Mutation>, EmptySubscription> {
    GraphqlSchema::build(
        Described(Query::default()),
        Described(Mutation::default()),
        EmptySubscription,
    )
    // The edge has measured the document already; this is the parser's own recursion guard.
    .limit_recursive_depth(64)
}
