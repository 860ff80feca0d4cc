//! The schema: all rooms together.

use async_graphql::SchemaBuilder;
use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, Schema as GraphqlSchema};
use entity::Database;

use crate::customers::{CustomersMutation, CustomersQuery};
use crate::described::Described;
use crate::field::FieldQuery;
use crate::learning::{LearningMutation, LearningQuery};
use crate::node::NodeQuery;
use crate::people::access::RecordedLooks;
use crate::people::{PeopleMutation, PeopleQuery};
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
    FieldQuery,
    LearningQuery,
);

/// Everything that can be done.
#[derive(Default, MergedObject)]
pub struct Mutation(
    PeopleMutation,
    CustomersMutation,
    SalesMutation,
    PerformanceMutation,
    LearningMutation,
);

/// The hub's schema.
pub type Schema = GraphqlSchema<Query, Described<Mutation>, EmptySubscription>;

/// The schema over a database, for those who need no more of it.
pub fn schema(database: Database) -> Schema {
    builder(database).finish()
}

/// The schema over a database, to which the process adds what else the rooms need: the
/// authenticator, the live state and so on, each by `.data(…)`.
pub fn builder(database: Database) -> SchemaBuilder<Query, Described<Mutation>, EmptySubscription> {
    bare().data(database).data(RecordedLooks::default())
}

/// The schema's text, the same for the same schema.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    bare().finish().sdl_with_options(options)
}

fn bare() -> SchemaBuilder<Query, Described<Mutation>, EmptySubscription> {
    GraphqlSchema::build(
        Query::default(),
        Described(Mutation::default()),
        EmptySubscription,
    )
    // The edge has measured the document already; this is the parser's own recursion guard.
    .limit_recursive_depth(64)
}
