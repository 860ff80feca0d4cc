//! Writes what webhooks are to be told: what happened to visits, and who stands otherwise now.

use chrono::{DateTime, Utc};
use domain::visit::Event as VisitEvent;
use entity::id::CustomerId;
use entity::webhooks::webhook::Event;
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::json;

use super::visits;
use crate::webhooks::{Listeners, News, shown_instant};
use crate::worker::derive::Derived;

/// Tells of the visits first, then of the reps.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    ours: &[&Derived],
    visits: &[visits::News],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let moved: Vec<&Derived> = ours
        .iter()
        .copied()
        .filter(|derived| {
            let told = derived.track.claimed.told.as_ref();
            derived.standing.is_news_after(told)
        })
        .collect();
    if visits.is_empty() && moved.is_empty() {
        return Ok(());
    }
    let listeners = Listeners::read(transaction).await?;
    let visits = visits.iter().map(|news| News {
        rep: news.rep,
        event: event(news.event),
        data: news.shown.clone(),
    });
    let news: Vec<News> = visits.chain(moved.into_iter().map(presence)).collect();
    listeners.tell(transaction, &news, now).await?;
    Ok(())
}

fn event(event: VisitEvent) -> Event {
    match event {
        VisitEvent::Opened => Event::VisitOpened,
        VisitEvent::Amended(_) => Event::VisitAmended,
        VisitEvent::Closed => Event::VisitClosed,
        VisitEvent::Withdrawn(_) => Event::VisitWithdrawn,
    }
}

/// Who stands how; never where.
fn presence(derived: &Derived) -> News {
    let (rep, standing) = (derived.track.claimed.rep, derived.standing);
    let customer = standing.customer.map(CustomerId::from);
    News {
        rep,
        event: Event::PresenceChanged,
        data: json!({"presence": {
            "rep": {"id": rep.global()},
            "state": standing.state,
            "since": standing.since.map(shown_instant),
            "customer": customer.map(|customer| json!({"id": customer.global()})),
        }}),
    }
}
