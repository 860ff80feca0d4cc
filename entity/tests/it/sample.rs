//! One row of every table: those of a rep, and those that belong to nobody.

use entity::decimal::Exact;
use entity::id::*;
use entity::performance::{Metric, PeriodKind};
use entity::viewer::Role;
use entity::{Database, customers, field, learning, people, performance, sales};
use sea_orm::prelude::{Date, DateTimeUtc, Uuid};
use sea_orm::{EntityTrait, IntoActiveModel};

/// Calls a macro with every table of which a rep has rows, in an order that satisfies the foreign
/// keys.
macro_rules! tables_of_a_rep {
    ($then:ident) => {
        $then! {
            team: people::team,
            user: people::user,
            refresh_token: people::refresh_token,
            device: people::device,
            tracking_device: people::tracking_device,
            working_hours: people::working_hours,
            duty_event: people::duty_event,
            access_log: people::access_log,
            customer: customers::customer,
            contact: customers::contact,
            assignment: customers::assignment,
            order: sales::order,
            order_line: sales::order_line,
            geofence: field::geofence,
            geofence_version: field::geofence_version,
            check_in: field::check_in,
            receipt: field::receipt,
            quarantine: field::quarantine,
            track: field::track,
            track_checkpoint: field::track_checkpoint,
            planned_visit: field::planned_visit,
            visit: field::visit,
            change: field::change,
            arrival_decision: field::arrival_decision,
            correction: field::correction,
            target: performance::target,
            frozen_result: performance::frozen_result,
            rep_day: performance::rep_day,
            rep_customer_day: performance::rep_customer_day,
            enrolment: learning::enrolment,
            training_record: learning::training_record,
        }
    };
}

/// The same for the tables that belong to nobody.
macro_rules! shared_tables {
    ($then:ident) => {
        $then! {
            company: people::company,
            segment: customers::segment,
            counter: field::counter,
            segment_seal: field::segment_seal,
            track_dirty: field::track_dirty,
            visit_rule: field::visit_rule,
            scorecard: performance::scorecard,
            scorecard_item: performance::scorecard_item,
            course: learning::course,
        }
    };
}

pub(crate) use {shared_tables, tables_of_a_rep};

macro_rules! rows_of_a_rep {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        /// One row of each table, all of one rep.
        #[derive(Clone)]
        pub(crate) struct Rows {
            $(pub(crate) $name: $room::$table::Model,)+
        }

        impl Rows {
            /// Writes all of them.
            pub(crate) async fn insert(&self, db: &Database) {
                $(insert::<$room::$table::Entity>(db, self.$name.clone()).await;)+
            }
        }
    };
}
tables_of_a_rep!(rows_of_a_rep);

macro_rules! shared_rows {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        /// One row of each table that belongs to nobody.
        #[derive(Clone)]
        pub(crate) struct Shared {
            $(pub(crate) $name: $room::$table::Model,)+
        }

        impl Shared {
            /// Writes all of them.
            pub(crate) async fn insert(&self, db: &Database) {
                $(insert::<$room::$table::Entity>(db, self.$name.clone()).await;)+
            }
        }
    };
}
shared_tables!(shared_rows);

pub(crate) async fn insert<E>(db: &Database, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    E::insert(row.into_active_model())
        .exec_without_returning(&db.write)
        .await
        .unwrap();
}

