//! A small company to rank: two teams of two reps under a head office without reps.

use std::collections::HashMap;
use std::sync::Mutex;

use anyhow::{Context, Result};
use api::edge::Settings;
use api::performance::calendar::Calendar;
use api::performance::sums::{Orders, Sums};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::zone;
use entity::Database;
use entity::customers::{assignment, customer};
use entity::decimal::Exact;
use entity::field::visit;
use entity::id::{
    AssignmentId, CourseId, CustomerId, OrderId, TargetId, TeamId, TrainingRecordId, UserId,
    VisitId,
};
use entity::learning::{course, training_record};
use entity::people::{company, team, user};
use entity::performance::{Metric, PeriodKind, target};
use entity::sales::order;
use entity::viewer::{Role, Scope, TeamNode, Viewer, scope_of};
use rust_decimal::Decimal;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};
use testbed::TestDatabase;
use uuid::Uuid;

use crate::app::{Reply, asking, call, seen_by, serve, viewer};

/// The company, its people by name, and its customers as they turn up.
pub(super) struct Company {
    pub(super) bed: TestDatabase,
    pub(super) calendar: Calendar,
    pub(super) users: HashMap<&'static str, UserId>,
    pub(super) teams: HashMap<&'static str, TeamId>,
    customers: Mutex<HashMap<String, CustomerId>>,
}

const TEAMS: [(&str, Option<&str>); 3] = [
    ("Head", None),
    ("North", Some("Head")),
    ("South", Some("Head")),
];
const USERS: [(&str, Role, &str); 6] = [
    ("Ada", Role::Admin, "Head"),
    ("Nora", Role::Manager, "North"),
    ("ann", Role::Rep, "North"),
    ("bob", Role::Rep, "North"),
    ("cy", Role::Rep, "South"),
    ("dee", Role::Rep, "South"),
];

impl Company {
    pub(super) async fn new(bed: TestDatabase) -> Result<Self> {
        let company = company::Model {
            id: 1,
            name: "Try and Sons".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            week_start: 1,
            currency: "CNY".to_owned(),
        };
        let db = bed.db.write.clone();
        company.into_active_model().insert(&db).await?;
        let teams: HashMap<_, _> = TEAMS.map(|(name, _)| (name, TeamId::new())).into();
        let users: HashMap<_, _> = USERS.map(|(name, ..)| (name, UserId::new())).into();
        for (name, parent) in TEAMS {
            let team = team::Model {
                id: teams[name],
                parent_id: parent.map(|parent| teams[parent]),
                name: name.to_owned(),
                manager_id: None,
                created_at: DateTime::UNIX_EPOCH,
                archived_at: None,
            };
            team.into_active_model().insert(&db).await?;
        }
        for (name, role, team) in USERS {
            let user = user::Model {
                id: users[name],
                email: format!("{name}@example.com"),
                name: name.to_owned(),
                phone: None,
                role,
                team_id: Some(teams[team]),
                password_hash: None,
                subject: None,
                token_version: 0,
                created_at: DateTime::UNIX_EPOCH,
                deactivated_at: None,
            };
            user.into_active_model().insert(&db).await?;
        }
        let north = team::ActiveModel {
            id: Set(teams["North"]),
            manager_id: Set(Some(users["Nora"])),
            ..Default::default()
        };
        north.update(&db).await?;
        let calendar = told(Calendar::read(&db).await)?;
        Ok(Self {
            bed,
            calendar,
            users,
            teams,
            customers: Mutex::default(),
        })
    }

    pub(super) fn db(&self) -> &Database {
        &self.bed.db
    }

    /// What somebody may see.
    pub(super) fn scope(&self, name: &str) -> Scope {
        let (_, role, team) = USERS
            .into_iter()
            .find(|user| user.0 == name)
            .expect("a user");
        let tree = TEAMS.map(|(name, parent)| TeamNode {
            id: self.teams[name],
            parent: parent.map(|parent| self.teams[parent]),
            manager: (name == "North").then(|| self.users["Nora"]),
        });
        let team = Some(self.teams[team]);
        scope_of(self.db().backend(), self.users[name], role, team, &tree)
    }

    /// More reps for North, each with an order.
    pub(super) async fn hire(&self, count: usize) -> Result<()> {
        let customer_id = self.customer("acme").await?;
        for number in 0..count {
            let rep = user::ActiveModel {
                id: Set(UserId::new()),
                email: Set(format!("{number}@example.com")),
                name: Set(format!("rep {number}")),
                role: Set(Role::Rep),
                team_id: Set(Some(self.teams["North"])),
                token_version: Set(0),
                created_at: Set(DateTime::UNIX_EPOCH),
                ..Default::default()
            };
            let rep = rep.insert(&self.db().write).await?;
            let order = self.placed(rep.id, customer_id, self.instant("11-05", "10:00"), 100);
            order.into_active_model().insert(&self.db().write).await?;
        }
        told(api::performance::rebuild_sums(self.db()).await)
    }

