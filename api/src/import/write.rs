//! Writing rows: new ones together, and of one that is there only what is another.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    Iterable, ModelTrait,
};

use super::{Became, ImportError};

/// Writes new rows, if there are any.
pub(super) async fn insert<M, A>(txn: &DatabaseTransaction, new: Vec<M>) -> Result<(), ImportError>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + Send,
{
    if new.is_empty() {
        return Ok(());
    }
    let rows = new.into_iter().map(IntoActiveModel::into_active_model);
    M::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Makes a row what it is to be. Columns that stay are not written, so that nothing is undone that
/// somebody else does meanwhile.
pub(super) async fn update<M, A>(
    txn: &DatabaseTransaction,
    before: M,
    after: M,
) -> Result<Became, ImportError>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let columns = <M::Entity as EntityTrait>::Column::iter();
    let changes: Vec<_> = columns
        .filter(|column| before.get(*column) != after.get(*column))
        .map(|column| (column, after.get(column)))
        .collect();
    if changes.is_empty() {
        return Ok(Became::Unchanged);
    }
    let mut row = before.into_active_model();
    for (column, value) in changes {
        row.set(column, value);
    }
    row.update(txn).await?;
    Ok(Became::Changed)
}
