//! What happened in the field: check-ins, visits and presence, as the worker leaves them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::geofence::Shape;
use domain::position::Position;
use domain::presence::{Facts, Report};
use domain::visit::{FenceRef, FenceVersion, Fix, Kind, Located, Near, World, derive};
use entity::field::{change, check_in, geofence, geofence_version, quarantine, receipt, visit};
use entity::id::{CheckInId, GeofenceId, QuarantineId, UserId, VisitId};
use presence::Topic;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::bed::Bed;

/// The middle of every customer's fence.
pub(super) const DOOR: (f64, f64) = (31.23, 121.47);

impl Bed {
    /// A check-in that was accepted; gives it back as stored.
    pub(super) async fn check_in(
        &self,
        rep: &str,
        at: DateTime<Utc>,
        place: Option<(f64, f64)>,
    ) -> check_in::Model {
        let kind = check_in::Kind::Trail;
        self.pressed(rep, at, place, kind, None).await
    }

    /// A check-in of any kind that was accepted.
    pub(super) async fn pressed(
        &self,
        rep: &str,
        at: DateTime<Utc>,
        place: Option<(f64, f64)>,
        kind: check_in::Kind,
        customer: Option<&str>,
    ) -> check_in::Model {
        let no = check_in::NO_POSITION;
        let place = place.map_or((no, no), |(latitude, longitude)| {
            Position::new(latitude, longitude).unwrap().to_e6()
        });
        let outcome = (kind == check_in::Kind::Arrive).then_some(check_in::Outcome::OutOfRange);
        let row = check_in::Model {
            rep_id: self.users[rep],
            recorded_at: at,
            device_id: self.devices[rep],
            kind,
            customer_key: customer.map_or(Uuid::nil(), |name| self.customers[name].uuid()),
            latitude_e6: place.0,
            longitude_e6: place.1,
            id: CheckInId::new(),
            received_at: at,
            accuracy_m: Some(10.0),
            altitude_m: None,
            speed_mps: None,
            heading_deg: None,
            battery_pct: Some(80),
            is_mock: false,
            note: None,
            outcome,
        };
        self.insert(row.clone()).await;
        self.receipt(rep, receipt::Status::Accepted, at, |receipt| {
            receipt.check_in_id = Some(row.id);
            receipt.recorded_at = Some(at);
        })
        .await;
        row
    }

    /// A point that was kept aside.
    pub(super) async fn quarantined(&self, rep: &str, at: DateTime<Utc>, raw: &[u8]) {
        let row = quarantine::Model {
            id: QuarantineId::new(),
            rep_id: self.users[rep],
            device_id: self.devices[rep],
            client_id: format!("{}", at.timestamp()),
            raw: raw.to_vec(),
            reason: "NO_POSITION".to_owned(),
            message: "a trail point needs a position".to_owned(),
            received_at: at,
            resolution: quarantine::Resolution::Held,
            resolved_at: None,
            resolved_by: None,
        };
        self.insert(row.clone()).await;
        self.receipt(rep, receipt::Status::Quarantined, at, |receipt| {
            receipt.client_id = row.client_id.clone();
            receipt.reason = Some(row.reason.clone());
            receipt.quarantine_id = Some(row.id);
        })
        .await;
    }

    /// A point that was ignored, and one that came twice.
    pub(super) async fn receipt(
        &self,
        rep: &str,
        status: receipt::Status,
        at: DateTime<Utc>,
        more: impl FnOnce(&mut receipt::Model),
    ) {
        let mut row = receipt::Model {
            rep_id: self.users[rep],
            device_id: self.devices[rep],
            client_id: format!("{status:?}-{}", at.timestamp()),
            status,
            reason: None,
            fix_digest: None,
            check_in_id: None,
            recorded_at: None,
            quarantine_id: None,
            received_at: at,
        };
        more(&mut row);
        self.insert(row).await;
    }

    /// A circle of 100 m about the door of a customer.
    pub(super) async fn fence(&self, customer: &str) -> GeofenceId {
        let id = GeofenceId::new();
        self.insert(geofence::Model {
            id,
            customer_id: self.customers[customer],
            name: Some("front".to_owned()),
            created_at: DateTime::UNIX_EPOCH,
            retired_at: None,
        })
        .await;
        let centre = Position::new(DOOR.0, DOOR.1).unwrap();
        self.insert(geofence_version::Model {
            geofence_id: id,
            version: 1,
            valid_from: DateTime::UNIX_EPOCH,
            valid_to: None,
            kind: geofence_version::Kind::Circle,
            latitude: Some(DOOR.0),
            longitude: Some(DOOR.1),
            radius_m: Some(100.0),
            geojson: None,
            area_m2: Shape::circle(centre, 100.0).unwrap().area_m2(),
            created_by: None,
            created_at: DateTime::UNIX_EPOCH,
        })
        .await;
        id
    }

