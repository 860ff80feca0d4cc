//! One metric of a scorecard. The weights of a scorecard's items sum to exactly 100.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::decimal::Exact;
use crate::id::{ScorecardId, ScorecardItemId};
use crate::performance::Metric;
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scorecard_item")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ScorecardItemId,
    /// The scorecard it belongs to.
    pub scorecard_id: ScorecardId,
    /// What is measured.
    pub metric: Metric,
    /// Its share of the score, in per cent.
    pub weight: Exact,
    /// The attainment beyond which more does not count; 1 is the target itself.
    pub cap: Exact,
}

belongs_to! {
    Scorecard(ScorecardId) => crate::performance::scorecard
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Everyone who signed in.
    pub fn visible_to(_scope: &Scope) -> Select<Self> {
        rows::<Self>()
    }
}
