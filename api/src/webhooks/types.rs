//! Endpoints and the messages to them, as administrators see them.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::people::user;
use entity::webhooks::{delivery, webhook};
use sea_orm::QueryFilter;

use super::query::{WebhookDeliveryFilter, WebhookDeliveryOrder};
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering};
use crate::loader;
use crate::page::{Connection, Page};
use crate::people::User;

/// What an endpoint can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::Event")]
pub enum WebhookEvent {
    /// A visit was seen for the first time.
    VisitOpened,
    /// Later knowledge changed a visit.
    VisitAmended,
    /// A visit ended.
    VisitClosed,
    /// Later knowledge says that a visit did not happen.
    VisitWithdrawn,
    /// A check-in was kept aside.
    CheckInQuarantined,
    /// A rep's state, or the customer they are at, is another.
    PresenceChanged,
    /// An administrator tries the endpoint.
    Test,
}

impl From<WebhookEvent> for sea_orm::Value {
    fn from(event: WebhookEvent) -> Self {
        webhook::Event::from(event).into()
    }
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "delivery::State")]
pub enum WebhookDeliveryState {
    /// It is tried, or tried again, when its time comes.
    Waiting,
    /// The endpoint took it.
    Delivered,
    /// It was given up.
    Failed,
}

impl From<WebhookDeliveryState> for sea_orm::Value {
    fn from(state: WebhookDeliveryState) -> Self {
        delivery::State::from(state).into()
    }
}

/// An endpoint of another system that is told what happens. Messages follow "Standard Webhooks".
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Webhook {
    /// Its id.
    pub id: ID,
    /// What people call it.
    pub name: String,
    /// Where messages are posted to.
    pub url: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when it is told nothing; null while it is.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why, if the hub decided so.
    pub disabled_reason: Option<String>,
    /// Since when every message has failed; null when the last one was taken.
    pub failing_since: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: webhook::Model,
}

impl From<webhook::Model> for Webhook {
    fn from(row: webhook::Model) -> Self {
        let events: Vec<webhook::Event> =
            serde_json::from_value(row.events.clone()).unwrap_or_default();
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            url: row.url.clone(),
            events: events.into_iter().map(WebhookEvent::from).collect(),
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            disabled_reason: row.disabled_reason.clone(),
            failing_since: row.failing_since,
            row,
        }
    }
}

#[ComplexObject]
impl Webhook {
    /// Who added it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.created_by)).await
    }

    /// The messages to it.
    async fn deliveries(
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
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, delivery::Column::WebhookId, self.row.id)
            .await
    }
}

/// A message to an endpoint. Of a rep's messages to one endpoint the next is sent when the one
/// before it was taken or given up.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct WebhookDelivery {
    /// Its id.
    pub id: ID,
    /// What its receiver knows it by, the same at every try: the header `webhook-id`.
    pub message_id: String,
    /// What happened.
    pub event: WebhookEvent,
    /// What the message says of it.
    pub data: serde_json::Value,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// How far it has come.
    pub state: WebhookDeliveryState,
    /// How often it was sent, since it was last decided to send it.
    pub tries: i32,
    /// When it is tried next; null when it is not.
    pub next_try_at: Option<DateTime<Utc>>,
    /// When the endpoint took it.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last answer; null if there was none.
    pub last_status: Option<i32>,
    /// Why the last try failed; null when it did not.
    pub last_error: Option<String>,
    #[graphql(skip)]
    pub(crate) row: delivery::Model,
}

impl From<delivery::Model> for WebhookDelivery {
    fn from(row: delivery::Model) -> Self {
        let is_waiting = row.state == delivery::State::Waiting;
        Self {
            id: row.id.global().into(),
            message_id: row.id.to_string(),
            event: row.event.into(),
            data: row.data.clone(),
            occurred_at: row.occurred_at,
            state: row.state.into(),
            tries: row.tries,
            next_try_at: is_waiting.then_some(row.next_try_at),
            delivered_at: row.delivered_at,
            last_status: row.last_status,
            last_error: row.last_error.clone(),
            row,
        }
    }
}

#[ComplexObject]
impl WebhookDelivery {
    /// Who is told.
    async fn webhook(&self, ctx: &Context<'_>) -> Option<Result<Webhook>> {
        loader::link(ctx, webhook::Entity::visible_to, Some(self.row.webhook_id)).await
    }

    /// Of whom it speaks.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }
}
