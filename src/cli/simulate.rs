//! `fieldhub simulate`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use crate::simulate::{self, Simulation};

/// What `simulate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The hub, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Device credentials, one a line; each moves one rep among the customers they may see
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Seconds between two check-ins of a rep
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    every: f64,
    /// The shortest and the longest stay at a customer, in minutes
    #[arg(long, value_names = ["LEAST", "MOST"], num_args = 2, default_values_t = [4, 12])]
    stay: Vec<i64>,
    /// Seconds until it stops by itself [default: never]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// The reps' choices follow from it
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    seed: u64,
}

/// Moves the reps, and says every five seconds how the hub answers.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        (0.01..=3_600.0).contains(&args.every),
        "--every is {}: between 0.01 and 3600 seconds",
        args.every
    );
    let (least, most) = match args.stay[..] {
        [least, most] if 0 < least && least <= most => (least, most),
        _ => anyhow::bail!(
            "--stay is {:?}: two numbers of minutes, the first not larger",
            args.stay
        ),
    };
    simulate::run(Simulation {
        url: args.url,
        token_file: args.token_file,
        every: Duration::from_secs_f64(args.every),
        stay: (least, most),
        lasts: args.seconds.map(Duration::from_secs),
        seed: args.seed,
    })
    .await
}