    /// A visit of half an hour at a customer, derived by the rules; it ended by silence.
    pub(super) async fn visit(
        &self,
        rep: UserId,
        customer: &str,
        fence: GeofenceId,
        arrived_at: DateTime<Utc>,
    ) -> visit::Model {
        let derived = stay(self.customers[customer].uuid(), fence.uuid(), arrived_at);
        let row = visit::Model {
            id: VisitId::new(),
            rep_id: rep,
            customer_id: self.customers[customer],
            geofence_id: Some(fence),
            geofence_version: Some(1),
            visit_rule_id: None,
            planned_visit_id: None,
            arrived_at: derived.arrived_at,
            left_at: derived.left_at,
            end_reason: Some(visit::EndReason::Silence),
            opened_by: visit::OpenedBy::Trail,
            confidence: derived.confidence,
            revision: 1,
            reason: None,
            evidence: serde_json::to_value(&derived.evidence).unwrap(),
            withdrawn_at: None,
            created_at: arrived_at,
            updated_at: arrived_at,
        };
        self.insert(row.clone()).await;
        row
    }

    /// A change of a visit in the feed.
    pub(super) async fn change(&self, seq: i64, visit: &visit::Model, kind: change::Kind) {
        self.insert(change::Model {
            seq,
            rep_id: visit.rep_id,
            visit_id: visit.id,
            kind,
            revision: visit.revision,
            reason: None,
            at: visit.updated_at,
        })
        .await;
        let count = Statement::from_sql_and_values(
            self.db.backend(),
            "UPDATE counter SET value = $1 WHERE name = 'changes'",
            [seq.into()],
        );
        self.db.write.execute_raw(count).await.unwrap();
        self.presence.wake(Topic::Changes).await;
    }

    /// The rep is seen at a place, so many minutes ago.
    pub(super) async fn seen(&self, rep: UserId, revision: i64, place: (f64, f64), minutes: i64) {
        let at = Utc::now() - TimeDelta::minutes(minutes);
        self.seen_at(rep, revision, place, at).await;
    }

    /// The rep is seen at a place at an instant.
    pub(super) async fn seen_at(
        &self,
        rep: UserId,
        revision: i64,
        place: (f64, f64),
        at: DateTime<Utc>,
    ) {
        let mut facts = Facts::none(rep.uuid());
        facts.revision = revision;
        facts.absorb(&Report {
            recorded_at: at,
            received_at: at,
            position: Some(Position::new(place.0, place.1).unwrap()),
            accuracy_m: Some(10.0),
            speed_mps: None,
            battery_pct: Some(81),
        });
        self.presence.put(&[facts]).await.unwrap();
    }
}

/// Half an hour in the middle of a fence, then nothing.
fn stay(customer: Uuid, fence: Uuid, from: DateTime<Utc>) -> domain::visit::Visit<Uuid> {
    let reference = FenceRef { fence, version: 1 };
    let mut world = World::empty();
    world.fences.push(FenceVersion {
        fence: reference,
        customer,
        area_m2: 31_415.0,
        valid_from: DateTime::UNIX_EPOCH,
        valid_to: None,
    });
    world.assignments.push(domain::visit::Assignment {
        customer,
        valid_from: DateTime::UNIX_EPOCH,
        valid_to: None,
    });
    let fix = |minutes: i64| Located {
        fix: Fix {
            recorded_at: from + TimeDelta::minutes(minutes),
            kind: Kind::Trail,
            device: Uuid::nil(),
            customer: None,
            position: Some(Position::new(DOOR.0, DOOR.1).unwrap()),
            accuracy_m: Some(10.0),
            decision: None,
        },
        near: vec![Near {
            fence: reference,
            distance_m: -100.0,
        }],
    };
    let fixes: Vec<Located<Uuid>> = (0..=10).map(|n| fix(3 * n)).collect();
    let derived = derive(&world, None, &fixes, from + TimeDelta::hours(9));
    derived.visits.into_iter().next().unwrap()
}
