//! How often a rep visited a customer on a day.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{CustomerId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One count.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rep_customer_day")]
pub struct Model {
    /// The rep.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rep_id: UserId,
    /// The day, in the company's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// How many visits arrived that day; withdrawn ones do not count.
    pub visits: i32,
}

belongs_to! {
    Rep(RepId) => crate::people::user,
    Customer(CustomerId) => crate::customers::customer
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
