//! Which visits, geofences, planned visits and rules, and in which order.

use async_graphql::InputObject;
use entity::customers::customer;
use entity::field::{geofence, planned_visit, visit, visit_rule};
use entity::people::user;
use sea_orm::{ColumnTrait, Condition};

use super::words::{VisitEnd, VisitOpening, Withdrawn};
use crate::customers::query::CustomerFilter;
use crate::error::Result;
use crate::filter::{
    DateFilter, Filter, Filtering, FloatFilter, IdFilter, InstantFilter, StringFilter, any_of, ids,
};
use crate::people::query::UserFilter;
use crate::{order_by, relation_filter};

order_by! {
    /// How visits are ordered; the newest first when not given.
    VisitOrder of visit, by default ArrivedAt Desc {
        /// By the arrival.
        ArrivedAt,
        /// By the end.
        LeftAt,
        /// By how certain they are.
        Confidence,
        /// By the time they were last changed.
        UpdatedAt,
    }
}

order_by! {
    /// How geofences are ordered; the newest first when not given.
    GeofenceOrder of geofence, by default CreatedAt Desc {
        /// By the time they were made.
        CreatedAt,
        /// By name.
        Name,
    }
}

order_by! {
    /// How planned visits are ordered; the latest day first when not given.
    PlannedVisitOrder of planned_visit, by default Day Desc {
        /// By day.
        Day,
        /// By the time they were planned.
        CreatedAt,
    }
}

order_by! {
    /// How visit rules are ordered; the newest first when not given.
    VisitRuleOrder of visit_rule, by default ValidFrom Desc {
        /// By the time from which they hold.
        ValidFrom,
        /// By the time they were set.
        CreatedAt,
    }
}

/// Which visits. Those that later knowledge took back are hidden unless asked for.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VisitFilter {
    /// By rep.
    pub rep_id: Option<IdFilter>,
    /// By what is known of the rep.
    pub rep: Option<Box<UserFilter>>,
    /// By customer.
    pub customer_id: Option<IdFilter>,
    /// By what is known of the customer.
    pub customer: Option<Box<CustomerFilter>>,
    /// By the arrival.
    pub arrived_at: Option<InstantFilter>,
    /// By the end; `{isNull: true}` for those that are open.
    pub left_at: Option<InstantFilter>,
    /// By how they ended.
    pub end_reason: Option<Vec<VisitEnd>>,
    /// By what opened them.
    pub opened_by: Option<Vec<VisitOpening>>,
    /// By how certain they are, 0 to 1.
    pub confidence: Option<FloatFilter>,
    /// By the plan they fulfil; `{isNull: true}` for those that nobody planned.
    pub planned_visit_id: Option<IdFilter>,
    /// By the time they were last changed.
    pub updated_at: Option<InstantFilter>,
    /// Whether those taken back are among them; not when not given.
    pub withdrawn: Option<Withdrawn>,
}

impl Filter for VisitFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use visit::Column;

        let mut condition = match self.withdrawn.unwrap_or_default() {
            Withdrawn::Hide => Condition::all().add(Column::WithdrawnAt.is_null()),
            Withdrawn::Only => Condition::all().add(Column::WithdrawnAt.is_not_null()),
            Withdrawn::Include => Condition::all(),
        };
        for (filter, column) in [
            (&self.arrived_at, Column::ArrivedAt),
            (&self.left_at, Column::LeftAt),
            (&self.updated_at, Column::UpdatedAt),
        ] {
            condition =
                condition.add_option(filter.as_ref().map(|filter| filter.condition(column)));
        }
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, Column::RepId, ids::USERS)?);
        }
        if let Some(customer) = &self.customer_id {
            let column = Column::CustomerId;
            condition = condition.add(customer.condition(at, column, ids::CUSTOMERS)?);
        }
        if let Some(plan) = &self.planned_visit_id {
            let column = Column::PlannedVisitId;
            condition = condition.add(plan.condition(at, column, ids::PLANNED_VISITS)?);
        }
        if let Some(end) = &self.end_reason {
            condition = condition.add(any_of(end, Column::EndReason)?);
        }
        if let Some(opened_by) = &self.opened_by {
            condition = condition.add(any_of(opened_by, Column::OpenedBy)?);
        }
        if let Some(confidence) = &self.confidence {
            condition = condition.add(confidence.condition(Column::Confidence));
        }
        if let Some(rep) = &self.rep {
            let reps = user::Entity::visible_to(at.scope);
            condition = condition.add(at.some(reps, rep, user::Column::Id, Column::RepId)?);
        }
        if let Some(customer) = &self.customer {
            let customers = customer::Entity::visible_to(at.scope);
            let (id, key) = (customer::Column::Id, Column::CustomerId);
            condition = condition.add(at.some(customers, customer, id, key)?);
        }
        Ok(condition)
    }
}

