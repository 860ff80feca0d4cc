//! OwnTracks over MQTT 3.1.1, as a client of a broker: the same messages as over HTTP. A message is
//! acknowledged when its check-in is committed; what the hub has not acknowledged the broker keeps
//! and sends again.
//!
//! Who a message is from stands in its topic, `owntracks/USER/DEVICE`: the broker answers for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{SubsecRound, Utc};
use entity::Database;
use entity::people::device;
use entity::viewer::{Scope, Viewer};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt};
use metrics::counter;
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, Incoming as Packet, MqttOptions, Outgoing,
    Publish, QoS, SubscribeFilter, SubscribeReasonCode,
};
use sea_orm::{ColumnTrait, QueryFilter};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::key::passphrase;
use super::owntracks::{self, Phone};
use crate::intake::Intake;

/// Messages worked on at once; they are acknowledged in their order.
const MOST: usize = 64;
/// A message with a picture in it is larger than most.
const LARGEST: usize = 1 << 20;
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// The pause after a lost connection or while the hub cannot store; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A connection that is lost sooner, so many times in a row, is another client's doing.
const SHORT: Duration = Duration::from_secs(5);
const MOST_SHORT: u32 = 3;
/// How long a stop waits for what is being stored, and then for the last acknowledgements.
const LAST_WORK: Duration = Duration::from_secs(5);
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Where the broker is, and what is listened to. It holds a password, so it cannot be printed.
#[derive(Clone)]
pub struct Broker {
    /// Its name or address.
    pub host: String,
    /// Its port, usually 1883.
    pub port: u16,
    /// The name and the password that it asks for.
    pub credentials: Option<(String, String)>,
    /// By which the broker knows this hub again, and what it keeps for it.
    pub client_id: String,
    /// What topics begin with, usually `owntracks`; `$share/GROUP/owntracks` shares the work among
    /// several clients.
    pub prefix: String,
}

/// Finds whose device a topic names: a user's e-mail address and the device's name. None if there
/// is no such device; an error if nobody can tell now.
pub type Lookup = Arc<
    dyn Fn(String, String) -> BoxFuture<'static, Result<Option<Viewer>, Unknown>> + Send + Sync,
>;

/// Nobody can tell now whose a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// A client of a broker. Clones are the same.
#[derive(Clone)]
pub struct Subscriber {
    database: Database,
    intake: Intake,
    lookup: Lookup,
    broker: Broker,
    is_connected: Arc<AtomicBool>,
}

/// What the connection tells the work.
enum Told {
    Connected,
    Message(Publish),
    Lost,
}

impl Subscriber {
    /// A client in front of an intake of the same database.
    pub fn new(database: Database, intake: Intake, lookup: Lookup, broker: Broker) -> Subscriber {
        Subscriber {
            database,
            intake,
            lookup,
            broker,
            is_connected: Arc::default(),
        }
    }

