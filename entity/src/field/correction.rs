//! A person's word on which customer a rep was at.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{CorrectionId, CustomerId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One correction.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "correction")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CorrectionId,
    /// Whose stay.
    pub rep_id: UserId,
    /// An instant within the stay that is meant.
    pub instant: DateTimeUtc,
    /// Where the rep was; none means at no customer.
    pub customer_id: Option<CustomerId>,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub decided_by: UserId,
    /// When; the newest word wins.
    pub decided_at: DateTimeUtc,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Customer(CustomerId) => crate::customers::customer;
    DecidedBy(DecidedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the viewer's stays; for a manager also of their members'.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
