//! Which of the customers that a batch names may be seen.

use std::collections::HashSet;

use entity::customers::customer;
use entity::id::CustomerId;
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter, QuerySelect};

use super::incoming::Incoming;

/// The customers among those that the points name which are visible in the scope.
pub(crate) async fn visible(
    db: &impl ConnectionTrait,
    scope: &Scope,
    points: &[Incoming],
) -> Result<HashSet<CustomerId>, DbErr> {
    let mut named: Vec<CustomerId> = points.iter().filter_map(customer_of).collect();
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    named.sort_unstable();
    named.dedup();
    let are_named = keys::any_of(
        db.get_database_backend(),
        customer::Column::Id.into_expr(),
        &named,
    );
    let found: Vec<CustomerId> = customer::Entity::visible_to(scope)
        .filter(are_named)
        .select_only()
        .column(customer::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// Whether the customer that the point names, if any, is among those.
pub(crate) fn is_known(point: &Incoming, customers: &HashSet<CustomerId>) -> bool {
    customer_of(point).is_none_or(|customer| customers.contains(&customer))
}

fn customer_of(point: &Incoming) -> Option<CustomerId> {
    point.reading.as_ref().ok()?.customer
}
