//! What an endpoint was, is or will be told: a message a row, written in the transaction that made
//! it true.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::webhook::Event;
use crate::id::{UserId, WebhookDeliveryId, WebhookId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// How far a message has come.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    DeriveActiveEnum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "Text",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It is tried, or tried again, when its time comes.
    Waiting,
    /// The endpoint took it.
    Delivered,
    /// It was given up.
    Failed,
}

/// One message to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// Its id, the same at every try.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    /// Its place among the messages, given by the database; those of a rep are told to an endpoint
    /// in this order.
    pub seq: i64,
    /// Who is told.
    pub webhook_id: WebhookId,
    /// Of whom it speaks.
    pub rep_id: UserId,
    /// What happened.
    pub event: Event,
    /// The message's data.
    pub data: Json,
    /// When it happened.
    pub occurred_at: DateTimeUtc,
    /// How far it has come.
    pub state: State,
    /// How often it was sent, since it was last decided to send it.
    pub tries: i32,
    /// When it is tried next.
    pub next_try_at: DateTimeUtc,
    /// After this no further try follows a failed one.
    pub give_up_at: DateTimeUtc,
    /// When the endpoint took it.
    pub delivered_at: Option<DateTimeUtc>,
    /// The HTTP status of the last answer.
    pub last_status: Option<i32>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

belongs_to! {
    Webhook(WebhookId) => crate::webhooks::webhook,
    Rep(RepId) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// For administrators.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.administrator())
    }
}
