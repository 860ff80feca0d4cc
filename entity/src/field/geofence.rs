//! The place of a customer. Its shape is in its versions.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{CustomerId, GeofenceId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One geofence.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "geofence")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GeofenceId,
    /// Whose place it is.
    pub customer_id: CustomerId,
    /// What people call it, such as the back entrance.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Since when it no longer counts.
    pub retired_at: Option<DateTimeUtc>,
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
