//! How the verbs on webhooks are done.

use async_graphql::{Context, ID};
use chrono::TimeDelta;
use entity::id::{WebhookDeliveryId, WebhookId};
use entity::viewer::Scope;
use entity::webhooks::{delivery, webhook};
use ingest::webhooks::{Listeners, News, Reach, TRIED_FOR, new_secret};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set, UpdateMany,
};

use super::mutation::{CreateWebhookInput, EditWebhookInput, RedeliverFailedInput};
use super::types::WebhookEvent;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::scalar::now;

/// The most endpoints of a company: each event is written once for each.
const MOST_WEBHOOKS: u64 = 20;
/// How long messages are signed with the secret before the present one, too.
const OLD_SECRET_LASTS: TimeDelta = TimeDelta::days(1);

/// An endpoint and its new secret.
pub(super) struct Signed {
    pub(super) webhook: webhook::Model,
    pub(super) secret: String,
}

pub(super) async fn create(ctx: &Context<'_>, input: CreateWebhookInput) -> Result<Signed> {
    let mut faults = Faults::default();
    let secret = new_secret();
    let webhook = webhook::Model {
        id: WebhookId::new(),
        name: faults.required("name", &input.name, NAME_LENGTH),
        url: seen_url(ctx, &mut faults, &input.url),
        events: seen_events(&mut faults, &input.events),
        secret: secret.clone(),
        old_secret: None,
        old_secret_until: None,
        created_by: ctx.viewer()?.user,
        created_at: now(),
        disabled_at: None,
        disabled_reason: None,
        failing_since: None,
    };
    faults.finish()?;
    let txn = ctx.db()?.begin().await?;
    if webhook::Entity::visible_to(&Scope::All).count(&txn).await? >= MOST_WEBHOOKS {
        let message = format!("there are {MOST_WEBHOOKS} webhooks, the most; remove one first");
        return Err(Error::refuse("TOO_MANY", "name", message));
    }
    let webhook = webhook.into_active_model().insert(&txn).await?;
    txn.commit().await?;
    Ok(Signed { webhook, secret })
}

pub(super) async fn edit(ctx: &Context<'_>, input: EditWebhookInput) -> Result<webhook::Model> {
    let txn = ctx.db()?.begin().await?;
    let row = seen_webhook(ctx, &txn, &input.id).await?;
    let disabled_at = row.disabled_at;
    let mut webhook = row.into_active_model();
    let mut faults = Faults::default();
    if let Some(name) = &input.name {
        webhook.name = Set(faults.required("name", name, NAME_LENGTH));
    }
    if let Some(url) = &input.url {
        webhook.url = Set(seen_url(ctx, &mut faults, url));
    }
    if let Some(events) = &input.events {
        webhook.events = Set(seen_events(&mut faults, events));
    }
    faults.finish()?;
    match input.is_enabled {
        Some(true) => {
            webhook.disabled_at = Set(None);
            webhook.disabled_reason = Set(None);
            webhook.failing_since = Set(None);
        }
        Some(false) => webhook.disabled_at = Set(disabled_at.or_else(|| Some(now()))),
        None => {}
    }
    let webhook = webhook.update(&txn).await?;
    txn.commit().await?;
    Ok(webhook)
}

pub(super) async fn remove(ctx: &Context<'_>, id: &ID) -> Result<ID> {
    let db = &ctx.db()?.write;
    let webhook = seen_webhook(ctx, db, id).await?;
    webhook::Entity::delete_by_id(webhook.id).exec(db).await?;
    Ok(id.clone())
}

pub(super) async fn rotate(ctx: &Context<'_>, id: &ID) -> Result<Signed> {
    let txn = ctx.db()?.begin().await?;
    let row = seen_webhook(ctx, &txn, id).await?;
    let secret = new_secret();
    let old = row.secret.clone();
    let mut webhook = row.into_active_model();
    webhook.old_secret = Set(Some(old));
    webhook.old_secret_until = Set(Some(now() + OLD_SECRET_LASTS));
    webhook.secret = Set(secret.clone());
    let webhook = webhook.update(&txn).await?;
    txn.commit().await?;
    Ok(Signed { webhook, secret })
}

