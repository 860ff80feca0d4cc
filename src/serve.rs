//! The processes that run for long: the pieces put together, started, and stopped in order.

use std::{
    io::{self, Write},
    net::SocketAddr,
    num::NonZeroU32,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, anyhow};
use api::{
    auth::{AuthSettings, Authenticator, ProviderSettings},
    edge::{Edge, Settings},
    export::Slots,
    field::friends::friends,
    people::access::RecordedLooks,
};
use axum::{Json, Router, middleware, routing::get};
use chrono::TimeDelta;
use entity::Database;
use ingest::{
    Intake, Photos, Rate,
    phones::{Phones, friends::Friends, mqtt::Broker},
};
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    config::{
        Mode, SettingError,
        access::AuthConfig,
        http::HttpConfig,
        setting::{self, Setting},
        store::{DatabaseConfig, HubConfig},
    },
    edge::{
        address, cors, health,
        health::Readiness,
        identity::{self, Identity},
        metrics::{self, Metrics},
        observe, openapi, pages, phones, problem, server,
    },
    hub::Hub,
    lifecycle::Lifecycle,
    mqtt,
    signals::Signals,
};

/// Connections that may wait to be accepted. Past it the system drops what a client believes to be
/// connected; the usual 128 are few when a whole company's phones come back at once.
const WAITING_CONNECTIONS: u32 = 4_096;
/// How many photos one device may send: a day's at once, and two a second after that.
const PHOTO_RATE: Rate = Rate {
    burst: NonZeroU32::MIN.saturating_add(500 - 1),
    per_second: NonZeroU32::MIN.saturating_add(2 - 1),
};
/// How long a sign-in's access token lasts; its refresh token gives the next one.
const ACCESS_LASTS: TimeDelta = TimeDelta::minutes(15);

/// What `serve` is told.
pub(crate) struct ServeConfig {
    pub(crate) database: DatabaseConfig,
    pub(crate) hub: HubConfig,
    /// The broker from which OwnTracks comes, if any.
    pub(crate) mqtt: Option<Broker>,
    pub(crate) auth: AuthConfig,
    pub(crate) http: HttpConfig,
    /// Derives visits in this process.
    pub(crate) has_worker: bool,
}

/// Serves until stopped.
pub(crate) async fn serve(config: ServeConfig) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let lifecycle = Lifecycle::default();
    let address = begin(&config, &lifecycle).await?;
    writeln!(std::io::stdout(), "fieldhub listens at http://{address}")?;
    Ok(lifecycle.run_until_stopped(signals).await)
}

/// Starts everything and tells where it listens.
async fn begin(config: &ServeConfig, lifecycle: &Lifecycle) -> anyhow::Result<SocketAddr> {
    let listener = listen(&setting::LISTEN, config.http.listen).await?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let metrics = Metrics::install(config.http.metrics.clone())?;
    let hub = Hub::open(&config.database, &config.hub, lifecycle).await?;
    if config.has_worker {
        hub.start_worker(lifecycle);
    }
    let door = Door {
        hub: &hub,
        auth: &config.auth,
        http: &config.http,
        mqtt: config.mqtt.clone(),
        metrics,
    };
    door.open(listener, lifecycle)?;
    Ok(address)
}

/// Listens at an address, which is the setting's.
pub(crate) async fn listen(
    setting: &'static Setting,
    address: SocketAddr,
) -> Result<TcpListener, SettingError> {
    bind(address)
        .map_err(|error| setting.unusable(format!("{address} cannot be listened at ({error})")))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_CONNECTIONS)
}

/// The open door: every route, and who is let in.
pub(crate) struct Door<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) auth: &'a AuthConfig,
    pub(crate) http: &'a HttpConfig,
    /// The broker from which OwnTracks comes, if any.
    pub(crate) mqtt: Option<Broker>,
    pub(crate) metrics: Metrics,
}

