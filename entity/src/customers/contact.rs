//! A person at a customer.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{ContactId, CustomerId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One contact.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    /// Where they work.
    pub customer_id: CustomerId,
    /// Their name.
    pub name: String,
    /// What they do there.
    pub title: Option<String>,
    /// How to call them.
    pub phone: Option<String>,
    /// How to write to them.
    pub email: Option<String>,
    /// Whether they are the one to ask for first.
    pub is_primary: bool,
    /// When they were added.
    pub created_at: DateTimeUtc,
}

belongs_to! {
    Customer(CustomerId) => crate::customers::customer
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Those of the customers the viewer may see.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.customers(Column::CustomerId))
    }
}
