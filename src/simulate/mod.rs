//! Load from outside: synthetic reps that post through the public endpoint, and a count of the answers.

pub(crate) mod days;
pub(crate) mod faults;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    demo::{
        live::{self, Mover, Pace, Target},
        phone::{Endpoint, Receipt},
        place::Place,
    },
    lifecycle::Lifecycle,
    signals::Signals,
};

/// Customers that a rep goes round.
const CUSTOMERS: &str = "{ customers(first: 50) { nodes { id position { latitude longitude } } } }";
/// How often the count is said.
const REPORT: Duration = Duration::from_secs(5);
/// Tokens whose customers are asked for at once.
const AT_ONCE: usize = 8;
/// Where a rep without customers strolls: Berlin.
const NOWHERE: Place = Place::new(52.5200, 13.4050);

/// What `simulate` is told.
pub(crate) struct Simulation {
    pub(crate) url: String,
    pub(crate) token_file: PathBuf,
    pub(crate) every: Duration,
    pub(crate) stay: (i64, i64),
    /// `None`: until stopped.
    pub(crate) lasts: Option<Duration>,
    pub(crate) seed: u64,
}

/// How the hub answered since the last report.
#[derive(Debug, Default)]
struct Tally {
    statuses: BTreeMap<String, usize>,
    took: Vec<Duration>,
    failures: BTreeMap<String, usize>,
}

/// Moves a rep for each token until stopped.
pub(crate) async fn run(simulation: Simulation) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let lifecycle = Lifecycle::default();
    let movers = movers(&simulation.url, &simulation.token_file).await?;
    writeln!(std::io::stdout(), "{} reps move", movers.len())?;
    let tally: Arc<Mutex<Tally>> = Arc::default();
    let heard = tally.clone();
    let listener: live::Listener = Arc::new(move |answer, took| {
        heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(answer, took);
    });
    let endpoint = Endpoint::new(&simulation.url)?;
    let pace = Pace {
        step: simulation.every,
        stay: simulation.stay,
        seed: simulation.seed,
    };
    let moving = live::run(endpoint, movers, pace, listener, lifecycle.stopping());
    lifecycle.spawn_front("reps", moving);
    let stopping = lifecycle.stopping();
    lifecycle.spawn_front("report", async move {
        let begun = Instant::now();
        while stopping
            .run_until_cancelled(tokio::time::sleep(REPORT))
            .await
            .is_some()
        {
            let tally = std::mem::take(&mut *tally.lock().unwrap_or_else(PoisonError::into_inner));
            tally.say(begun.elapsed());
        }
    });
    match simulation.lasts {
        None => Ok(lifecycle.run_until_stopped(signals).await),
        Some(lasts) => {
            tokio::time::sleep(lasts).await;
            let is_clean = lifecycle.stop().await;
            Ok(if is_clean {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
    }
}

/// A mover for each token, with the customers that they may see.
async fn movers(url: &str, token_file: &Path) -> anyhow::Result<Vec<Mover>> {
    let shown = token_file.display();
    let text =
        std::fs::read_to_string(token_file).with_context(|| format!("{shown} cannot be read"))?;
    let tokens: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    ensure!(!tokens.is_empty(), "{shown} holds no credential");
    let http = reqwest::Client::new();
    let url = format!("{}/graphql", url.trim_end_matches('/'));
    let asked = tokens.into_iter().map(|token| mover(&http, &url, token));
    stream::iter(asked).buffered(AT_ONCE).try_collect().await
}

/// A rep with the customers that the hub shows them.
async fn mover(http: &reqwest::Client, url: &str, token: &str) -> anyhow::Result<Mover> {
    let answer = http
        .post(url)
        .bearer_auth(token)
        .json(&json!({ "query": CUSTOMERS }))
        .send()
        .await
        .with_context(|| format!("{url} cannot be reached"))?;
    let status = answer.status();
    let answer: Value = answer
        .json()
        .await
        .with_context(|| format!("{url} answered {status}"))?;
    let nodes = answer["data"]["customers"]["nodes"].as_array();
    let nodes = nodes.with_context(|| format!("{url} gave no customers: {}", answer["errors"]))?;
    let targets: Vec<Target> = nodes.iter().filter_map(target).collect();
    let start = targets.first().map_or(NOWHERE, |target| target.place);
    Ok(Mover {
        token: token.to_owned(),
        start,
        targets,
    })
}

fn target(node: &Value) -> Option<Target> {
    let position = &node["position"];
    let place = Place::new(
        position["latitude"].as_f64()?,
        position["longitude"].as_f64()?,
    );
    Some(Target {
        customer: node["id"].as_str()?.to_owned(),
        place,
    })
}

impl Tally {
    fn add(&mut self, answer: Result<&[Receipt], &anyhow::Error>, took: Duration) {
        match answer {
            Ok(receipts) => {
                self.took.push(took);
                for receipt in receipts {
                    *self.statuses.entry(receipt.status.clone()).or_default() += 1;
                }
            }
            Err(error) => *self.failures.entry(error.to_string()).or_default() += 1,
        }
    }

    fn say(mut self, at: Duration) {
        self.took.sort_unstable();
        let quantile = |share: f64| {
            let place = (self.took.len() as f64 * share) as usize;
            self.took
                .get(place.min(self.took.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        let line = format!(
            "{:>5} s: {} answers, p50 {:.1?}, p99 {:.1?}, receipts {:?}, failures {:?}",
            at.as_secs(),
            self.took.len(),
            quantile(0.5),
            quantile(0.99),
            self.statuses,
            self.failures,
        );
        if writeln!(std::io::stdout(), "{line}").is_err() {
            tracing::debug!("nobody reads the report");
        }
    }
}
