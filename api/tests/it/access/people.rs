//! Teams, people, and what each person has.

use entity::id::{
    AccessLogId, CourseId, EnrolmentId, ScorecardId, ScorecardItemId, SegmentId, TargetId, TeamId,
    TrainingRecordId, UserId, VisitRuleId, WorkingHoursId,
};
use entity::performance::{Metric, PeriodKind, scorecard, scorecard_item, target};
use entity::{customers, field, learning, people};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::company::{Company, at};
use super::sight::{PEOPLE, Sight, TEAMS};

/// The rows that belong to nobody.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub(super) segment: SegmentId,
    pub(super) rule: VisitRuleId,
    pub(super) course: CourseId,
}

impl Company {
    /// Writes all rows.
    pub(super) async fn fill(&mut self) {
        self.insert(people::company::Model {
            id: 1,
            name: "Try and Sons".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            week_start: 1,
            currency: "CNY".to_owned(),
        })
        .await;
        for (name, parent, _) in TEAMS {
            self.insert(self.team(name, parent, None)).await;
            let above = parent.map(|parent| self.teams[parent].global());
            let id = self.teams[name].global();
            self.note("Team", id, Sight::Team(name), [above]);
        }
        for (name, ..) in PEOPLE {
            self.person(name).await;
        }
        for (name, parent, manager) in TEAMS {
            let team = self.team(name, parent, manager).into_active_model();
            let team = team.reset_all().update(&self.db().write);
            team.await.unwrap();
            self.hours(Sight::Team(name), None, Some(self.teams[name]))
                .await;
            self.target(Sight::Results(name), None, Some(self.teams[name]))
                .await;
        }
        self.hours(Sight::Everyone, None, None).await;
        let shared = self.shared().await;
        self.trade(shared).await;
        for (name, ..) in PEOPLE {
            self.belongings(name, shared).await;
        }
        let webhook = self.webhook().await;
        for (seq, (name, ..)) in (1..).zip(PEOPLE) {
            self.message(webhook, self.people[name], seq).await;
        }
    }

    fn team(&self, name: &str, parent: Option<&str>, manager: Option<&str>) -> people::team::Model {
        people::team::Model {
            id: self.teams[name],
            parent_id: parent.map(|parent| self.teams[parent]),
            name: name.to_owned(),
            manager_id: manager.map(|manager| self.people[manager]),
            created_at: at("09-01"),
            archived_at: None,
            presence_shared_at: None,
        }
    }

    async fn person(&mut self, name: &'static str) {
        let (_, role, team) = super::sight::person(name);
        let (id, team, device) = (self.people[name], self.teams[team], self.devices[name]);
        self.insert(people::user::Model {
            id,
            email: format!("{name}@example.com"),
            name: name.to_owned(),
            phone: None,
            role,
            team_id: Some(team),
            password_hash: None,
            subject: None,
            token_version: 0,
            created_at: at("09-01"),
            deactivated_at: None,
        })
        .await;
        self.insert(people::device::Model {
            id: device,
            user_id: id,
            name: "phone".to_owned(),
            platform: "android 15".to_owned(),
            kind: people::device::Kind::App,
            token_hash: None,
            enrolled_at: at("09-01"),
            revoked_at: None,
        })
        .await;
        let (sight, owner) = (Sight::Person(name), Some(id.global()));
        self.note("User", id.global(), sight, [Some(team.global())]);
        self.note("Device", device.global(), sight, [owner]);
        self.hours(sight, Some(id), None).await;
        self.target(sight, Some(id), None).await;
    }

    async fn hours(&mut self, sight: Sight, user_id: Option<UserId>, team_id: Option<TeamId>) {
        let id = WorkingHoursId::new();
        self.insert(people::working_hours::Model {
            id,
            user_id,
            team_id,
            valid_from: at("09-01"),
            weekly: json!([{"day": 1, "from": "09:00", "to": "18:00"}]),
        })
        .await;
        let owner = [user_id.map(UserId::global), team_id.map(TeamId::global)];
        self.note("WorkingHours", id.global(), sight, owner);
    }

