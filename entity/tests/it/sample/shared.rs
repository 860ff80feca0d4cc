//! The rows that belong to nobody.

use entity::id::{CourseId, ScorecardId, ScorecardItemId, SegmentId, UserId, VisitRuleId};
use entity::performance::Metric;
use entity::{customers, field, learning, people, performance};

use super::{Shared, at, day, exact};

impl Shared {
    pub(crate) fn new() -> Self {
        let (segment, scorecard, now) = (
            SegmentId::new(),
            ScorecardId::new(),
            at("2026-11-23T00:00:00.250Z"),
        );
        Self {
            company: people::company::Model {
                id: 1,
                name: "Acme 雅科美".into(),
                time_zone: "Asia/Shanghai".into(),
                week_start: 1,
                currency: "CNY".into(),
            },
            segment: customers::segment::Model {
                id: segment,
                name: "pharmacies".into(),
            },
            counter: field::counter::Model {
                name: "other".into(),
                value: i64::MAX,
            },
            segment_seal: field::segment_seal::Model {
                month: day("2026-01-01"),
                sealed_at: now,
            },
            track_dirty: field::track_dirty::Model {
                id: 7,
                rep_id: UserId::new(),
                earliest: at("2000-01-01T00:00:00Z"),
                latest: Some(now),
                queued_at: now,
            },
            visit_rule: field::visit_rule::Model {
                id: VisitRuleId::new(),
                segment_id: Some(segment),
                valid_from: now,
                min_dwell_s: 180,
                max_accuracy_m: 100.0,
                exit_margin_m: 25.5,
                silence_s: 10_800,
                max_sample_gap_s: 900,
                max_speed_mps: 70.0,
                created_by: None,
                created_at: now,
            },
            scorecard: performance::scorecard::Model {
                id: scorecard,
                name: "north".into(),
                created_at: now,
                archived_at: None,
            },
            scorecard_item: performance::scorecard_item::Model {
                id: ScorecardItemId::new(),
                scorecard_id: scorecard,
                metric: Metric::CustomersVisited,
                weight: exact("33.3300"),
                cap: exact("1.20"),
            },
            course: learning::course::Model {
                id: CourseId::new(),
                code: "GMP-1".into(),
                title: "Good practice".into(),
                description: None,
                valid_for_days: Some(365),
                pass_score: Some(80),
                created_at: now,
                archived_at: None,
            },
        }
    }
}
