//! The command line: one file a command.

mod demo;
mod export;
mod import;
mod ingest;
mod maintain;
mod migrate;
mod openapi;
mod progress;
mod replay;
mod schema;
mod serve;
mod simulate;
mod token;

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
    /// Try it: a believable company whose reps move, on this machine alone
    Demo(demo::Args),
    /// Serve the API and the intake, with a worker inside
    Serve(Box<serve::Args>),
    /// Derive visits from what `serve --no-worker` takes in
    Ingest(Box<ingest::Args>),
    /// Do the night's work now: partitions, closed periods, retention
    Maintain(maintain::Args),
    /// Bring the database's schema up to date
    Migrate(migrate::Args),
    /// Take in tables of other systems: people, customers, contacts, geofences, orders
    Import(Box<import::Args>),
    /// Take out a table as CSV, Excel or JSON Lines, as somebody may see it
    Export(Box<export::Args>),
    /// Issue a credential: the first admin, a user's token, a device
    Token(Box<token::Args>),
    /// Move synthetic reps through the public endpoint of a hub
    Simulate(simulate::Args),
    /// Drive a recorded track through the public endpoint of a hub: GPX, Traccar CSV, OwnTracks .rec
    Replay(Box<replay::Args>),
    /// Print the GraphQL schema (SDL)
    Schema,
    /// Print the OpenAPI description of the check-in API
    Openapi,
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
            Command::Demo(args) => {
                begin_log("warn,fieldhub=info")?;
                in_runtime(demo::run(args, &sources))
            }
            Command::Ingest(args) => {
                begin_log("info")?;
                in_runtime(ingest::run(*args, &sources))
            }
            Command::Maintain(args) => {
                begin_log("warn")?;
                in_runtime(maintain::run(args, &sources))
            }
            Command::Token(args) => {
                begin_log("warn")?;
                in_runtime(token::run(*args, &sources))
            }
            Command::Import(args) => {
                begin_log("warn")?;
                in_runtime(import::run(*args, &sources))
            }
            Command::Export(args) => {
                begin_log("warn")?;
                in_runtime(export::run(*args, &sources))
            }
            Command::Simulate(args) => {
                begin_log("warn")?;
                in_runtime(simulate::run(args))
            }
            Command::Replay(args) => {
                begin_log("warn")?;
                in_runtime(replay::run(*args))
            }
            Command::Schema => schema::run(),
            Command::Openapi => openapi::run(),
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
