//! OwnTracks through an MQTT broker, beside the other ways in.

use std::sync::Arc;

use api::auth::{AuthError, Authenticator};
use entity::Database;
use ingest::{
    Intake,
    phones::mqtt::{Broker, Subscriber, Unknown},
};

use crate::{
    edge::health::{Part, Readiness},
    lifecycle::Lifecycle,
};

/// Why a topic's device is looked for, in the words of the access log.
const PURPOSE: &str = "owntracks";

/// Begins to take messages; they are let in until the process stops.
pub(crate) fn start(
    broker: Broker,
    database: &Database,
    intake: &Intake,
    authenticator: &Authenticator,
    lifecycle: &Lifecycle,
) -> Subscriber {
    let authenticator = authenticator.clone();
    let lookup = move |user: String, device: String| {
        let authenticator = authenticator.clone();
        let looked: futures_util::future::BoxFuture<'static, _> = Box::pin(async move {
            match authenticator.sender_named(&user, &device, PURPOSE).await {
                Ok(viewer) => Ok(viewer),
                Err(AuthError::Rejected(_)) => Ok(None),
                Err(AuthError::Unavailable(error)) => {
                    tracing::warn!(%error, "whose device it is cannot be told now");
                    Err(Unknown)
                }
            }
        });
        looked
    };
    let subscriber = Subscriber::new(database.clone(), intake.clone(), Arc::new(lookup), broker);
    lifecycle.spawn_front("mqtt", subscriber.clone().run(lifecycle.stopping()));
    subscriber
}

/// Tells whether the broker can be heard.
pub(crate) fn watched(readiness: Readiness, subscriber: Option<Subscriber>) -> Readiness {
    let Some(subscriber) = subscriber else {
        return readiness;
    };
    readiness.with("mqtt", move || {
        let part = if subscriber.is_connected() {
            Part::ready()
        } else {
            Part::degraded("the MQTT broker cannot be heard: phones that use it wait")
        };
        std::future::ready(part)
    })
}
