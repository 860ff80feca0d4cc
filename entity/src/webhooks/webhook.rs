//! An endpoint of another system.

use sea_orm::Select;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{UserId, WebhookId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Scope;

/// What an endpoint can be told.
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
pub enum Event {
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

impl Event {
    /// The event's name in the message.
    pub fn name(self) -> &'static str {
        match self {
            Event::VisitOpened => "visit.opened",
            Event::VisitAmended => "visit.amended",
            Event::VisitClosed => "visit.closed",
            Event::VisitWithdrawn => "visit.withdrawn",
            Event::CheckInQuarantined => "check_in.quarantined",
            Event::PresenceChanged => "presence.changed",
            Event::Test => "test",
        }
    }
}

/// One endpoint.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    /// What people call it.
    pub name: String,
    /// Where messages are posted to.
    pub url: String,
    /// What it is told: a JSON array of [`Event`].
    pub events: Json,
    /// With which messages are signed: `whsec_` and base64. It is needed to sign, so it is kept as
    /// it is.
    pub secret: String,
    /// The secret before this one.
    pub old_secret: Option<String>,
    /// Until when messages are signed with that one too.
    pub old_secret_until: Option<DateTimeUtc>,
    /// Who added it.
    pub created_by: UserId,
    /// When.
    pub created_at: DateTimeUtc,
    /// Since when it is told nothing.
    pub disabled_at: Option<DateTimeUtc>,
    /// Why, if the hub decided so.
    pub disabled_reason: Option<String>,
    /// Since when every message has failed.
    pub failing_since: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    /// Never a secret, nor the address, which may hold one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("webhook::Model")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

belongs_to! {
    CreatedBy(CreatedBy) => crate::people::user
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// For administrators.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.administrator())
    }
}
