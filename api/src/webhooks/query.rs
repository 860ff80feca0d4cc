//! Reading endpoints and the messages to them.

use async_graphql::{Context, InputObject, Object};
use entity::webhooks::{delivery, webhook};
use sea_orm::{Condition, QueryFilter};

use super::types::{Webhook, WebhookDelivery, WebhookDeliveryState, WebhookEvent};
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering, IdFilter, InstantFilter, any_of, ids};
use crate::page::{Connection, Page};
use crate::{guard, order_by};

order_by! {
    /// How endpoints are ordered; by name when not given.
    WebhookOrder of webhook, by default Name Asc {
        /// By name.
        Name,
        /// By the time they were added.
        CreatedAt,
    }
}

order_by! {
    /// How messages are ordered; the newest first when not given.
    WebhookDeliveryOrder of delivery, by default OccurredAt Desc {
        /// By the time of what they tell.
        OccurredAt,
    }
}

/// Which messages.
#[derive(Clone, Debug, Default, InputObject)]
pub struct WebhookDeliveryFilter {
    /// By how far they have come.
    pub state: Option<Vec<WebhookDeliveryState>>,
    /// By what happened.
    pub event: Option<Vec<WebhookEvent>>,
    /// By whom they speak of.
    pub rep_id: Option<IdFilter>,
    /// By when it happened.
    pub occurred_at: Option<InstantFilter>,
}

impl Filter for WebhookDeliveryFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(state) = &self.state {
            condition = condition.add(any_of(state, delivery::Column::State)?);
        }
        if let Some(event) = &self.event {
            condition = condition.add(any_of(event, delivery::Column::Event)?);
        }
        if let Some(rep) = &self.rep_id {
            condition = condition.add(rep.condition(at, delivery::Column::RepId, ids::USERS)?);
        }
        if let Some(occurred_at) = &self.occurred_at {
            condition = condition.add(occurred_at.condition(delivery::Column::OccurredAt));
        }
        Ok(condition)
    }
}

/// Reading webhooks.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// The endpoints of other systems that are told what happens. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn webhooks(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<WebhookOrder>,
    ) -> Result<Connection<Webhook>> {
        let rows = webhook::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The messages to all endpoints. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<WebhookDeliveryFilter>,
        order_by: Option<WebhookDeliveryOrder>,
    ) -> Result<Connection<WebhookDelivery>> {
        let rows = delivery::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }
}