    async fn target(&mut self, sight: Sight, user_id: Option<UserId>, team_id: Option<TeamId>) {
        let id = TargetId::new();
        self.insert(target::Model {
            id,
            metric: Metric::Revenue,
            period_kind: PeriodKind::Month,
            period_start: at("10-01").date_naive(),
            user_id,
            team_id,
            value: "1000".parse().unwrap(),
            created_by: self.people["Ada"],
            created_at: at("09-01"),
        })
        .await;
        let owner = [user_id.map(UserId::global), team_id.map(TeamId::global)];
        self.note("Target", id.global(), sight, owner);
    }

    async fn shared(&mut self) -> Shared {
        let (segment, rule, course) = (SegmentId::new(), VisitRuleId::new(), CourseId::new());
        self.insert(customers::segment::Model {
            id: segment,
            name: "pharmacies".to_owned(),
        })
        .await;
        self.insert(field::visit_rule::Model {
            id: rule,
            segment_id: Some(segment),
            valid_from: at("09-01"),
            min_dwell_s: 180,
            max_accuracy_m: 100.0,
            exit_margin_m: 25.0,
            silence_s: 10_800,
            max_sample_gap_s: 900,
            max_speed_mps: 70.0,
            created_by: Some(self.people["Sam"]),
            created_at: at("09-01"),
        })
        .await;
        self.insert(learning::course::Model {
            id: course,
            code: "GMP".to_owned(),
            title: "Good practice".to_owned(),
            description: None,
            valid_for_days: None,
            pass_score: None,
            created_at: at("09-01"),
            archived_at: None,
        })
        .await;
        let everyone = Sight::Everyone;
        self.note("Segment", segment.global(), everyone, []);
        let of_segment = [Some(segment.global())];
        self.note("VisitRule", rule.global(), everyone, of_segment);
        self.note("Course", course.global(), everyone, []);
        self.scorecard().await;
        Shared {
            segment,
            rule,
            course,
        }
    }

    async fn scorecard(&mut self) {
        let id = ScorecardId::new();
        self.insert(scorecard::Model {
            id,
            name: "all".to_owned(),
            created_at: at("09-01"),
            archived_at: None,
        })
        .await;
        for metric in [Metric::Revenue, Metric::Coverage] {
            self.insert(scorecard_item::Model {
                id: ScorecardItemId::new(),
                scorecard_id: id,
                metric,
                weight: "50".parse().unwrap(),
                cap: "1.5".parse().unwrap(),
            })
            .await;
        }
        self.note("Scorecard", id.global(), Sight::Everyone, []);
    }

    async fn belongings(&mut self, name: &'static str, shared: Shared) {
        let (user, sight) = (self.people[name], Sight::Person(name));
        let owner = Some(user.global());
        let (enrolment, record) = (EnrolmentId::new(), TrainingRecordId::new());
        self.insert(learning::enrolment::Model {
            id: enrolment,
            course_id: shared.course,
            user_id: user,
            due_at: Some(at("10-20")),
            enrolled_by: Some(self.people["Sam"]),
            enrolled_at: at("09-01"),
            cancelled_at: None,
        })
        .await;
        let of = [owner.clone(), Some(shared.course.global())];
        self.note("Enrolment", enrolment.global(), sight, of);
        self.insert(learning::training_record::Model {
            id: record,
            course_id: shared.course,
            user_id: user,
            enrolment_id: Some(enrolment),
            completed_at: at("10-10"),
            score: None,
            result: learning::training_record::Outcome::Passed,
            certificate: None,
            expires_at: None,
            recorded_by: Some(self.people["Sam"]),
        })
        .await;
        let course = Some(shared.course.global());
        let of = [owner.clone(), course, Some(enrolment.global())];
        self.note("TrainingRecord", record.global(), sight, of);
        let look = AccessLogId::new();
        self.insert(people::access_log::Model {
            id: look,
            viewer_id: self.people["Sam"],
            subject_id: user,
            purpose: "liveMap".to_owned(),
            hour: at("10-10"),
            first_at: at("10-10"),
        })
        .await;
        self.note("AccessLogEntry", look.global(), Sight::Look(name), [owner]);
        self.points(name).await;
        self.photos(name).await;
    }
}
