//! The schema: all rooms together.

use async_graphql::Schema as GraphqlSchema;
use async_graphql::SchemaBuilder;
use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions};
use entity::Database;

use crate::customers::{CustomersMutation, CustomersQuery};
use crate::described::Described;
use crate::field::{FieldMutation, FieldQuery, FieldSubscription, Live};
use crate::import::ImportMutation;
use crate::learning::{LearningMutation, LearningQuery};
use crate::node::NodeQuery;
use crate::people::access::RecordedLooks;
use crate::people::{PeopleMutation, PeopleQuery};
use crate::performance::{PerformanceMutation, PerformanceQuery};
use crate::sales::{SalesMutation, SalesQuery};
use crate::webhooks::{WebhookMutation, WebhookQuery};

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
    WebhookQuery,
);

/// Everything that can be done.
#[derive(Default, MergedObject)]
pub struct Mutation(
    PeopleMutation,
    CustomersMutation,
    SalesMutation,
    PerformanceMutation,
    FieldMutation,
    LearningMutation,
    ImportMutation,
    WebhookMutation,
);

/// Everything that can be listened to.
#[derive(Default, MergedSubscription)]
pub struct Subscription(FieldSubscription);

/// The hub's schema.
pub type Schema = GraphqlSchema<Query, Described<Mutation>, Subscription>;

/// The schema over a database, for those who need no more of it.
pub fn schema(database: Database) -> Schema {
    builder(database).finish()
}

/// The schema over a database, to which the process adds what else the rooms need: the
/// authenticator, the live state and so on, each by `.data(…)`.
pub fn builder(database: Database) -> SchemaBuilder<Query, Described<Mutation>, Subscription> {
    bare()
        .data(database)
        .data(RecordedLooks::default())
        .data(Live::default())
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

/// The schema's text with its fields in the order of their declaration.
pub(crate) fn declared() -> String {
    bare().finish().sdl()
}

fn bare() -> SchemaBuilder<Query, Described<Mutation>, Subscription> {
    GraphqlSchema::build(
        Query::default(),
        Described(Mutation::default()),
        Subscription::default(),
    )
    // The edge has measured the document already; this is the parser's own recursion guard.
    .limit_recursive_depth(64)
}
