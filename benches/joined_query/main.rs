//! The joined query, asked of the built binary, beside one hand-written statement that returns
//! the same JSON.
//!
//! Both answer over HTTP on the loopback from the same PostgreSQL (20,000 customers, 500 reps,
//! 50 teams, 500,000 visits) to eight connections. Each question is first asked once of both and
//! the answers are compared. What counts is the processor's time a request, of the server and of
//! PostgreSQL: it is nearly the same whatever else the machine does.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench ends at the first surprise and prints what it measured"
)]

mod company;
mod cpu;
mod floor;
mod hub;
mod load;
mod questions;

use std::time::Duration;

use cpu::Cpu;
use hub::Hub;
use load::{Load, Target};
use questions::Question;

/// How often each question is put to each side, one after the other; the middle one counts.
const ROUNDS: usize = 3;
/// Connections that ask at the same time.
const CONNECTIONS: usize = 8;

/// How long each round asks; `FIELDHUB_BENCH_SECONDS=1` is a quick look.
fn duration() -> Duration {
    let stated = std::env::var("FIELDHUB_BENCH_SECONDS").ok();
    let seconds = stated.and_then(|seconds| seconds.parse().ok());
    Duration::from_secs_f64(seconds.unwrap_or(8.0))
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, database] = arguments.as_slice()
        && word == "floor"
    {
        return floor::serve(database);
    }
    let postgres = testbed::PostgresServer::start().unwrap();
    let database = company::found(&postgres);
    let hub = Hub::start(&database);
    let floor = floor::Process::start(&database);
    println!(
        "{:28} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>7}",
        "CPU ms a request",
        "server",
        "postgres",
        "together",
        "to floor",
        "p50 ms",
        "p99 ms",
        "bytes"
    );
    for (number, question) in questions::all().into_iter().enumerate() {
        compare(&question, number, &hub, &floor);
    }
}

/// Puts one question to both sides and prints what each needed.
fn compare(question: &Question, number: usize, hub: &Hub, floor: &floor::Process) {
    let by_hub = Target {
        address: hub.address.clone(),
        request: hub.request(&question.graphql),
    };
    let by_floor = Target {
        address: floor.address.clone(),
        request: floor::request(number),
    };
    let (asked, wanted) = (by_hub.ask(), by_floor.ask());
    assert_eq!(
        questions::comparable(&asked),
        questions::comparable(&wanted),
        "both sides say the same of {}",
        question.name
    );
    let mut of_hub = Vec::new();
    let mut of_floor = Vec::new();
    for _ in 0..ROUNDS {
        of_floor.push(measure(&by_floor, floor.pid(), hub.postmaster));
        of_hub.push(measure(&by_hub, hub.pid(), hub.postmaster));
    }
    let (of_hub, of_floor) = (middle(of_hub), middle(of_floor));
    let ratio = of_hub.together() / of_floor.together();
    report(
        &format!("{}: SQL", question.name),
        &of_floor,
        None,
        wanted.len(),
    );
    report(question.name, &of_hub, Some(ratio), asked.len());
}

/// What one request needed, in milliseconds.
struct Need {
    server: f64,
    postgres: f64,
    load: Load,
}

impl Need {
    fn together(&self) -> f64 {
        self.server + self.postgres
    }
}

fn measure(target: &Target, server: u32, postmaster: u32) -> Need {
    let before = (Cpu::of(server), Cpu::of_family(postmaster));
    let load = load::put(target, CONNECTIONS, duration());
    let requests = load.requests() as f64;
    Need {
        server: Cpu::of(server).since(before.0) / requests,
        postgres: Cpu::of_family(postmaster).since(before.1) / requests,
        load,
    }
}

fn middle(mut needs: Vec<Need>) -> Need {
    needs.sort_by(|a, b| a.together().total_cmp(&b.together()));
    needs.swap_remove(needs.len() / 2)
}

fn report(name: &str, need: &Need, ratio: Option<f64>, bytes: usize) {
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    println!(
        "{name:28} {:>9.2} {:>9.2} {:>9.2} {ratio:>9} {:>8.1} {:>8.1} {bytes:>7}",
        need.server,
        need.postgres,
        need.together(),
        need.load.quantile(0.5),
        need.load.quantile(0.99),
    );
}
