//! `fieldhub maintain`.

use std::{io::Write, process::ExitCode};

use chrono::Utc;
use ingest::Photos;

use crate::{
    config::{
        Sources,
        store::{DatabaseArgs, HubArgs},
    },
    hub::live_state,
    maintenance::Maintenance,
    store,
};

/// What `maintain` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    hub: HubArgs,
}

/// Does the night's work now, whoever did it last.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let database = args.database.resolve(sources)?;
    let hub = args.hub.resolve(sources)?;
    let database = store::open(&database).await?;
    let maintenance = Maintenance {
        photos: Photos::new(database.clone(), hub.open_photos()?),
        presence: live_state(&hub)?,
        database,
        check_in_retention_days: hub.check_in_retention_days,
    };
    let report = maintenance.work(Utc::now()).await?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(ExitCode::SUCCESS)
}