    /// Whether the broker can be heard now.
    pub fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::Relaxed)
    }

    /// Takes messages until cancelled; then finishes what it has begun.
    pub async fn run(self, stopping: CancellationToken) {
        let (client, events) = AsyncClient::new(self.options(), 4 * MOST);
        let (told, hear) = mpsc::channel(1);
        let connection = self.listen(events, told, stopping.clone());
        let work = self.work(client, hear, stopping);
        tokio::pin!(connection, work);
        tokio::select! {
            () = &mut connection => {}
            // The last acknowledgements and the farewell are still to be sent.
            () = &mut work => drop(timeout(LAST_WORDS, connection).await),
        }
        self.is_connected.store(false, Ordering::Relaxed);
    }

    fn options(&self) -> MqttOptions {
        let Broker {
            host,
            port,
            credentials,
            client_id,
            ..
        } = &self.broker;
        let mut options = MqttOptions::new(client_id, host, *port);
        options
            .set_keep_alive(KEEP_ALIVE)
            // The broker keeps for us what comes while we are away.
            .set_clean_session(false)
            .set_manual_acks(true)
            .set_max_packet_size(LARGEST, LARGEST);
        if let Some((name, password)) = credentials {
            options.set_credentials(name, password);
        }
        options
    }

    /// Keeps the connection, and passes on what it brings.
    async fn listen(
        &self,
        mut events: EventLoop,
        told: mpsc::Sender<Told>,
        stopping: CancellationToken,
    ) {
        let mut pause = FIRST_PAUSE;
        let mut since: Option<Instant> = None;
        let mut short = 0;
        loop {
            let news = match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    pause = FIRST_PAUSE;
                    since = Some(Instant::now());
                    self.is_connected.store(true, Ordering::Relaxed);
                    Told::Connected
                }
                Ok(Event::Incoming(Packet::Publish(message))) => Told::Message(message),
                Ok(Event::Incoming(Packet::SubAck(answer))) => {
                    if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                        tracing::error!("the MQTT broker refuses the subscription: check its ACL");
                    }
                    continue;
                }
                Ok(Event::Outgoing(Outgoing::Disconnect)) => return,
                Ok(_) => continue,
                Err(error) => {
                    if stopping.is_cancelled() {
                        return;
                    }
                    let is_short = since.take().is_some_and(|since| since.elapsed() < SHORT);
                    short = if is_short { short + 1 } else { 0 };
                    self.lost(&error, short >= MOST_SHORT);
                    Told::Lost
                }
            };
            let is_lost = matches!(news, Told::Lost);
            // While it stops, what still comes is left to the broker.
            if told.send(news).await.is_ok() && is_lost {
                stopping
                    .run_until_cancelled(tokio::time::sleep(pause))
                    .await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    fn lost(&self, error: &ConnectionError, is_displaced: bool) {
        self.is_connected.store(false, Ordering::Relaxed);
        let (host, port) = (&self.broker.host, self.broker.port);
        if is_displaced {
            // MQTT 3.1.1 ends the older connection of two with one client id, and does not say why.
            let client_id = &self.broker.client_id;
            tracing::error!(
                client_id,
                host,
                port,
                "the MQTT broker ends every connection at once: give each hub a client_id of its own"
            );
            return;
        }
        tracing::warn!(%error, host, port, "the MQTT broker cannot be heard; trying again");
    }

    /// Stores what comes and acknowledges it.
    async fn work(
        &self,
        client: AsyncClient,
        mut hear: mpsc::Receiver<Told>,
        stopping: CancellationToken,
    ) {
        let mut begun = FuturesOrdered::new();
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                Some(message) = begun.next(), if !begun.is_empty() => acknowledge(&client, &message),
                news = hear.recv(), if begun.len() < MOST => match news {
                    Some(Told::Connected) => self.subscribe(&client),
                    Some(Told::Message(message)) => begun.push_back(self.take(message)),
                    // What was not acknowledged comes again on the next connection.
                    Some(Told::Lost) => begun = FuturesOrdered::new(),
                    None => return,
                },
            }
        }
        hear.close();
        let finish = async {
            while let Some(message) = begun.next().await {
                acknowledge(&client, &message);
            }
        };
        if timeout(LAST_WORK, finish).await.is_err() {
            tracing::debug!("messages are left to the broker");
        }
        client.try_disconnect().ok();
    }

    /// Listens to positions and to the crossings of regions.
    fn subscribe(&self, client: &AsyncClient) {
        let topics = ["+/+", "+/+/event", "+/+/waypoint", "+/+/waypoints"].map(|rest| {
            let topic = format!("{}/{rest}", self.broker.prefix);
            SubscribeFilter::new(topic, QoS::AtLeastOnce)
        });
        if let Err(error) = client.try_subscribe_many(topics) {
            tracing::warn!(%error, "the MQTT topics cannot be subscribed to");
        }
    }

    /// Stores what a message holds, however long that takes, and gives the message back.
    async fn take(&self, message: Publish) -> Publish {
        let mut pause = FIRST_PAUSE;
        while self.try_take(&message).await.is_err() {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        message
    }

    async fn try_take(&self, message: &Publish) -> Result<(), Unknown> {
        let sender = match sender(&self.broker.prefix, &message.topic) {
            Some((user, device)) => (self.lookup)(user.to_owned(), device.to_owned()).await?,
            None => None,
        };
        let Some(viewer) = sender else {
            counter!("fieldhub_mqtt_messages_total", "outcome" => "unknown").increment(1);
            tracing::warn!(topic = message.topic, "an MQTT message of no known device");
            return Ok(());
        };
        let away = |error: sea_orm::DbErr| {
            tracing::debug!(%error, "an MQTT message waits for the database");
            Unknown
        };
        let key = passphrase(&self.database, viewer.device).await;
        let phone = self.phone(&viewer).await.map_err(away)?;
        let opened = owntracks::open(&message.payload, key.map_err(away)?.as_deref());
        let body = opened.map_or_else(|| message.payload.clone(), Bytes::from);
        if let Some(point) = owntracks::read(&body, phone, Utc::now().trunc_subsecs(3)) {
            let taken = self.intake.accept(&viewer, vec![point]).await;
            taken.map_err(|_| Unknown)?;
        }
        counter!("fieldhub_mqtt_messages_total", "outcome" => "taken").increment(1);
        Ok(())
    }

    /// What the phone is, by what was said when it was enrolled: messages do not tell.
    async fn phone(&self, viewer: &Viewer) -> Result<Phone, sea_orm::DbErr> {
        let id = viewer.device.map(|id| device::Column::Id.eq(id));
        let device = device::Entity::visible_to(&Scope::All)
            .filter(sea_orm::Condition::all().add_option(id))
            .one(&self.database.read)
            .await?;
        let platform = device.map(|device| device.platform.to_lowercase());
        let apple = ["ios", "iphone", "ipad"];
        Ok(Phone {
            is_apple: platform
                .is_some_and(|platform| apple.iter().any(|word| platform.contains(word))),
        })
    }
}

fn acknowledge(client: &AsyncClient, message: &Publish) {
    if message.qos != QoS::AtMostOnce
        && let Err(error) = client.try_ack(message)
    {
        tracing::debug!(%error, "a message was not acknowledged; it comes again");
    }
}

/// The user and the device that a topic below the prefix names.
fn sender<'t>(prefix: &str, topic: &'t str) -> Option<(&'t str, &'t str)> {
    let shared = prefix.strip_prefix("$share/");
    let own = shared.and_then(|rest| rest.split_once('/'));
    let prefix = own.map_or(prefix, |(_, own)| own);
    let rest = topic.strip_prefix(prefix)?.strip_prefix('/')?;
    let mut levels = rest.split('/');
    Some((levels.next()?, levels.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_its_sender() {
        let ann = Some(("ann@x.example", "phone"));
        assert_eq!(sender("owntracks", "owntracks/ann@x.example/phone"), ann);
        assert_eq!(
            sender("owntracks", "owntracks/ann@x.example/phone/event"),
            ann
        );
        assert_eq!(sender("a/b", "a/b/ann@x.example/phone"), ann);
        assert_eq!(sender("$share/hubs/a/b", "a/b/ann@x.example/phone"), ann);
        for other in [
            "owntracks/ann",
            "owntracks",
            "other/ann/phone",
            "owntracksx/ann/phone",
        ] {
            assert_eq!(sender("owntracks", other), None, "{other}");
        }
    }
}
