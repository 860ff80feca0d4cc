//! `fieldhub migrate`.

use std::{io::Write, process::ExitCode};

use crate::{
    config::{Sources, store::DatabaseArgs},
    store,
};

/// What `migrate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: DatabaseArgs,
}

/// Brings the schema up to date and says what was done.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let config = args.database.resolve(sources)?;
    let (_, report) = store::open_with_report(&config).await?;
    let mut out = std::io::stdout();
    for name in &report.applied {
        writeln!(out, "applied {name}")?;
    }
    writeln!(out, "the schema is at version {}", report.version)?;
    Ok(ExitCode::SUCCESS)
}