pub(crate) fn at(text: &str) -> DateTimeUtc {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

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

impl Rows {
    /// The rows of a new rep in a new team, whose only customer they have visited.
    pub(crate) fn of_new_rep(shared: &Shared, name: &str) -> Self {
        let now = at("2026-11-23T08:15:02.250Z");
        let whole = at("2026-11-23T08:15:02Z");
        let later = at("2026-11-23T09:00:00.001Z");
        let (rep, team, device) = (UserId::new(), TeamId::new(), DeviceId::new());
        let (customer, order, geofence) = (CustomerId::new(), OrderId::new(), GeofenceId::new());
        let (check_in, visit, plan) = (CheckInId::new(), VisitId::new(), PlannedVisitId::new());
        let (quarantine, enrolment) = (QuarantineId::new(), EnrolmentId::new());
        Self {
            team: people::team::Model {
                id: team,
                parent_id: None,
                name: format!("team of {name}"),
                manager_id: None,
                created_at: now,
                archived_at: Some(later),
            },
            user: people::user::Model {
                id: rep,
                email: format!("{name}@example.com"),
                name: name.into(),
                phone: Some("+86 21".into()),
                role: Role::Rep,
                team_id: Some(team),
                password_hash: None,
                subject: Some(name.into()),
                token_version: 3,
                created_at: now,
                deactivated_at: None,
            },
            refresh_token: people::refresh_token::Model {
                id: RefreshTokenId::new(),
                user_id: rep,
                token_hash: rep.uuid().as_bytes().to_vec(),
                created_at: now,
                expires_at: later,
                revoked_at: None,
            },
            device: people::device::Model {
                id: device,
                user_id: rep,
                name: "phone".into(),
                platform: "android 15".into(),
                kind: people::device::Kind::App,
                token_hash: Some(device.uuid().as_bytes().to_vec()),
                enrolled_at: now,
                revoked_at: Some(later),
            },
            tracking_device: people::tracking_device::Model {
                user_id: rep,
                valid_from: whole,
                device_id: device,
            },
            working_hours: people::working_hours::Model {
                id: WorkingHoursId::new(),
                user_id: Some(rep),
                team_id: None,
                valid_from: now,
                weekly: serde_json::json!([{"day": 1, "from": "09:00", "to": "18:00"}]),
            },
            duty_event: people::duty_event::Model {
                user_id: rep,
                recorded_at: now,
                kind: people::duty_event::Kind::ShiftStart,
            },
            access_log: people::access_log::Model {
                id: AccessLogId::new(),
                viewer_id: rep,
                subject_id: rep,
                purpose: "liveMap".into(),
                hour: at("2026-11-23T08:00:00Z"),
                first_at: now,
            },
            customer: customers::customer::Model {
                id: customer,
                code: format!("customer of {name}"),
                name: "花店".into(),
                segment_id: Some(shared.segment.id),
                address: None,
                city: Some("上海".into()),
                latitude: Some(31.2304),
                longitude: Some(121.473_701_000_000_02),
                status: customers::customer::Status::Active,
                became_customer_at: None,
                created_at: now,
                archived_at: None,
            },
            contact: customers::contact::Model {
                id: ContactId::new(),
                customer_id: customer,
                name: "Li".into(),
                title: None,
                phone: None,
                email: Some("li@example.com".into()),
                is_primary: true,
                created_at: now,
            },
            assignment: customers::assignment::Model {
                id: AssignmentId::new(),
                customer_id: customer,
                user_id: Some(rep),
                team_id: None,
                due_every_days: Some(14),
                valid_from: whole,
                valid_to: None,
                assigned_by: Some(rep),
            },
            order: sales::order::Model {
                id: order,
                number: format!("order of {name}"),
                customer_id: customer,
                rep_id: rep,
                placed_at: now,
                total_minor: 9_007_199_254_740_993,
                currency: "CNY".into(),
                status: sales::order::Status::Placed,
                note: None,
                created_at: now,
            },
            order_line: sales::order_line::Model {
                id: OrderLineId::new(),
                order_id: order,
                position: 1,
                product: "aspirin".into(),
                quantity: exact("0.1000000000000000000000000001"),
                unit_price_minor: -1,
                total_minor: i64::MIN,
            },
            geofence: field::geofence::Model {
                id: geofence,
                customer_id: customer,
                name: None,
                created_at: now,
                retired_at: None,
            },
            geofence_version: field::geofence_version::Model {
                geofence_id: geofence,
                version: 1,
                valid_from: now,
                valid_to: Some(later),
                kind: field::geofence_version::Kind::Polygon,
                latitude: None,
                longitude: None,
                radius_m: None,
                geojson: Some(
                    serde_json::json!({"type": "Polygon", "coordinates": [[[1.5, 2.0]]]}),
                ),
                area_m2: 10_000.125,
                created_by: Some(rep),
                created_at: now,
            },
            check_in: field::check_in::Model {
                rep_id: rep,
                recorded_at: now,
                device_id: device,
                kind: field::check_in::Kind::Arrive,
                customer_key: customer.uuid(),
                latitude_e6: field::check_in::NO_POSITION,
                longitude_e6: field::check_in::NO_POSITION,
                id: check_in,
                received_at: later,
                accuracy_m: Some(12.5),
                altitude_m: Some(-3.0),
                speed_mps: None,
                heading_deg: Some(359.9),
                battery_pct: Some(81),
                is_mock: true,
                note: Some("后门".into()),
                outcome: Some(field::check_in::Outcome::OutOfRange),
            },
            receipt: field::receipt::Model {
                rep_id: rep,
                device_id: device,
                client_id: "018f6a3e".into(),
                status: field::receipt::Status::Quarantined,
                reason: Some("TIME_IN_FUTURE".into()),
                fix_digest: Some(-1),
                check_in_id: Some(check_in),
                recorded_at: Some(now),
                quarantine_id: Some(quarantine),
                received_at: later,
            },
            quarantine: field::quarantine::Model {
                id: quarantine,
                rep_id: rep,
                device_id: device,
                client_id: "018f6a3e".into(),
                raw: vec![0, 159, 146, 150],
                reason: "TIME_IN_FUTURE".into(),
                message: "the phone's clock is ahead".into(),
                received_at: later,
                resolution: field::quarantine::Resolution::Released,
                resolved_at: Some(later),
                resolved_by: Some(rep),
            },
            track: field::track::Model {
                rep_id: rep,
                revision: 5,
                claim_token: Some(Uuid::now_v7()),
                claimed_until: Some(later),
                tries: 1,
                failed_at: None,
                set_aside_at: None,
                retry_at: None,
                last_error: None,
                due_at: Some(later),
                live: Some(serde_json::json!({"at": "customer"})),
            },
            track_checkpoint: field::track_checkpoint::Model {
                rep_id: rep,
                at: now,
                state: "{ \"kept\" : \"as it is\" }".into(),
            },
            planned_visit: field::planned_visit::Model {
                id: plan,
                rep_id: rep,
                customer_id: customer,
                day: day("2026-11-23"),
                note: None,
                created_by: rep,
                created_at: now,
                cancelled_at: None,
            },
            visit: field::visit::Model {
                id: visit,
                rep_id: rep,
                customer_id: customer,
                geofence_id: Some(geofence),
                geofence_version: Some(1),
                visit_rule_id: Some(shared.visit_rule.id),
                planned_visit_id: Some(plan),
                arrived_at: whole,
                left_at: Some(now),
                end_reason: Some(field::visit::EndReason::Superseded),
                opened_by: field::visit::OpenedBy::NoFence,
                confidence: 0.875,
                revision: 2,
                reason: Some("LATE_CHECK_INS".into()),
                evidence: serde_json::json!({"fixes": 3}),
                withdrawn_at: None,
                created_at: now,
                updated_at: later,
            },
            change: field::change::Model {
                seq: i64::from(rep.uuid().as_fields().0) + i64::from(rep.uuid().as_bytes()[15]),
                rep_id: rep,
                visit_id: visit,
                kind: field::change::Kind::Withdrawn,
                revision: 2,
                reason: None,
                at: later,
            },
            arrival_decision: field::arrival_decision::Model {
                id: ArrivalDecisionId::new(),
                rep_id: rep,
                check_in_id: check_in,
                recorded_at: now,
                decision: field::arrival_decision::Decision::Refused,
                reason: None,
                decided_by: rep,
                decided_at: later,
            },
            correction: field::correction::Model {
                id: CorrectionId::new(),
                rep_id: rep,
                instant: now,
                customer_id: None,
                reason: "was next door".into(),
                decided_by: rep,
                decided_at: later,
            },
            target: performance::target::Model {
                id: TargetId::new(),
                metric: Metric::Revenue,
                period_kind: PeriodKind::Quarter,
                period_start: day("2026-10-01"),
                user_id: Some(rep),
                team_id: None,
                value: exact("120000.50"),
                created_by: rep,
                created_at: now,
            },
            frozen_result: performance::frozen_result::Model {
                id: FrozenResultId::new(),
                measure: "REVENUE".into(),
                period_kind: PeriodKind::Month,
                period_start: day("2026-10-01"),
                peers: performance::frozen_result::Peers::Reps,
                subject_id: rep.uuid(),
                value: exact("-0.10"),
                rank: 1,
                target: None,
                frozen_at: now,
            },
            rep_day: performance::rep_day::Model {
                rep_id: rep,
                day: day("2026-11-23"),
                metric: Metric::NewCustomers,
                value: -2,
            },
            rep_customer_day: performance::rep_customer_day::Model {
                rep_id: rep,
                day: day("2026-11-23"),
                customer_id: customer,
                visits: 1,
            },
            enrolment: learning::enrolment::Model {
                id: enrolment,
                course_id: shared.course.id,
                user_id: rep,
                due_at: Some(later),
                enrolled_by: None,
                enrolled_at: now,
                cancelled_at: None,
            },
            training_record: learning::training_record::Model {
                id: TrainingRecordId::new(),
                course_id: shared.course.id,
                user_id: rep,
                enrolment_id: Some(enrolment),
                completed_at: now,
                score: Some(exact("92.5")),
                result: learning::training_record::Outcome::Passed,
                certificate: Some("C-1".into()),
                expires_at: Some(later),
                recorded_by: None,
            },
        }
    }
}
