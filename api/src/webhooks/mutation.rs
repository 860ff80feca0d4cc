//! The verbs on webhooks.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::types::{Webhook, WebhookDelivery, WebhookEvent};
use super::verbs::{self, Signed};
use crate::error::{Result, UserError};
use crate::{guard, payload};

/// A new endpoint.
#[derive(Clone, Debug, InputObject)]
pub struct CreateWebhookInput {
    /// What people call it.
    pub name: String,
    /// Where messages are posted to, such as `https://crm.example.com/fieldhub`. Addresses that
    /// are not on the public Internet, and `http`, need the hub's setting
    /// `FIELDHUB_WEBHOOK_NETWORKS`.
    pub url: String,
    /// What it is told: at least one of all but `TEST`.
    pub events: Vec<WebhookEvent>,
}

/// What to change of an endpoint; what is left out stays.
#[derive(Clone, Debug, InputObject)]
pub struct EditWebhookInput {
    /// The endpoint.
    pub id: ID,
    /// What people call it.
    pub name: Option<String>,
    /// Where messages are posted to, those that wait among them.
    pub url: Option<String>,
    /// What it is told from now on.
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether it is told anything. While it is not, what happens is not kept for it; what waits
    /// already waits on.
    pub is_enabled: Option<bool>,
}

/// Which messages to send again.
#[derive(Clone, Debug, InputObject)]
pub struct RedeliverFailedInput {
    /// The endpoint.
    pub webhook_id: ID,
    /// Since when what they tell happened; all that is left out.
    pub since: Option<DateTime<Utc>>,
}

payload! {
    /// What editWebhook did.
    WebhookPayload {
        /// The endpoint; null when the input was refused.
        webhook: Webhook,
    }
}
payload! {
    /// What a verb on a message did.
    WebhookDeliveryPayload {
        /// The message; null when the input was refused.
        delivery: WebhookDelivery,
    }
}
payload! {
    /// What removeWebhook did.
    RemoveWebhookPayload {
        /// The id that is gone; null when the input was refused.
        removed_id: ID,
    }
}
payload! {
    /// What redeliverFailed did.
    RedeliverFailedPayload {
        /// How many messages are sent again; null when the input was refused.
        count: i32,
    }
}

/// An endpoint with the secret that signs its messages.
#[derive(SimpleObject)]
pub struct SignedWebhookPayload {
    /// The endpoint; null when the input was refused.
    pub webhook: Option<Webhook>,
    /// The secret: `whsec_` and base64. Nobody can read it again.
    pub secret: Option<String>,
    /// Why the input was refused; empty on success.
    pub user_errors: Vec<UserError>,
}

impl SignedWebhookPayload {
    fn of(outcome: Result<Signed>) -> Result<Self> {
        Ok(match outcome {
            Ok(Signed { webhook, secret }) => Self {
                webhook: Some(webhook.into()),
                secret: Some(secret),
                user_errors: Vec::new(),
            },
            Err(error) => Self {
                webhook: None,
                secret: None,
                user_errors: error.into_refusals()?,
            },
        })
    }
}

/// The verbs on webhooks.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Adds an endpoint that is told what happens, and gives the secret with which messages to it
    /// are signed. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        input: CreateWebhookInput,
    ) -> Result<SignedWebhookPayload> {
        SignedWebhookPayload::of(verbs::create(ctx, input).await)
    }

    /// Changes an endpoint. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn edit_webhook(
        &self,
        ctx: &Context<'_>,
        input: EditWebhookInput,
    ) -> Result<WebhookPayload> {
        WebhookPayload::of(verbs::edit(ctx, input).await)
    }

    /// Takes an endpoint away, with all messages to it. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn remove_webhook(&self, ctx: &Context<'_>, id: ID) -> Result<RemoveWebhookPayload> {
        RemoveWebhookPayload::of(verbs::remove(ctx, &id).await)
    }

    /// Gives an endpoint a new secret. For 24 hours messages are signed with both, so that the
    /// receiver can change over. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> Result<SignedWebhookPayload> {
        SignedWebhookPayload::of(verbs::rotate(ctx, &id).await)
    }

    /// Sends a message that says nothing, to see whether an endpoint takes it. For
    /// administrators.
    #[graphql(guard = "guard::admin()")]
    async fn test_webhook(&self, ctx: &Context<'_>, id: ID) -> Result<WebhookDeliveryPayload> {
        WebhookDeliveryPayload::of(verbs::test(ctx, &id).await)
    }

    /// Sends a message again, from now on for a day, whatever became of it. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn redeliver(&self, ctx: &Context<'_>, id: ID) -> Result<WebhookDeliveryPayload> {
        WebhookDeliveryPayload::of(verbs::redeliver(ctx, &id).await)
    }

    /// Sends all messages again that were given up, in their order. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn redeliver_failed(
        &self,
        ctx: &Context<'_>,
        input: RedeliverFailedInput,
    ) -> Result<RedeliverFailedPayload> {
        RedeliverFailedPayload::of(verbs::redeliver_failed(ctx, input).await)
    }
}
