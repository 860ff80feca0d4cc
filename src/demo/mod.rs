//! The demo: a believable company in a file, its past through the real pipeline, its reps in motion.

mod city;
mod company;
mod fill;
mod history;
mod incidents;
pub(crate) mod live;
pub(crate) mod motion;
mod past;
pub(crate) mod persist;
pub(crate) mod phone;
pub(crate) mod place;
mod print;
mod recorded;
mod shelf;
mod state;
mod track_file;

use std::{
    collections::HashMap, io::Write, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc,
};

use anyhow::{Context, anyhow};
use api::{auth::Authenticator, people::MapTiles};
use chrono::{TimeDelta, Utc};
use entity::{id::UserId, people::user};
use sea_orm::EntityTrait;
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::{
    config::{
        Mode,
        access::AuthConfig,
        http::{HttpConfig, MetricsConfig},
        queries::QueryConfig,
    },
    demo::{
        company::{Company, Rep, Shop},
        fill::Filled,
        live::{Listener, Mover, Pace, Target},
        phone::{Endpoint, Phone},
        print::{Account, Accounts},
    },
    edge::metrics::Metrics,
    hub::Hub,
    lifecycle::Lifecycle,
    serve::Door,
    signals::Signals,
};

/// How long the printed tokens are good for.
const TOKENS_LAST: TimeDelta = TimeDelta::days(30);

/// What the demo is told.
pub(crate) struct DemoConfig {
    /// Where its database and secrets are.
    pub(crate) folder: PathBuf,
    pub(crate) listen: SocketAddr,
    /// A recorded track, to be played by one of the reps.
    pub(crate) track: Option<PathBuf>,
    /// The tiles under the positions, if any.
    pub(crate) map: Option<MapTiles>,
}

/// Fills the folder where it is empty, and stops.
pub(crate) async fn prepare(config: &DemoConfig) -> anyhow::Result<ExitCode> {
    let lifecycle = Lifecycle::default();
    fill::fill(&config.folder, &lifecycle).await?;
    let is_clean = lifecycle.stop().await;
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Fills the folder where it is empty, serves, and moves the reps until stopped.
pub(crate) async fn run(config: DemoConfig) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let lifecycle = Lifecycle::default();
    let track = config.track.as_deref().map(track_file::read).transpose()?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("{} is taken; say another --port", config.listen))?;
    let address = listener.local_addr()?;
    let filled = tokio::select! {
        filled = fill::fill(&config.folder, &lifecycle) => filled?,
        () = signals.next() => return Ok(ExitCode::FAILURE),
    };
    let Filled { hub, state } = filled;
    let company = state.company;
    hub.start_worker(&lifecycle);
    let (auth, http) = (auth(&state.jwt_secret), http(address, config.map));
    let metrics = Metrics::install(http.metrics.clone())?;
    let door = Door {
        hub: &hub,
        auth: &auth,
        http: &http,
        mqtt: None,
        metrics,
    };
    let authenticator = door.open(listener, &lifecycle)?;
    let cast = Cast::of(&company, track.is_some())?;
    let accounts = accounts(&hub, &authenticator, &company, cast.you.id).await?;
    let endpoint = Endpoint::new(&format!("http://{address}"))?;
    if let (Some(track), Some(player)) = (track, cast.player) {
        recorded::plant_halts(&hub.database, player, &track, Utc::now()).await?;
        let phone = Phone::new(endpoint.clone(), player.token.clone());
        let (listener, stop) = (listener_of_failures(), lifecycle.stopping());
        lifecycle.spawn_front("track", recorded::play(phone, track, listener, stop));
    }
    let movers = movers(&company, &cast);
    let moving = live::run(
        endpoint,
        movers,
        Pace::default(),
        listener_of_failures(),
        lifecycle.stopping(),
    );
    lifecycle.spawn_front("reps", moving);
    let shop = company.shops.iter().find(|shop| shop.rep == cast.you.id);
    let shop = shop.context("the rep has no customer")?;
    write!(
        std::io::stdout(),
        "{}",
        print::welcome(address, &accounts, cast.you, shop)
    )?;
    Ok(lifecycle.run_until_stopped(signals).await)
}

/// Who plays which part.
struct Cast<'a> {
    /// The rep who reads this: moved by `curl` alone.
    you: &'a Rep,
    /// Who plays the recorded track.
    player: Option<&'a Rep>,
}

impl<'a> Cast<'a> {
    fn of(company: &'a Company, has_track: bool) -> anyhow::Result<Self> {
        let you = company.reps.first().context("the company has no reps")?;
        let player = company.reps.last().filter(|_| has_track);
        Ok(Self { you, player })
    }

    fn is_moved_by_itself(&self, rep: &Rep) -> bool {
        rep.id != self.you.id && self.player.is_none_or(|player| player.id != rep.id)
    }
}

/// The reps that move by themselves, each among their own customers.
fn movers(company: &Company, cast: &Cast<'_>) -> Vec<Mover> {
    let mut shops: HashMap<UserId, Vec<&Shop>> = HashMap::new();
    for shop in &company.shops {
        shops.entry(shop.rep).or_default().push(shop);
    }
    let moving = company
        .reps
        .iter()
        .filter(|rep| cast.is_moved_by_itself(rep));
    let movers = moving.map(|rep| {
        let own = shops.remove(&rep.id).unwrap_or_default();
        let targets = own.iter().map(|shop| Target {
            customer: shop.id.global(),
            place: shop.place,
        });
        Mover {
            token: rep.token.clone(),
            start: rep.home,
            targets: targets.collect(),
        }
    });
    movers.collect()
}

async fn accounts(
    hub: &Hub,
    authenticator: &Authenticator,
    company: &Company,
    you: UserId,
) -> anyhow::Result<Accounts> {
    let account = async |id: UserId| {
        let user = user::Entity::find_by_id(id).one(&hub.database.read).await?;
        let user = user.context("a person of the demo is gone; remove its folder")?;
        let issued = authenticator
            .issue(&user, Some(TOKENS_LAST))
            .map_err(|error| anyhow!("no token: {error:?}"))?;
        anyhow::Ok(Account {
            email: user.email,
            token: issued.token,
        })
    };
    Ok(Accounts {
        admin: account(company.admin).await?,
        manager: account(company.manager).await?,
        rep: account(you).await?,
    })
}

fn auth(secret: &str) -> AuthConfig {
    AuthConfig {
        secret: Some(SecretString::from(secret)),
        jwks: None,
        issuer: "fieldhub-demo".to_owned(),
        audience: "fieldhub-demo".to_owned(),
    }
}

fn http(listen: SocketAddr, map: Option<MapTiles>) -> HttpConfig {
    let near = ["127.0.0.1/32", "::1/128"];
    let allow = near
        .iter()
        .filter_map(|network| network.parse().ok())
        .collect();
    HttpConfig {
        listen,
        allowed_origins: Vec::new(),
        trusted_proxies: Vec::new(),
        mode: Mode::Development,
        map,
        queries: QueryConfig::default(),
        metrics: MetricsConfig { token: None, allow },
    }
}

fn listener_of_failures() -> Listener {
    Arc::new(|answer, _took| {
        if let Err(error) = answer {
            tracing::warn!("a phone of the demo keeps its check-ins for now: {error:#}");
        }
    })
}