relation_filter! {
    /// Through visits; those taken back do not count unless asked for.
    VisitRelation of VisitFilter
}

/// Which geofences.
#[derive(Clone, Debug, Default, InputObject)]
pub struct GeofenceFilter {
    /// By customer.
    pub customer_id: Option<IdFilter>,
    /// By name.
    pub name: Option<StringFilter>,
    /// By the time they were made.
    pub created_at: Option<InstantFilter>,
    /// By the time since when they no longer count; `{isNull: true}` leaves those out.
    pub retired_at: Option<InstantFilter>,
}

impl Filter for GeofenceFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use geofence::Column;

        let mut condition = Condition::all();
        if let Some(customer) = &self.customer_id {
            let column = Column::CustomerId;
            condition = condition.add(customer.condition(at, column, ids::CUSTOMERS)?);
        }
        if let Some(name) = &self.name {
            condition = condition.add(name.condition(at, Column::Name)?);
        }
        if let Some(created_at) = &self.created_at {
            condition = condition.add(created_at.condition(Column::CreatedAt));
        }
        if let Some(retired_at) = &self.retired_at {
            condition = condition.add(retired_at.condition(Column::RetiredAt));
        }
        Ok(condition)
    }
}

relation_filter! {
    /// Through geofences.
    GeofenceRelation of GeofenceFilter
}

/// Which planned visits.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PlannedVisitFilter {
    /// By who shall go.
    pub rep_id: Option<IdFilter>,
    /// By customer.
    pub customer_id: Option<IdFilter>,
    /// By day.
    pub day: Option<DateFilter>,
    /// By the time since when they are off; `{isNull: true}` leaves those out.
    pub cancelled_at: Option<InstantFilter>,
    /// By the visits that fulfil them: `{none: {}}` finds what was missed or is still to do.
    pub visits: Option<VisitRelation>,
}

impl Filter for PlannedVisitFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use planned_visit::Column;

        let mut condition = Condition::all();
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, Column::RepId, ids::USERS)?);
        }
        if let Some(customer) = &self.customer_id {
            let column = Column::CustomerId;
            condition = condition.add(customer.condition(at, column, ids::CUSTOMERS)?);
        }
        if let Some(day) = &self.day {
            condition = condition.add(day.condition(Column::Day));
        }
        if let Some(cancelled_at) = &self.cancelled_at {
            condition = condition.add(cancelled_at.condition(Column::CancelledAt));
        }
        if let Some(visits) = &self.visits {
            condition = condition.add(visits.condition(
                at,
                visit::Entity::visible_to,
                visit::Column::PlannedVisitId,
                Column::Id,
            )?);
        }
        Ok(condition)
    }
}

relation_filter! {
    /// Through planned visits.
    PlannedVisitRelation of PlannedVisitFilter
}

/// Which visit rules.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VisitRuleFilter {
    /// By the class of customers; `{isNull: true}` for the rules of everybody.
    pub segment_id: Option<IdFilter>,
    /// By the time from which they hold.
    pub valid_from: Option<InstantFilter>,
}

impl Filter for VisitRuleFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use visit_rule::Column;

        let mut condition = Condition::all();
        if let Some(segment) = &self.segment_id {
            let column = Column::SegmentId;
            condition = condition.add(segment.condition(at, column, ids::SEGMENTS)?);
        }
        if let Some(valid_from) = &self.valid_from {
            condition = condition.add(valid_from.condition(Column::ValidFrom));
        }
        Ok(condition)
    }
}
