//! Many rows in few statements.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    Iterable,
};

/// Both databases take this many bound values a statement.
const MOST_VALUES: usize = 30_000;

/// Inserts the rows, in order.
pub(super) async fn insert<A>(
    connection: &impl ConnectionTrait,
    rows: Vec<<A::Entity as EntityTrait>::Model>,
) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count();
    let mut rows = rows
        .into_iter()
        .map(IntoActiveModel::into_active_model)
        .peekable();
    while rows.peek().is_some() {
        let part: Vec<A> = rows.by_ref().take(MOST_VALUES / columns).collect();
        A::Entity::insert_many(part)
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}
