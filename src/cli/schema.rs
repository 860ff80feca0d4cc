//! `fieldhub schema`.

use std::{io::Write, process::ExitCode};

/// Prints the GraphQL schema.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    std::io::stdout().write_all(api::sdl().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
