//! Which check-ins, and in which order: by their receipts, and through what stands behind them.

use async_graphql::InputObject;
use entity::field::{arrival_decision, check_in, quarantine, receipt};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::words::{ArrivalOutcome, CheckInKind, CheckInStatus, QuarantineResolution};
use crate::error::Result;
use crate::filter::{Filter, Filtering, IdFilter, InstantFilter, StringFilter, any_of, ids};
use crate::order_by;

order_by! {
    /// How check-ins are ordered; the newest first when not given.
    CheckInOrder of receipt, by default ReceivedAt Desc {
        /// By the time the hub received them.
        ReceivedAt,
        /// By the time they were recorded, by the phone's clock.
        RecordedAt,
    }
}

/// Which check-ins.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CheckInFilter {
    /// By what became of them.
    pub status: Option<Vec<CheckInStatus>>,
    /// By the code of the reason.
    pub reason: Option<StringFilter>,
    /// By who sent them.
    pub rep_id: Option<IdFilter>,
    /// By the phone they came from.
    pub device_id: Option<IdFilter>,
    /// By the id the phone gave them.
    pub client_id: Option<StringFilter>,
    /// By the time the hub received them.
    pub received_at: Option<InstantFilter>,
    /// By the time they were recorded; those that were not accepted have none.
    pub recorded_at: Option<InstantFilter>,
    /// By what they say; finds accepted ones alone.
    pub kind: Option<Vec<CheckInKind>>,
    /// By the customer that the rep named; finds accepted ones alone.
    pub customer_id: Option<IdFilter>,
    /// By how an arrival stood to the customer's fences; finds accepted ones alone.
    pub outcome: Option<Vec<ArrivalOutcome>>,
    /// By whether a manager has decided on it: `{outcome: OUT_OF_RANGE, isDecided: false}` finds
    /// the arrivals that wait for a decision.
    pub is_decided: Option<bool>,
    /// By what was decided on those kept aside; finds those alone.
    pub resolution: Option<Vec<QuarantineResolution>>,
}

impl Filter for CheckInFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use receipt::Column;

        let mut condition = Condition::all();
        if let Some(status) = &self.status {
            condition = condition.add(any_of(status, Column::Status)?);
        }
        if let Some(reason) = &self.reason {
            condition = condition.add(reason.condition(at, Column::Reason)?);
        }
        if let Some(client_id) = &self.client_id {
            condition = condition.add(client_id.condition(at, Column::ClientId)?);
        }
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, Column::RepId, ids::USERS)?);
        }
        if let Some(device) = &self.device_id {
            let column = Column::DeviceId;
            condition = condition.add(device.condition(at, column, ids::DEVICES)?);
        }
        if let Some(received_at) = &self.received_at {
            condition = condition.add(received_at.condition(Column::ReceivedAt));
        }
        if let Some(recorded_at) = &self.recorded_at {
            condition = condition.add(recorded_at.condition(Column::RecordedAt));
        }
        if self.kind.is_some() || self.customer_id.is_some() || self.outcome.is_some() {
            let stored = check_in::Entity::visible_to(at.scope);
            let (id, key) = (check_in::Column::Id, Column::CheckInId);
            condition = condition.add(at.some(stored, &Stored(self), id, key)?);
        }
        if let Some(is_decided) = self.is_decided {
            let decisions = arrival_decision::Entity::visible_to(at.scope);
            let (id, key) = (arrival_decision::Column::CheckInId, Column::CheckInId);
            let any: Option<CheckInFilter> = None;
            let decided = at.some(decisions, &any, id, key)?;
            condition = condition.add(match is_decided {
                true => decided,
                false => decided.not(),
            });
        }
        if self.resolution.is_some() {
            let aside = quarantine::Entity::visible_to(at.scope);
            let (id, key) = (quarantine::Column::Id, Column::QuarantineId);
            condition = condition.add(at.some(aside, &Aside(self), id, key)?);
        }
        Ok(condition)
    }
}

/// The part of a filter that asks the stored check-in.
struct Stored<'a>(&'a CheckInFilter);

impl Filter for Stored<'_> {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        use check_in::Column;

        let Self(filter) = self;
        // The key of the receipt's check-in, as far as it is known, finds it without a search.
        let same = [
            (Column::RepId, receipt::Column::RepId),
            (Column::RecordedAt, receipt::Column::RecordedAt),
        ];
        let mut condition = Condition::all();
        for (column, of_receipt) in same {
            condition = condition.add(column.into_expr().eq(of_receipt.into_expr()));
        }
        if let Some(kind) = &filter.kind {
            condition = condition.add(any_of(kind, Column::Kind)?);
        }
        if let Some(outcome) = &filter.outcome {
            condition = condition.add(any_of(outcome, Column::Outcome)?);
        }
        if let Some(customer) = &filter.customer_id {
            // No customer is stored as the nil id, not as NULL.
            let column = Column::CustomerKey;
            let seen = ids::CUSTOMERS.seen(at, column)?;
            let named = customer.is_null.map(|is_null| match is_null {
                true => Condition::any().add(column.eq(Uuid::nil())).add(seen.not()),
                false => Condition::all().add(column.ne(Uuid::nil())).add(seen),
            });
            let customer = IdFilter {
                is_null: None,
                ..customer.clone()
            };
            condition = condition
                .add(customer.condition(at, column, ids::CUSTOMERS)?)
                .add_option(named);
        }
        Ok(condition)
    }
}

/// The part of a filter that asks what was decided on a check-in kept aside.
struct Aside<'a>(&'a CheckInFilter);

impl Filter for Aside<'_> {
    fn condition(&self, _: Filtering<'_>) -> Result<Condition> {
        let resolution = self.0.resolution.as_ref();
        let resolution = resolution
            .map(|asked| any_of(asked, quarantine::Column::Resolution))
            .transpose()?;
        Ok(Condition::all().add_option(resolution))
    }
}
