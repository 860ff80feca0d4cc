//! Visits as clients see them.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::customers::customer;
use entity::field::{geofence, planned_visit, visit, visit_rule};
use entity::people::user;

use super::explain::{self, VisitReason};
use super::geofence::{Geofence, GeofenceVersion};
use super::photo::{self, Photo};
use super::plan::{PlannedVisit, VisitRule};
use super::words::{VisitEnd, VisitOpening};
use crate::customers::Customer;
use crate::error::Result;
use crate::loader;
use crate::people::User;

/// A stay of a rep at a customer, derived from check-ins.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Visit {
    /// Its id.
    pub id: ID,
    /// The first evidence of the stay.
    pub arrived_at: DateTime<Utc>,
    /// The last evidence of the stay; null while it is open.
    pub left_at: Option<DateTime<Utc>>,
    /// How it ended; null while it is open.
    pub end_reason: Option<VisitEnd>,
    /// What opened it.
    pub opened_by: VisitOpening,
    /// How certain it is, from 0 to 1.
    pub confidence: f64,
    /// Counts the changes, from 1.
    pub revision: i32,
    /// Why it was last amended or withdrawn; null if it never was.
    pub reason: Option<String>,
    /// Since when it is known not to have happened; null for a visit that stands.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// When it was first derived.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: visit::Model,
}

impl From<visit::Model> for Visit {
    fn from(row: visit::Model) -> Self {
        Self {
            id: row.id.global().into(),
            arrived_at: row.arrived_at,
            left_at: row.left_at,
            end_reason: row.end_reason.map(VisitEnd::from),
            opened_by: row.opened_by.into(),
            confidence: row.confidence,
            revision: row.revision,
            reason: row.reason.clone(),
            withdrawn_at: row.withdrawn_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            row,
        }
    }
}

#[ComplexObject]
impl Visit {
    /// Who was there.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }

    /// Where; null when you may not see the customer any more.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(
            ctx,
            customer::Entity::visible_to,
            Some(self.row.customer_id),
        )
        .await
    }

    /// The fence it opened with; null if the customer had none, or the rep was elsewhere.
    async fn geofence(&self, ctx: &Context<'_>) -> Option<Result<Geofence>> {
        loader::link(ctx, geofence::Entity::visible_to, self.row.geofence_id).await
    }

    /// That fence as it stood then.
    async fn geofence_version(&self, ctx: &Context<'_>) -> Option<Result<GeofenceVersion>> {
        let fence = self.row.geofence_id.zip(self.row.geofence_version)?;
        GeofenceVersion::find(ctx, fence).await.transpose()
    }

    /// The rule it opened with; null means the built-in one.
    async fn visit_rule(&self, ctx: &Context<'_>) -> Option<Result<VisitRule>> {
        loader::link(ctx, visit_rule::Entity::visible_to, self.row.visit_rule_id).await
    }

    /// The plan it fulfils; null if nobody planned it.
    async fn planned_visit(&self, ctx: &Context<'_>) -> Option<Result<PlannedVisit>> {
        let plan = self.row.planned_visit_id;
        loader::link(ctx, planned_visit::Entity::visible_to, plan).await
    }

    /// What the rep photographed meanwhile.
    async fn photos(&self, ctx: &Context<'_>) -> Option<Result<Vec<Photo>>> {
        Some(photo::of_visit(ctx, &self.row).await)
    }

    /// Why it is what it is: the reasons, in the order a person would tell them.
    async fn explain(&self, ctx: &Context<'_>) -> Option<Result<Vec<VisitReason>>> {
        Some(explain::reasons(ctx, &self.row).await)
    }
}
