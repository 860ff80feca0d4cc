//! `fieldhub demo`.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use crate::{
    config::{Sources, map::MapArgs},
    demo::{self, DemoConfig},
};

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder for the database and the secrets; filled when it is empty
    #[arg(long, value_name = "FOLDER", default_value = "fieldhub-demo")]
    dir: PathBuf,
    /// Port on this machine; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// Plays a recorded track live, its times shifted to now: GPX, CSV (timestamp, latitude,
    /// longitude) or JSON (WKT points)
    #[arg(long, value_name = "FILE")]
    track: Option<PathBuf>,
    /// Fills the folder and stops
    #[arg(long)]
    prepare: bool,
    #[command(flatten)]
    map: MapArgs,
}

/// Runs the demo until stopped.
pub(crate) async fn run(args: Args, sources: &Sources) -> anyhow::Result<ExitCode> {
    let listen = SocketAddr::from(([127, 0, 0, 1], args.port));
    let config = DemoConfig {
        folder: args.dir,
        listen,
        track: args.track,
        map: args.map.resolve(sources)?,
    };
    if args.prepare {
        demo::prepare(&config).await
    } else {
        demo::run(config).await
    }
}