impl Door<'_> {
    /// Serves at the listener until the process stops; gives what issues tokens.
    pub(crate) fn open(
        self,
        listener: TcpListener,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Authenticator> {
        let authenticator = authenticator(self.hub.database.clone(), self.auth)?;
        let description = openapi::description();
        let intake = self.hub.start_intake(lifecycle);
        let database = &self.hub.database;
        let subscriber = self
            .mqtt
            .clone()
            .map(|broker| mqtt::start(broker, database, &intake, &authenticator, lifecycle));
        let readiness = mqtt::watched(self.hub.readiness(lifecycle), subscriber);
        let router = operations(readiness, self.metrics.clone())
            .route("/openapi.json", get(async move || Json(description)))
            .merge(self.graphql(&authenticator, &intake, lifecycle)?)
            .merge(check_ins(intake.clone(), &authenticator))
            .merge(phones(self.hub, intake, &authenticator))
            .merge(photos(&self.hub.photos, &authenticator))
            .fallback_service(pages::router(self.http.map.as_ref())?);
        let router = layered(router, &self.http.trusted_proxies, lifecycle)
            .layer(cors::layer(&self.http.allowed_origins));
        lifecycle.spawn("metrics", self.metrics.run(lifecycle.halting()));
        lifecycle.spawn_front(
            "http",
            server::serve(listener, router, lifecycle.stopping()),
        );
        Ok(authenticator)
    }

    /// The GraphQL edge and the exports; the sockets it holds are waited for at a stop.
    fn graphql(
        &self,
        authenticator: &Authenticator,
        intake: &Intake,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Router> {
        let origins = self
            .http
            .allowed_origins
            .iter()
            .filter_map(|origin| origin.to_str().ok());
        let settings = Settings {
            is_production: self.http.mode == Mode::Production,
            allowed_origins: origins.map(str::to_owned).collect(),
            manifest: self.http.queries.manifest.clone(),
            unlisted: self.http.queries.unlisted,
            budget: self.http.queries.budget,
            ..Settings::default()
        };
        let sockets = TaskTracker::new();
        let (stopping, open) = (lifecycle.stopping(), sockets.clone());
        lifecycle.spawn_front("sockets", async move {
            stopping.cancelled().await;
            open.close();
            open.wait().await;
        });
        let schema = api::builder(self.hub.database.clone())
            .data(authenticator.clone())
            .data(self.hub.presence.clone())
            .data(self.hub.fences.clone())
            .data(intake.clone())
            .data(self.http.map.clone())
            .data(self.hub.webhooks.clone())
            .data(self.hub.photos.clone())
            .finish();
        let admit = authenticator.admit();
        let slots = Slots::default();
        let exports: Router =
            api::export::routes(schema.clone(), authenticator.clone(), slots.clone())
                .context("the schema cannot be exported")?
                .into();
        let (database, photos) = (self.hub.database.clone(), self.hub.photos.clone());
        let person: Router = api::export::person_routes(database, photos, slots).into();
        let edge = Edge::new(
            schema,
            &api::sdl(),
            settings,
            admit,
            lifecycle.stopping(),
            sockets,
        )
        .map_err(|error| anyhow!("the schema cannot be served: {error:?}"))?;
        let identity = Identity::Viewer(authenticator.clone());
        Ok(edge
            .routes()
            .merge(exports)
            .merge(person)
            .layer(middleware::from_fn_with_state(identity, identity::identify)))
    }
}

/// The intake's routes.
fn check_ins(intake: Intake, authenticator: &Authenticator) -> Router {
    let router: Router = ingest::routes(intake, Rate::default()).into();
    let identity = Identity::Sender(authenticator.clone());
    router.layer(middleware::from_fn_with_state(identity, identity::identify))
}

/// The routes of apps with formats of their own.
fn phones(hub: &Hub, intake: Intake, authenticator: &Authenticator) -> Router {
    let (database, presence) = (hub.database.clone(), hub.presence.clone());
    let looks = RecordedLooks::default();
    let friends: Friends = Arc::new(move |viewer| {
        let (database, presence, looks) = (database.clone(), presence.clone(), looks.clone());
        Box::pin(async move {
            let friends = friends(&database, &presence, &looks, &viewer).await;
            friends.unwrap_or_else(|error| {
                tracing::debug!(?error, "friends cannot be shown now");
                Vec::new()
            })
        })
    });
    let Phones { owntracks, osmand } =
        Phones::new(hub.database.clone(), intake, Rate::default(), friends);
    let (owntracks, osmand): (Router, Router) = (owntracks.into(), osmand.into());
    let by_password = middleware::from_fn_with_state(authenticator.clone(), phones::by_password);
    let by_device = middleware::from_fn_with_state(authenticator.clone(), phones::by_device);
    owntracks.layer(by_password).merge(osmand.layer(by_device))
}

/// The routes of photos: phones send them, people look at them.
fn photos(photos: &Photos, authenticator: &Authenticator) -> Router {
    let taking: Router = ingest::taking(photos.clone(), PHOTO_RATE).into();
    let giving: Router = ingest::giving(photos.clone()).into();
    let sender = Identity::Sender(authenticator.clone());
    let viewer = Identity::Viewer(authenticator.clone());
    Router::new()
        .merge(taking.layer(middleware::from_fn_with_state(sender, identity::identify)))
        .merge(giving.layer(middleware::from_fn_with_state(viewer, identity::identify)))
}

/// What judges credentials.
pub(crate) fn authenticator(
    database: Database,
    config: &AuthConfig,
) -> anyhow::Result<Authenticator> {
    let provider = config.jwks.as_ref().map(|jwks| ProviderSettings {
        jwks_url: jwks.url.clone(),
        user_claim: jwks.user_claim.clone(),
    });
    let settings = AuthSettings {
        secret: config.secret.clone(),
        issuer: config.issuer.clone(),
        audience: config.audience.clone(),
        provider,
        access_lifetime: ACCESS_LASTS,
    };
    Authenticator::new(database, settings)
        .map_err(|error| anyhow!("credentials cannot be judged: {error:?}"))
}

/// What tells how the process fares.
pub(crate) fn operations(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready).with_state(readiness))
        .route("/metrics", get(metrics::read).with_state(metrics))
}

/// What every route gets, the innermost first.
pub(crate) fn layered(router: Router, trusted: &[IpNet], lifecycle: &Lifecycle) -> Router {
    router
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(middleware::from_fn_with_state(
            lifecycle.stopping(),
            observe::request,
        ))
        .layer(middleware::from_fn_with_state(
            trusted.into(),
            address::client,
        ))
}
