//! The composition root: parse, configure, compose, serve, stop.

mod cli;
mod config;
mod demo;
mod edge;
mod hub;
mod lifecycle;
mod log;
mod maintenance;
mod mqtt;
mod recording;
mod replay;
mod serve;
mod signals;
mod simulate;
mod store;
mod token;
mod work;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cli.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("fieldhub: {error:#}");
            ExitCode::FAILURE
        }
    }
}