    fn placed(
        &self,
        rep_id: UserId,
        customer_id: CustomerId,
        placed_at: DateTime<Utc>,
        total_minor: i64,
    ) -> order::Model {
        order::Model {
            id: OrderId::new(),
            number: OrderId::new().to_string(),
            customer_id,
            rep_id,
            placed_at,
            total_minor,
            currency: "CNY".to_owned(),
            status: order::Status::Placed,
            note: None,
            created_at: placed_at,
        }
    }

    /// What the API answers somebody.
    pub(super) async fn ask(&self, name: &str, query: &str, variables: Value) -> Reply {
        let served = serve(api::schema(self.db().clone()), Settings::default());
        let scope = self.scope(name);
        let role = USERS.into_iter().find(|user| user.0 == name).unwrap().1;
        let viewer = Viewer {
            user: self.users[name],
            scope,
            ..viewer(role)
        };
        let request = asking(json!({ "query": query, "variables": variables }));
        call(&seen_by(served.router, viewer), request).await
    }

    /// The data of an answer without errors.
    pub(super) async fn data(&self, name: &str, query: &str) -> Value {
        let reply = self.ask(name, query, json!({})).await;
        assert_eq!(reply.body["errors"], Value::Null, "{query}");
        reply.body["data"].clone()
    }

