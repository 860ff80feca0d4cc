//! Whose personal data were erased.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::UserId;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One erasure.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// Who decided it.
    pub erased_by: UserId,
    /// When.
    pub erased_at: DateTimeUtc,
}

belongs_to! {
    User(UserId) => crate::people::user;
    ErasedBy(ErasedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// For administrators.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.administrator())
    }
}
