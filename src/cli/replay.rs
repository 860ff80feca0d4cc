//! `fieldhub replay`.

use std::{path::PathBuf, process::ExitCode};

use chrono::{DateTime, Utc};

use super::progress;
use crate::replay::{self, Replay, Speed};

/// What `replay` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Such as:\n  \
    export FIELDHUB_TOKEN=$(fieldhub token --device ann@example.com)\n  \
    fieldhub replay monday.gpx --speed max            # history, as it was\n  \
    fieldhub replay monday.gpx --begin now --speed 1  # live, from now on")]
pub(crate) struct Args {
    /// A recorded track: .gpx, Traccar's or another .csv, OwnTracks' .rec, .json
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The hub
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Credential of the device as which the fixes are sent
    #[arg(
        long,
        env = "FIELDHUB_TOKEN",
        value_name = "CREDENTIAL",
        hide_env_values = true
    )]
    token: Option<String>,
    /// How many times as fast as it was, or max
    #[arg(long, value_name = "TIMES", default_value = "1")]
    speed: Speed,
    /// When the first fix is said to have been: an instant, or now [default: as recorded]
    #[arg(long, value_name = "INSTANT", value_parser = begin)]
    begin: Option<DateTime<Utc>>,
    /// Whose fixes, of a file with several devices
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Leaves out the lines that are no fixes, instead of sending nothing
    #[arg(long)]
    skip_bad: bool,
    /// Says what would be sent, and sends nothing
    #[arg(long)]
    dry_run: bool,
}

fn begin(text: &str) -> Result<DateTime<Utc>, String> {
    if text == "now" {
        return Ok(Utc::now());
    }
    text.parse()
        .map_err(|_| "an instant is written 2026-11-23T08:00:00Z, or now".to_owned())
}

/// Replays the file.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let bar = progress::rows("fixes");
    let replay = Replay {
        file: args.file,
        url: args.url,
        token: args.token,
        speed: args.speed,
        begin: args.begin,
        who: args.who,
        skips_bad: args.skip_bad,
        is_dry: args.dry_run,
    };
    replay::run(replay, &bar).await
}