    /// Who is meant by an id in a ranking.
    pub(super) fn name_of(&self, subject: Uuid) -> &'static str {
        let users = self.users.iter().map(|(name, id)| (*name, id.uuid()));
        let teams = self.teams.iter().map(|(name, id)| (*name, id.uuid()));
        let mut all = users.chain(teams);
        all.find(|(_, id)| *id == subject)
            .expect("a rep or a team")
            .0
    }

    /// The customer of a name, made when it first turns up.
    pub(super) async fn customer(&self, name: &str) -> Result<CustomerId> {
        let known = self.customers.lock().expect("no panic").get(name).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let customer = customer::Model {
            id: CustomerId::new(),
            code: name.to_owned(),
            name: name.to_owned(),
            segment_id: None,
            address: None,
            city: None,
            latitude: None,
            longitude: None,
            status: customer::Status::Active,
            became_customer_at: None,
            created_at: DateTime::UNIX_EPOCH,
            archived_at: None,
        };
        let id = customer.id;
        customer
            .into_active_model()
            .insert(&self.db().write)
            .await?;
        self.customers
            .lock()
            .expect("no panic")
            .insert(name.to_owned(), id);
        Ok(id)
    }

    /// An order, placed as the sales room does it: `11-03 10:00 ann acme 120.50`.
    pub(super) async fn order(&self, text: &str) -> Result<order::Model> {
        let [day, time, rep, customer, total] = words(text);
        let total: Decimal = total.parse()?;
        let customer = self.customer(customer).await?;
        let total_minor = (total * Decimal::ONE_HUNDRED).try_into()?;
        let order = self.placed(
            self.users[rep],
            customer,
            self.instant(day, time),
            total_minor,
        );
        let txn = self.db().begin().await?;
        let orders = Orders::lock(&txn, order.customer_id).await?;
        order.clone().into_active_model().insert(&txn).await?;
        orders
            .written(&txn, self.calendar, None, Some(&order))
            .await?;
        txn.commit().await?;
        Ok(order)
    }

    /// An order is changed, for example cancelled.
    pub(super) async fn change(
        &self,
        before: &order::Model,
        by: impl FnOnce(&mut order::Model),
    ) -> Result<order::Model> {
        let mut after = before.clone();
        by(&mut after);
        let txn = self.db().begin().await?;
        let orders = Orders::lock(&txn, before.customer_id).await?;
        after
            .clone()
            .into_active_model()
            .reset_all()
            .update(&txn)
            .await?;
        orders
            .written(&txn, self.calendar, Some(before), Some(&after))
            .await?;
        txn.commit().await?;
        Ok(after)
    }

    /// A visit, without its sums: `11-03 10:00 ann acme`.
    pub(super) async fn visit(&self, text: &str) -> Result<()> {
        let [day, time, rep, customer] = words(text);
        let at = self.instant(day, time);
        let visit = visit::Model {
            id: VisitId::new(),
            rep_id: self.users[rep],
            customer_id: self.customer(customer).await?,
            geofence_id: None,
            geofence_version: None,
            visit_rule_id: None,
            planned_visit_id: None,
            arrived_at: at,
            left_at: None,
            end_reason: None,
            opened_by: visit::OpenedBy::Trail,
            confidence: 1.0,
            revision: 1,
            reason: None,
            evidence: serde_json::json!({}),
            withdrawn_at: None,
            created_at: at,
            updated_at: at,
        };
        visit.into_active_model().insert(&self.db().write).await?;
        Ok(())
    }

    /// A customer to be seen every so many days since the start of 2026: `ann acme 7`, or a team's.
    pub(super) async fn assign(&self, text: &str) -> Result<()> {
        let [owner, customer, every] = words(text);
        let assignment = assignment::Model {
            id: AssignmentId::new(),
            customer_id: self.customer(customer).await?,
            user_id: self.users.get(owner).copied(),
            team_id: self.teams.get(owner).copied(),
            due_every_days: Some(every.parse()?),
            valid_from: self.instant("01-01", "00:00"),
            valid_to: None,
            assigned_by: None,
        };
        assignment
            .into_active_model()
            .insert(&self.db().write)
            .await?;
        Ok(())
    }

    /// A target for November 2026: `ann REVENUE 1000`, or a team's.
    pub(super) async fn target(&self, metric: Metric, owner: &str, value: &str) -> Result<()> {
        let target = target::Model {
            id: TargetId::new(),
            metric,
            period_kind: PeriodKind::Month,
            period_start: "2026-11-01".parse()?,
            user_id: self.users.get(owner).copied(),
            team_id: self.teams.get(owner).copied(),
            value: Exact(value.parse()?),
            created_by: self.users["Ada"],
            created_at: DateTime::UNIX_EPOCH,
        };
        target.into_active_model().insert(&self.db().write).await?;
        Ok(())
    }

    /// A course passed or failed: `11-03 10:00 ann PASSED`.
    pub(super) async fn training(&self, text: &str) -> Result<training_record::Model> {
        let [day, time, rep, result] = words(text);
        let course = course::Model {
            id: CourseId::new(),
            code: CourseId::new().to_string(),
            title: "Selling".to_owned(),
            description: None,
            valid_for_days: None,
            pass_score: None,
            created_at: DateTime::UNIX_EPOCH,
            archived_at: None,
        };
        let record = training_record::Model {
            id: TrainingRecordId::new(),
            course_id: course.id,
            user_id: self.users[rep],
            enrolment_id: None,
            completed_at: self.instant(day, time),
            score: None,
            result: match result {
                "PASSED" => training_record::Outcome::Passed,
                _ => training_record::Outcome::Failed,
            },
            certificate: None,
            expires_at: None,
            recorded_by: None,
        };
        let txn = self.db().begin().await?;
        course.into_active_model().insert(&txn).await?;
        record.clone().into_active_model().insert(&txn).await?;
        let mut sums = Sums::new(self.calendar);
        sums.training(None, Some(&record));
        sums.write(&txn).await?;
        txn.commit().await?;
        Ok(record)
    }

    /// An instant of 2026 by the company's clock.
    pub(super) fn instant(&self, day: &str, time: &str) -> DateTime<Utc> {
        let local: NaiveDateTime = format!("2026-{day}T{time}:00")
            .parse()
            .expect("a local time");
        zone::instant_of(local, self.calendar.zone)
    }

    /// All sums, one a line: `11-03 ann REVENUE 12050`, then `11-03 ann acme 1` for visits.
    pub(super) async fn sums(&self) -> Result<String> {
        use entity::performance::{rep_customer_day, rep_day};

        let db = &self.db().read;
        let mut lines = Vec::new();
        for sum in rep_day::Entity::visible_to(&Scope::All).all(db).await? {
            if sum.value != 0 {
                let rep = self.name_of(sum.rep_id.uuid());
                lines.push(format!(
                    "{} {rep} {:?} {}",
                    short(sum.day),
                    sum.metric,
                    sum.value
                ));
            }
        }
        for count in rep_customer_day::Entity::visible_to(&Scope::All)
            .all(db)
            .await?
        {
            let rep = self.name_of(count.rep_id.uuid());
            let customers = self.customers.lock().expect("no panic");
            let customer = customers.iter().find(|(_, id)| **id == count.customer_id);
            let customer = customer.context("a customer")?.0;
            lines.push(format!(
                "{} {rep} at {customer} {}",
                short(count.day),
                count.visits
            ));
        }
        lines.sort();
        Ok(lines.join("\n"))
    }

    /// Since when a customer is one.
    pub(super) async fn became_customer(&self, name: &str) -> Result<Option<DateTime<Utc>>> {
        use sea_orm::{ColumnTrait, QueryFilter};

        let id = self.customer(name).await?;
        let rows = customer::Entity::visible_to(&Scope::All);
        let row = rows
            .filter(customer::Column::Id.eq(id))
            .one(&self.db().read)
            .await?;
        Ok(row.context("a customer")?.became_customer_at)
    }
}

/// An API failure as a test tells it.
pub(super) fn told<T>(outcome: api::Result<T>) -> Result<T> {
    outcome.map_err(|error| anyhow::anyhow!("{error:?}"))
}

fn short(day: NaiveDate) -> String {
    day.format("%m-%d").to_string()
}

fn words<const N: usize>(text: &str) -> [&str; N] {
    let words: Vec<&str> = text.split(' ').collect();
    words.try_into().expect("the right number of words")
}
