//! The thresholds by which visits are derived: the default's, or those of a segment.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{SegmentId, UserId, VisitRuleId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// One version of a visit rule.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_rule")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitRuleId,
    /// The class of customers it holds for; none means the default.
    pub segment_id: Option<SegmentId>,
    /// From when on; until the next version for the same segment.
    pub valid_from: DateTimeUtc,
    /// The stay that must be observed, in seconds; a shorter one is a drive-by.
    pub min_dwell_s: i32,
    /// A trail fix with a larger error radius, in metres, takes no part.
    pub max_accuracy_m: f64,
    /// How far beyond the edge the whole error circle must be to be outside, in metres.
    pub exit_margin_m: f64,
    /// A longer silence ends a visit, in seconds.
    pub silence_s: i32,
    /// Time between fixes up to this counts as observed, in seconds.
    pub max_sample_gap_s: i32,
    /// A fix that needs a higher speed on both sides is a jump, in metres a second.
    pub max_speed_mps: f64,
    /// Who set it; none if it was imported.
    pub created_by: Option<UserId>,
    /// When it was set.
    pub created_at: DateTimeUtc,
}

belongs_to! {
    Segment(SegmentId) => crate::customers::segment,
    CreatedBy(CreatedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Everyone who signed in.
    pub fn visible_to(_scope: &Scope) -> Select<Self> {
        rows::<Self>()
    }
}
