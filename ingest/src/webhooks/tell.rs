//! Writing what endpoints are to be told.

use chrono::{DateTime, TimeDelta, Utc};
use entity::id::{UserId, WebhookDeliveryId, WebhookId};
use entity::webhooks::webhook::Event;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::Value as Json;

use crate::rows::{self, Column, Rows};

/// For how long a message is tried.
pub const TRIED_FOR: TimeDelta = TimeDelta::days(1);

const COLUMNS: [(&str, Column); 7] = [
    ("id", Column::Id),
    ("webhook_id", Column::Id),
    ("rep_id", Column::Id),
    ("event", Column::Text),
    ("data", Column::Json),
    ("occurred_at", Column::Instant),
    ("give_up_at", Column::Instant),
];

/// What happened, to be told.
#[derive(Clone, Debug)]
pub struct News {
    /// Of whom it speaks.
    pub rep: UserId,
    /// What happened.
    pub event: Event,
    /// What the message says of it.
    pub data: Json,
}

/// The endpoints that are told anything, and what each wants to be told.
#[derive(Debug)]
pub struct Listeners(Vec<(WebhookId, Vec<Event>)>);

impl Listeners {
    /// Reads them; within a transaction none of them goes away before its end.
    pub async fn read(db: &impl ConnectionTrait) -> Result<Listeners, DbErr> {
        let backend = db.get_database_backend();
        let stay = match backend {
            DbBackend::Postgres => "FOR KEY SHARE",
            _ => "",
        };
        let text =
            format!("SELECT id, events FROM webhook WHERE disabled_at IS NULL ORDER BY id {stay}");
        let rows = db
            .query_all_raw(Statement::from_string(backend, text))
            .await?;
        let listeners = rows.iter().map(|row| {
            let events: Json = row.try_get_by_index(1)?;
            let events = serde_json::from_value(events);
            let events = events.map_err(|error| DbErr::Json(error.to_string()))?;
            Ok((row.try_get_by_index(0)?, events))
        });
        Ok(Listeners(listeners.collect::<Result<_, DbErr>>()?))
    }

    /// One endpoint alone, to be tried.
    pub fn trying(webhook: WebhookId) -> Listeners {
        Listeners(vec![(webhook, vec![Event::Test])])
    }

    /// Whether anybody wants to be told of such events.
    pub fn hear(&self, event: Event) -> bool {
        self.0.iter().any(|(_, events)| events.contains(&event))
    }

    /// Writes a message an endpoint and event, in the order of the news, and gives their ids.
    pub async fn tell(
        &self,
        db: &impl ConnectionTrait,
        news: &[News],
        now: DateTime<Utc>,
    ) -> Result<Vec<WebhookDeliveryId>, DbErr> {
        let mut ids = Vec::new();
        let mut given = Rows::default();
        for news in news {
            let wants = |(_, events): &&(_, Vec<Event>)| events.contains(&news.event);
            for (webhook, _) in self.0.iter().filter(wants) {
                let id = WebhookDeliveryId::new();
                ids.push(id);
                given.push([
                    ("id", rows::id(id)),
                    ("webhook_id", rows::id(*webhook)),
                    ("rep_id", rows::id(news.rep)),
                    ("event", serde_json::json!(news.event)),
                    ("data", news.data.clone()),
                    ("occurred_at", rows::instant(now)),
                    ("give_up_at", rows::instant(now + TRIED_FOR)),
                ]);
            }
        }
        if given.is_empty() {
            return Ok(ids);
        }
        let backend = db.get_database_backend();
        let source = rows::unpacked(backend, "$1", &COLUMNS);
        // Ids rise in the order in which they were made.
        let text = format!(
            "INSERT INTO webhook_delivery (id, webhook_id, rep_id, event, data, occurred_at, state,
                tries, next_try_at, give_up_at)
            SELECT v.id, v.webhook_id, v.rep_id, v.event, v.data, v.occurred_at, 'WAITING',
                0, v.occurred_at, v.give_up_at
            FROM {source} WHERE TRUE ORDER BY v.id"
        );
        let values = [given.into_parameter()];
        db.execute_raw(Statement::from_sql_and_values(backend, text, values))
            .await?;
        Ok(ids)
    }
}
