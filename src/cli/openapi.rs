//! `fieldhub openapi`.

use std::{io::Write, process::ExitCode};

use crate::edge::openapi;

/// Prints the OpenAPI description.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    writeln!(
        std::io::stdout(),
        "{}",
        openapi::description().to_pretty_json()?
    )?;
    Ok(ExitCode::SUCCESS)
}
