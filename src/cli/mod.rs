//! The command line: one file a command.

mod migrate;
mod schema;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{config::CommonArgs, log};

/// A GraphQL data hub for field-sales teams: phones post check-ins, managers query visits.
///
/// Settings come from flags, then the environment, then `fieldhub.toml`.
#[derive(Debug, Parser)]
#[command(name = "fieldhub", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    common: CommonArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the intake, with a worker inside
    Serve(Box<serve::Args>),
    /// Bring the database's schema up to date
    Migrate(migrate::Args),
    /// Print the GraphQL schema (SDL)
    Schema,
}

impl Cli {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let sources = self.common.sources()?;
        let begin_log = |default: &str| log::begin(self.common.log(&sources, default)?);
        match self.command {
            Command::Serve(args) => {
                begin_log("info")?;
                in_runtime(serve::run(*args, &sources))
            }
            Command::Migrate(args) => {
                begin_log("warn")?;
                in_runtime(migrate::run(args, &sources))
            }
            Command::Schema => schema::run(),
        }
    }
}

/// Runs a command on all cores.
fn in_runtime(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(command)
}
