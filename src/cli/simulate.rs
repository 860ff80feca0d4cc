//! `fieldhub simulate`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::ValueEnum;

use super::progress;
use crate::simulate::{
    self, Simulation,
    days::{self, PastDays},
    faults::Fault,
};

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
    /// Sends whole days of the past instead, up to yesterday, with the faults of real phones
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["every", "stay", "seconds"])]
    days: Option<u64>,
    /// Which faults those days have; none leaves them out [default: all]
    #[arg(long, value_name = "FAULT", requires = "days", value_delimiter = ',', value_parser = fault)]
    faults: Option<Vec<Option<Fault>>>,
    /// The reps' choices follow from it
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    seed: u64,
}

/// A fault by its name; none is no fault.
fn fault(text: &str) -> Result<Option<Fault>, String> {
    if text == "none" {
        return Ok(None);
    }
    Fault::from_str(text, true).map(Some).map_err(|_| {
        let names = Fault::value_variants()
            .iter()
            .filter_map(Fault::to_possible_value);
        let names: Vec<String> = names.map(|name| name.get_name().to_owned()).collect();
        format!("the faults are {} or none", names.join(", "))
    })
}

/// Moves the reps, and says every five seconds how the hub answers.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Some(count) = args.days {
        let faults = match args.faults {
            Some(named) => named.into_iter().flatten().collect(),
            None => Fault::value_variants().to_vec(),
        };
        let past = PastDays {
            url: args.url,
            token_file: args.token_file,
            days: count,
            faults,
            seed: args.seed,
        };
        return days::run(past, &progress::rows("points")).await;
    }
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
