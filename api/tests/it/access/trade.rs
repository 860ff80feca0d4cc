//! Customers, and what people do at them.

use entity::customers::{assignment, contact, customer};
use entity::field::{geofence, geofence_version, planned_visit, visit};
use entity::id::{
    AssignmentId, ContactId, GeofenceId, OrderId, OrderLineId, PlannedVisitId, SegmentId, TeamId,
    UserId, VisitId, VisitRuleId,
};
use entity::sales::{order, order_line};
use serde_json::json;

use super::company::{Company, at};
use super::people::Shared;
use super::sight::{ASSIGNED, CUSTOMERS, Sight, VISITS};

/// The orders: some of reps at customers that they do not see.
const ORDERS: [(&str, &str); 8] = [
    ("ann", "acme"),
    ("ann", "duo"),
    ("ann", "core"),
    ("ann", "once"),
    ("bea", "main"),
    ("cy", "acme"),
    ("cy", "core"),
    ("cy", "duo"),
];

impl Company {
    pub(super) async fn trade(&mut self, shared: Shared) {
        for name in CUSTOMERS {
            self.customer(name, shared.segment).await;
        }
        for (customer, to, has_ended) in ASSIGNED {
            let id = AssignmentId::new();
            let (user_id, team_id) = self.owner(to);
            self.insert(assignment::Model {
                id,
                customer_id: self.customers[customer],
                user_id,
                team_id,
                due_every_days: Some(14),
                valid_from: at("09-01"),
                valid_to: has_ended.then(|| at("10-20")),
                assigned_by: Some(self.people["Sam"]),
            })
            .await;
            let of = [
                Some(self.customers[customer].global()),
                user_id.map(UserId::global),
                team_id.map(TeamId::global),
            ];
            self.note("Assignment", id.global(), Sight::Customer(customer), of);
        }
        for (rep, customer) in ORDERS {
            self.order(rep, customer).await;
        }
        for (rep, customer, is_withdrawn) in VISITS {
            self.visit(rep, customer, is_withdrawn, shared.rule).await;
        }
    }

    async fn customer(&mut self, name: &'static str, segment: SegmentId) {
        let (id, contact) = (self.customers[name], ContactId::new());
        self.insert(customer::Model {
            id,
            code: name.to_owned(),
            name: name.to_owned(),
            segment_id: Some(segment),
            address: None,
            city: None,
            latitude: None,
            longitude: None,
            status: customer::Status::Active,
            became_customer_at: Some(at("10-10")),
            created_at: at("09-01"),
            archived_at: None,
        })
        .await;
        self.insert(contact::Model {
            id: contact,
            customer_id: id,
            name: "Li".to_owned(),
            title: None,
            phone: None,
            email: None,
            is_primary: true,
            created_at: at("09-01"),
        })
        .await;
        let sight = Sight::Customer(name);
        self.note("Customer", id.global(), sight, [Some(segment.global())]);
        self.note("Contact", contact.global(), sight, [Some(id.global())]);
        // The fence's id is the customer's, so that a visit there finds it.
        let fence = GeofenceId::from(id.uuid());
        self.insert(geofence::Model {
            id: fence,
            customer_id: id,
            name: None,
            created_at: at("09-01"),
            retired_at: None,
        })
        .await;
        self.insert(geofence_version::Model {
            geofence_id: fence,
            version: 1,
            valid_from: at("09-01"),
            valid_to: None,
            kind: geofence_version::Kind::Circle,
            latitude: Some(31.0),
            longitude: Some(121.0),
            radius_m: Some(50.0),
            geojson: None,
            area_m2: 7854.0,
            created_by: Some(self.people["Sam"]),
            created_at: at("09-01"),
        })
        .await;
        self.note("Geofence", fence.global(), sight, [Some(id.global())]);
        let of = [Some(fence.global())];
        self.note("GeofenceVersion", format!("version at {name}"), sight, of);
    }

    async fn order(&mut self, rep: &'static str, customer: &'static str) {
        let (id, line) = (OrderId::new(), OrderLineId::new());
        self.insert(order::Model {
            id,
            number: id.to_string(),
            customer_id: self.customers[customer],
            rep_id: self.people[rep],
            placed_at: at("10-10"),
            total_minor: 100,
            currency: "CNY".to_owned(),
            status: order::Status::Placed,
            note: None,
            created_at: at("10-10"),
        })
        .await;
        self.insert(order_line::Model {
            id: line,
            order_id: id,
            position: 1,
            product: "aspirin".to_owned(),
            quantity: "1".parse().unwrap(),
            unit_price_minor: 100,
            total_minor: 100,
        })
        .await;
        let sight = Sight::Order(rep, customer);
        let of = [
            Some(self.customers[customer].global()),
            Some(self.people[rep].global()),
        ];
        self.note("Order", id.global(), sight, of);
        self.note("OrderLine", line.global(), sight, [Some(id.global())]);
    }

    /// A visit and the plan that it fulfils.
    async fn visit(
        &mut self,
        rep: &'static str,
        customer: &'static str,
        is_withdrawn: bool,
        rule: VisitRuleId,
    ) {
        let (id, plan) = (VisitId::new(), PlannedVisitId::new());
        self.plan(plan, rep, customer).await;
        let fence = GeofenceId::from(self.customers[customer].uuid());
        self.insert(visit::Model {
            id,
            rep_id: self.people[rep],
            customer_id: self.customers[customer],
            geofence_id: Some(fence),
            geofence_version: Some(1),
            visit_rule_id: Some(rule),
            planned_visit_id: Some(plan),
            arrived_at: at("10-10"),
            left_at: None,
            end_reason: None,
            opened_by: visit::OpenedBy::Trail,
            confidence: 0.875,
            revision: 1,
            reason: None,
            evidence: json!({}),
            withdrawn_at: is_withdrawn.then(|| at("10-11")),
            created_at: at("10-10"),
            updated_at: at("10-10"),
        })
        .await;
        let of = [
            Some(self.people[rep].global()),
            Some(self.customers[customer].global()),
            Some(plan.global()),
        ];
        self.note("Visit", id.global(), Sight::Person(rep), of);
        if let Some(row) = self.rows.get_mut(&id.global()) {
            row.is_listed = !is_withdrawn;
        }
    }

    pub(super) async fn plan(&mut self, id: PlannedVisitId, rep: &'static str, customer: &str) {
        self.insert(planned_visit::Model {
            id,
            rep_id: self.people[rep],
            customer_id: self.customers[customer],
            day: at("10-10").date_naive(),
            note: None,
            created_by: self.people["Sam"],
            created_at: at("10-01"),
            cancelled_at: None,
        })
        .await;
        let of = [
            Some(self.people[rep].global()),
            Some(self.customers[customer].global()),
        ];
        self.note("PlannedVisit", id.global(), Sight::Person(rep), of);
    }
}
