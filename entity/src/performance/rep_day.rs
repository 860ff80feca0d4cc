//! What a rep reached on a day, summed up in the transactions that wrote it, so that a ranking reads
//! few rows.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::UserId;
use crate::performance::Metric;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One sum.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rep_day")]
pub struct Model {
    /// The rep.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rep_id: UserId,
    /// The day, in the company's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// What is measured: only the metrics that add up over days.
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: Metric,
    /// The sum; of money in minor units.
    pub value: i64,
}

belongs_to! {
    Rep(RepId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer's; for a manager also those of their members.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::RepId))
    }
}
