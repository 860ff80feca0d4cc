//! Webhooks: endpoints of other systems that are told what happens. For administrators.

pub mod mutation;
pub mod query;
pub mod types;
mod verbs;

pub use mutation::WebhookMutation;
pub use query::WebhookQuery;
pub use types::{Webhook, WebhookDelivery};
