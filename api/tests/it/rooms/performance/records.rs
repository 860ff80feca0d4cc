//! What happens in the small company: orders, visits, assignments, targets, training.

use anyhow::Result;
use api::performance::sums::{Orders, Sums};
use chrono::{DateTime, Utc};
use entity::customers::{assignment, customer};
use entity::decimal::Exact;
use entity::field::visit;
use entity::id::{
    AssignmentId, CourseId, CustomerId, OrderId, TargetId, TrainingRecordId, UserId, VisitId,
};
use entity::learning::{course, training_record};
use entity::people::user;
use entity::performance::{Metric, PeriodKind, target};
use entity::sales::order;
use entity::viewer::Role;
use rust_decimal::Decimal;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::company::{Company, told};

impl Company {
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
}

fn words<const N: usize>(text: &str) -> [&str; N] {
    let words: Vec<&str> = text.split(' ').collect();
    words.try_into().expect("the right number of words")
}
