//! What other systems are told of a person.

use entity::id::{UserId, WebhookDeliveryId, WebhookId};
use entity::webhooks::{delivery, webhook};
use serde_json::json;

use super::company::{Company, at};
use super::sight::Sight;

impl Company {
    /// An endpoint that an administrator added.
    pub(super) async fn webhook(&mut self) -> WebhookId {
        let id = WebhookId::new();
        let created_by = self.people["Ada"];
        self.insert(webhook::Model {
            id,
            name: "CRM".to_owned(),
            url: "https://crm.example.com/hook".to_owned(),
            events: json!(["VISIT_OPENED"]),
            secret: ingest::webhooks::new_secret(),
            old_secret: None,
            old_secret_until: None,
            created_by,
            created_at: at("10-01"),
            disabled_at: None,
            disabled_reason: None,
            failing_since: None,
        })
        .await;
        let by = [Some(created_by.global())];
        self.note("Webhook", id.global(), Sight::Administrator, by);
        id
    }

    /// A message of a rep to an endpoint, the `seq`-th.
    pub(super) async fn message(&mut self, webhook_id: WebhookId, rep_id: UserId, seq: i64) {
        let id = WebhookDeliveryId::new();
        self.insert(delivery::Model {
            id,
            seq,
            webhook_id,
            rep_id,
            event: webhook::Event::VisitOpened,
            data: json!({}),
            occurred_at: at("10-10"),
            state: delivery::State::Delivered,
            tries: 1,
            next_try_at: at("10-10"),
            give_up_at: at("10-11"),
            delivered_at: Some(at("10-10")),
            last_status: Some(200),
            last_error: None,
        })
        .await;
        let of = [Some(webhook_id.global()), Some(rep_id.global())];
        self.note("WebhookDelivery", id.global(), Sight::Administrator, of);
    }
}