pub(super) async fn test(ctx: &Context<'_>, id: &ID) -> Result<delivery::Model> {
    let txn = ctx.db()?.begin().await?;
    let webhook = seen_webhook(ctx, &txn, id).await?;
    if webhook.disabled_at.is_some() {
        let message = "the webhook is disabled; enable it with editWebhook first";
        return Err(Error::refuse("DISABLED", "id", message));
    }
    let news = News {
        rep: ctx.viewer()?.user,
        event: webhook::Event::Test,
        data: serde_json::json!({"webhook": {"id": webhook.id.global(), "name": webhook.name}}),
    };
    let told = Listeners::trying(webhook.id);
    let ids = told.tell(&txn, &[news], now()).await?;
    let delivery = delivery::Entity::visible_to(ctx.scope()?)
        .filter(delivery::Column::Id.is_in(ids))
        .one(&txn)
        .await?;
    txn.commit().await?;
    delivery.ok_or_else(|| Error::internal("a message was not written"))
}

pub(super) async fn redeliver(ctx: &Context<'_>, id: &ID) -> Result<delivery::Model> {
    let txn = ctx.db()?.begin().await?;
    let (visible, read) = (delivery::Entity::visible_to, WebhookDeliveryId::from_global);
    let row = input::seen(&txn, ctx.scope()?, visible, read, id, "delivery").await?;
    again()
        .filter(delivery::Column::Id.eq(row.id))
        .exec(&txn)
        .await?;
    let row = input::seen(&txn, ctx.scope()?, visible, read, id, "delivery").await?;
    txn.commit().await?;
    Ok(row)
}

pub(super) async fn redeliver_failed(
    ctx: &Context<'_>,
    input: RedeliverFailedInput,
) -> Result<i32> {
    let db = &ctx.db()?.write;
    let webhook = seen_webhook(ctx, db, &input.webhook_id).await?;
    let since = input
        .since
        .map(|since| delivery::Column::OccurredAt.gte(since));
    let failed = again()
        .filter(delivery::Column::WebhookId.eq(webhook.id))
        .filter(delivery::Column::State.eq(delivery::State::Failed))
        .filter(sea_orm::Condition::all().add_option(since));
    let done = failed.exec(db).await?;
    Ok(i32::try_from(done.rows_affected).unwrap_or(i32::MAX))
}

/// Messages that are sent again, for a day from now on.
fn again() -> UpdateMany<delivery::Entity> {
    let (now, none) = (now(), Expr::cust("NULL"));
    delivery::Entity::update_many()
        .col_expr(
            delivery::Column::State,
            Expr::value(delivery::State::Waiting),
        )
        .col_expr(delivery::Column::Tries, Expr::value(0))
        .col_expr(delivery::Column::NextTryAt, Expr::value(now))
        .col_expr(delivery::Column::GiveUpAt, Expr::value(now + TRIED_FOR))
        .col_expr(delivery::Column::DeliveredAt, none)
}

/// An address within the hub's reach.
fn seen_url(ctx: &Context<'_>, faults: &mut Faults, url: &str) -> String {
    let reach = ctx.data_opt::<Reach>().cloned().unwrap_or_default();
    match reach.read(url.trim()) {
        Ok(url) => url.to_string(),
        Err(message) => {
            faults.add("INVALID", "url", message);
            String::new()
        }
    }
}

/// Events that can be asked for, each once, as they are stored.
fn seen_events(faults: &mut Faults, events: &[WebhookEvent]) -> serde_json::Value {
    if events.is_empty() {
        faults.add("REQUIRED", "events", "name at least one event");
    }
    if events.contains(&WebhookEvent::Test) {
        faults.add("INVALID", "events", "TEST is sent by testWebhook alone");
    }
    let mut events: Vec<webhook::Event> = events.iter().copied().map(Into::into).collect();
    events.sort();
    events.dedup();
    serde_json::json!(events)
}

async fn seen_webhook(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<webhook::Model> {
    let (visible, read) = (webhook::Entity::visible_to, WebhookId::from_global);
    input::seen(db, ctx.scope()?, visible, read, id, "webhook").await
}
