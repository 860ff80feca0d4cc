//! A server process in a folder of its own, which can be killed and started again.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::watchdog::Watchdog;

/// How long a server may take until it answers; generous, because tests share few cores.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to start a server, again and again, and how to see that it answers.
pub(crate) trait Recipe {
    /// The name of its process.
    const PROCESS: &'static str;
    /// The signal at which it ends at once. A shell's background job, and all that it starts, may
    /// have been told to ignore QUIT and INT.
    const STOP: &'static str;

    /// The command that runs it in the foreground.
    fn command(&self, folder: &Path, port: u16) -> Command;

    /// Whether it answers.
    fn is_ready(&self, port: u16) -> bool;
}

/// A running, or for now stopped, server.
#[derive(Debug)]
pub(crate) struct Server<R: Recipe> {
    recipe: R,
    folder: PathBuf,
    port: u16,
    process: Option<Child>,
    watchdog: Watchdog,
}

impl<R: Recipe> Server<R> {
    /// Prepares a folder, watched from the beginning, for a server on a free port.
    pub(crate) fn prepare(recipe: R) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("fieldhub-test-")
            .tempdir()?
            .keep();
        let watchdog = Watchdog::over(&folder, R::PROCESS)?;
        Ok(Self {
            recipe,
            folder,
            port: free_port()?,
            process: None,
            watchdog,
        })
    }

    pub(crate) fn recipe(&self) -> &R {
        &self.recipe
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Starts it on its port and waits until it answers.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let log = std::fs::File::create(self.folder.join("log"))?;
            let mut process = self
                .recipe
                .command(&self.folder, self.port)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .process_group(0)
                .spawn()
                .with_context(|| format!("start {}", R::PROCESS))?;
            std::fs::write(self.folder.join("pid"), process.id().to_string())?;
            while process.try_wait()?.is_none() && Instant::now() < deadline {
                if self.recipe.is_ready(self.port) && process.try_wait()?.is_none() {
                    self.process = Some(process);
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            // It ended by itself: after a crash the remains of the old one may still be in the
            // way, and are gone soon.
            let _ = process.kill();
            let _ = process.wait();
            std::thread::sleep(Duration::from_millis(200));
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        bail!("{} did not start:\n{log}", R::PROCESS)
    }

    /// Ends it with `kill -9`.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
            std::fs::remove_file(self.folder.join("pid"))?;
        }
        Ok(())
    }

    /// Asks it to end with a signal, such as `QUIT`, and waits until it has.
    pub(crate) fn signal_and_wait(&mut self, signal: &str) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            send(signal, process.id())?;
            process.wait()?;
            std::fs::remove_file(self.folder.join("pid"))?;
        }
        Ok(())
    }
}

impl<R: Recipe> Drop for Server<R> {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = send(R::STOP, process.id());
            let deadline = Instant::now() + PATIENCE;
            while matches!(process.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
            let _ = process.kill();
            let _ = process.wait();
            let _ = std::fs::remove_file(self.folder.join("pid"));
        }
        self.watchdog.release();
    }
}

/// Sends a signal to a process that we started, or to a child of one.
pub(crate) fn send(signal: &str, pid: u32) -> anyhow::Result<()> {
    Command::new("kill")
        .args(["-s", signal, &pid.to_string()])
        .stderr(Stdio::null())
        .status()?;
    Ok(())
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
