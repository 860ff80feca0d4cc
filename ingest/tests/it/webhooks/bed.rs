//! Endpoints, a courier, and what became of the messages.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::Database;
use entity::id::{UserId, WebhookId};
use entity::viewer::Scope;
use entity::webhooks::webhook::Event;
use entity::webhooks::{delivery, webhook};
use ingest::webhooks::{Courier, Listeners, News, Pace, Reach, new_secret};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::receiver::Receiver;
use crate::bed::spawn;

/// A pace that tests can wait for.
pub(crate) const QUICK: Pace = Pace {
    look: Duration::from_millis(10),
    limit: Duration::from_millis(500),
    first_pause: Duration::from_millis(10),
};

/// Adds an endpoint that is told of these events.
pub(crate) async fn listen(
    db: &Database,
    by: UserId,
    receiver: &Receiver,
    events: &[Event],
) -> webhook::Model {
    let webhook = webhook::Model {
        id: WebhookId::new(),
        name: "CRM".to_owned(),
        url: receiver.url.clone(),
        events: json!(events),
        secret: new_secret(),
        old_secret: None,
        old_secret_until: None,
        created_by: by,
        created_at: Utc::now(),
        disabled_at: None,
        disabled_reason: None,
        failing_since: None,
    };
    webhook::Entity::insert(webhook.clone().into_active_model())
        .exec_without_returning(&db.write)
        .await
        .unwrap();
    webhook
}

/// Tells that visits were opened, in this order: a rep and a number each.
pub(crate) async fn tell(db: &Database, visits: &[(UserId, i32)]) {
    let news: Vec<News> = visits
        .iter()
        .map(|(rep, number)| News {
            rep: *rep,
            event: Event::VisitOpened,
            data: json!({"rep": rep.global(), "number": number}),
        })
        .collect();
    let transaction = db.begin().await.unwrap();
    let listeners = Listeners::read(&transaction).await.unwrap();
    listeners
        .tell(&transaction, &news, Utc::now())
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

/// A running courier; dropping it ends it.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// A courier that may reach this machine.
    pub(crate) fn start(db: &Database, pace: Pace) -> Running {
        let reach = Reach::with(["127.0.0.0/8".parse().unwrap()]);
        let courier = Courier::at(db.clone(), reach, pace).unwrap();
        let stop = CancellationToken::new();
        Running {
            task: spawn(courier.run(stop.clone())),
            stop,
        }
    }

    /// Stops it and waits for its end.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// The messages, in order.
pub(crate) async fn messages(db: &Database) -> Vec<delivery::Model> {
    delivery::Entity::visible_to(&Scope::All)
        .order_by_asc(delivery::Column::Seq)
        .all(&db.write)
        .await
        .unwrap()
}

/// The endpoint as it is now.
pub(crate) async fn endpoint(db: &Database, id: WebhookId) -> webhook::Model {
    let rows = webhook::Entity::visible_to(&Scope::All)
        .all(&db.write)
        .await
        .unwrap();
    rows.into_iter().find(|row| row.id == id).unwrap()
}

/// Whether all messages have come to this state.
pub(crate) async fn are_all(db: &Database, state: delivery::State) -> bool {
    let messages = messages(db).await;
    !messages.is_empty() && messages.iter().all(|message| message.state == state)
}

/// Lets the time for all next tries come.
pub(crate) async fn hurry(db: &Database) {
    let sql = "UPDATE webhook_delivery SET next_try_at = occurred_at WHERE state = 'WAITING'";
    db.write.execute_unprepared(sql).await.unwrap();
}

/// Lets the day be over in which messages are tried.
pub(crate) async fn age(db: &Database) {
    let day_ago = Utc::now() - TimeDelta::days(1);
    crate::bed::run(
        db,
        "UPDATE webhook_delivery SET give_up_at = $1",
        [day_ago.into()],
    )
    .await;
}
