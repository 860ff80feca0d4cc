//! Reading customers and who looks after them.

use async_graphql::{Context, InputObject, Object};
use entity::customers::{assignment, contact, customer, segment};
use entity::field::{geofence, planned_visit, visit};
use entity::sales::order;
use sea_orm::{Condition, QueryFilter};

use super::types::{Customer, CustomerStatus, Segment};
use crate::context::Request;
use crate::error::Result;
use crate::field::filter::{GeofenceRelation, PlannedVisitRelation, VisitRelation};
use crate::filter::{
    Filter, Filtering, IdFilter, InstantFilter, IntFilter, StringFilter, any_of, ids,
};
use crate::page::{Connection, Page};
use crate::place::{BoundsInput, lies_in};
use crate::sales::query::OrderRelation;
use crate::{guard, order_by, relation_filter};

order_by! {
    /// How customers are ordered; by name when not given.
    CustomerOrder of customer, by default Name Asc {
        /// By name.
        Name,
        /// By code.
        Code,
        /// By city.
        City,
        /// By the time they were added.
        CreatedAt,
        /// By the time of their first order.
        BecameCustomerAt,
    }
}

order_by! {
    /// How segments are ordered; by name when not given.
    SegmentOrder of segment, by default Name Asc {
        /// By name.
        Name,
    }
}

order_by! {
    /// How contacts are ordered; the one to ask for first when not given.
    ContactOrder of contact, by default IsPrimary Desc {
        /// By whether they are the one to ask for first.
        IsPrimary,
        /// By name.
        Name,
        /// By the time they were added.
        CreatedAt,
    }
}

order_by! {
    /// How assignments are ordered; the newest first when not given.
    AssignmentOrder of assignment, by default ValidFrom Desc {
        /// By the time from which they hold.
        ValidFrom,
        /// By the time until which they hold.
        ValidTo,
    }
}

/// Which customers.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CustomerFilter {
    /// By name.
    pub name: Option<StringFilter>,
    /// By code.
    pub code: Option<StringFilter>,
    /// By city.
    pub city: Option<StringFilter>,
    /// By status.
    pub status: Option<Vec<CustomerStatus>>,
    /// By segment.
    pub segment_id: Option<IdFilter>,
    /// By their place on the map; those without one are nowhere.
    pub within: Option<BoundsInput>,
    /// By the time of their first order.
    pub became_customer_at: Option<InstantFilter>,
    /// By the time they were added.
    pub created_at: Option<InstantFilter>,
    /// By the time since when they are no longer served; `{isNull: true}` leaves those out.
    pub archived_at: Option<InstantFilter>,
    /// By who looks after them.
    pub assignments: Option<AssignmentRelation>,
    /// By their orders.
    pub orders: Option<OrderRelation>,
    /// By their visits.
    pub visits: Option<VisitRelation>,
    /// By their geofences.
    pub geofences: Option<GeofenceRelation>,
    /// By the visits that are intended.
    pub planned_visits: Option<PlannedVisitRelation>,
}

impl Filter for CustomerFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use customer::Column;
        let mut condition = Condition::all();
        for (filter, column) in [
            (&self.name, Column::Name),
            (&self.code, Column::Code),
            (&self.city, Column::City),
        ] {
            if let Some(filter) = filter {
                condition = condition.add(filter.condition(at, column)?);
            }
        }
        for (filter, column) in [
            (&self.became_customer_at, Column::BecameCustomerAt),
            (&self.created_at, Column::CreatedAt),
            (&self.archived_at, Column::ArchivedAt),
        ] {
            condition =
                condition.add_option(filter.as_ref().map(|filter| filter.condition(column)));
        }
        if let Some(status) = &self.status {
            condition = condition.add(any_of(status, Column::Status)?);
        }
        if let Some(segment) = &self.segment_id {
            let column = Column::SegmentId;
            condition = condition.add(segment.condition(at, column, ids::SEGMENTS)?);
        }
        if let Some(bounds) = self.within {
            let (latitude, longitude) = (Column::Latitude, Column::Longitude);
            condition = condition.add(lies_in(
                &bounds.read("within")?,
                latitude,
                longitude,
                |degrees| degrees,
            ));
        }
        if let Some(assignments) = &self.assignments {
            condition = condition.add(assignments.condition(
                at,
                assignment::Entity::visible_to,
                assignment::Column::CustomerId,
                Column::Id,
            )?);
        }
        if let Some(orders) = &self.orders {
            condition = condition.add(orders.condition(
                at,
                order::Entity::visible_to,
                order::Column::CustomerId,
                Column::Id,
            )?);
        }
        if let Some(visits) = &self.visits {
            condition = condition.add(visits.condition(
                at,
                visit::Entity::visible_to,
                visit::Column::CustomerId,
                Column::Id,
            )?);
        }
        if let Some(geofences) = &self.geofences {
            condition = condition.add(geofences.condition(
                at,
                geofence::Entity::visible_to,
                geofence::Column::CustomerId,
                Column::Id,
            )?);
        }
        if let Some(plans) = &self.planned_visits {
            condition = condition.add(plans.condition(
                at,
                planned_visit::Entity::visible_to,
                planned_visit::Column::CustomerId,
                Column::Id,
            )?);
        }
        Ok(condition)
    }
}

/// Which assignments.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AssignmentFilter {
    /// By customer.
    pub customer_id: Option<IdFilter>,
    /// By rep.
    pub rep_id: Option<IdFilter>,
    /// By team.
    pub team_id: Option<IdFilter>,
    /// By how often a visit is due, in days.
    pub due_every_days: Option<IntFilter>,
    /// By the time from which they hold.
    pub valid_from: Option<InstantFilter>,
    /// By the time until which they hold; `{isNull: true}` for those without an end.
    pub valid_to: Option<InstantFilter>,
}

impl Filter for AssignmentFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use assignment::Column;
        let mut condition = Condition::all();
        if let Some(customer) = &self.customer_id {
            let column = Column::CustomerId;
            condition = condition.add(customer.condition(at, column, ids::CUSTOMERS)?);
        }
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, Column::UserId, ids::USERS)?);
        }
        if let Some(team) = &self.team_id {
            condition = condition.add(team.condition(at, Column::TeamId, ids::TEAMS)?);
        }
        if let Some(days) = &self.due_every_days {
            condition = condition.add(days.condition(Column::DueEveryDays));
        }
        if let Some(valid_from) = &self.valid_from {
            condition = condition.add(valid_from.condition(Column::ValidFrom));
        }
        if let Some(valid_to) = &self.valid_to {
            condition = condition.add(valid_to.condition(Column::ValidTo));
        }
        Ok(condition)
    }
}

relation_filter! {
    /// Through assignments.
    AssignmentRelation of AssignmentFilter
}

/// Reading customers.
#[derive(Default)]
pub struct CustomersQuery;

#[Object]
impl CustomersQuery {
    /// The customers in your sight: those you or your team look after, and those you visited;
    /// for a manager those of all teams below.
    #[graphql(guard = "guard::signed_in()")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<CustomerFilter>,
        order_by: Option<CustomerOrder>,
    ) -> Result<Connection<Customer>> {
        let rows = customer::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The classes of customers.
    #[graphql(guard = "guard::signed_in()")]
    async fn segments(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<SegmentOrder>,
    ) -> Result<Connection<Segment>> {
        let rows = segment::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }
}
