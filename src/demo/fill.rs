//! The demo's folder: opened, or filled from nothing.

use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use chrono::{SubsecRound, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ingest::webhooks::Reach;
use rand::RngExt;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{
        Backend,
        store::{CompanyConfig, DatabaseConfig, HubConfig, PhotoPlace},
    },
    demo::{
        city::TIME_ZONE,
        company::{self, NAME},
        incidents, past,
        state::State,
    },
    hub::Hub,
    lifecycle::Lifecycle,
    store,
};

/// The database's file in the demo's folder.
const DATABASE: &str = "fieldhub-demo.db";

/// Where the photos lie in the demo's folder.
const PHOTOS: &str = "photos";

/// An open folder.
pub(crate) struct Filled {
    pub(crate) hub: Hub,
    pub(crate) state: State,
}

/// Opens the folder; fills it first unless an earlier start has done so to the end.
pub(crate) async fn fill(folder: &Path, lifecycle: &Lifecycle) -> anyhow::Result<Filled> {
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("{shown} cannot be made"))?;
    if let Some(state) = State::load(folder) {
        let hub = Hub::open(&database(folder), &live(folder), lifecycle).await?;
        return Ok(Filled { hub, state });
    }
    for file in files(folder) {
        remove(file, fs::remove_file)?;
    }
    remove(folder.join(PHOTOS), fs::remove_dir_all)?;
    let begun = Instant::now();
    let progress = progress();
    progress.set_message("founding the company");
    let now = Utc::now().trunc_subsecs(3);
    let opened = store::open(&database(folder)).await?;
    let company = company::found(&opened, now).await?;
    let hub = Hub::open(&database(folder), &live(folder), lifecycle).await?;
    progress.set_message("taking in ten days of check-ins");
    let (intake, committer) = hub.intake();
    let done = CancellationToken::new();
    let (count, ()) = tokio::join!(
        async {
            let taken = async {
                let count = past::take_in(&intake, &company, now, &progress).await?;
                past::photograph(&hub.photos, &company, now).await?;
                incidents::take_in(&intake, &hub.photos, &company, now).await?;
                anyhow::Ok(count)
            };
            let count = taken.await;
            done.cancel();
            count
        },
        committer.run(done.clone()),
    );
    let count = count?;
    progress.set_message("deriving visits");
    hub.worker.drain().await?;
    progress.finish_and_clear();
    tracing::info!(check_ins = count, took = ?begun.elapsed(), "the demo's folder is filled");
    let state = State::new(secret(), company);
    state.save(folder)?;
    Ok(Filled { hub, state })
}

fn database(folder: &Path) -> DatabaseConfig {
    let url = format!("sqlite://{}", folder.join(DATABASE).display());
    DatabaseConfig {
        url: SecretString::from(url),
        backend: Backend::Sqlite,
        connections: 8,
        company: CompanyConfig {
            name: Some(NAME.to_owned()),
            time_zone: Some(TIME_ZONE),
            ..CompanyConfig::default()
        },
    }
}

fn live(folder: &Path) -> HubConfig {
    HubConfig {
        redis_url: None,
        check_in_retention_days: 60,
        photos: Some(PhotoPlace::Folder(folder.join(PHOTOS))),
        webhooks: Reach::default(),
    }
}

/// Removes what an unfinished filling has left, if anything.
fn remove(path: PathBuf, how: fn(PathBuf) -> io::Result<()>) -> anyhow::Result<()> {
    let shown = path.display().to_string();
    match how(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{shown} cannot be removed"))
        }
        _ => Ok(()),
    }
}

/// The database and what SQLite keeps beside it.
fn files(folder: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|ending| folder.join(format!("{DATABASE}{ending}")))
}

/// 256 random bits, in hexadecimal digits.
fn secret() -> String {
    let bits: [u8; 32] = rand::rng().random();
    bits.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn progress() -> ProgressBar {
    let progress = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:30} {elapsed}") {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}
