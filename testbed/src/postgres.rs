//! A private PostgreSQL server.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::server::{Recipe, Server, send};

/// PostgreSQL on a port of this machine, open to everybody on it, gone with the test process.
#[derive(Debug)]
pub struct PostgresServer(Server<Postgres>);

impl PostgresServer {
    /// Starts a server that survives what a real one survives: it waits for the disk.
    pub fn start() -> anyhow::Result<Self> {
        Self::with(&[])
    }

    /// Starts a server that never waits for the disk: faster, and good for everything but tests of
    /// durability.
    pub fn start_without_fsync() -> anyhow::Result<Self> {
        Self::with(&[
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
        ])
    }

    fn with(settings: &'static [&'static str]) -> anyhow::Result<Self> {
        let mut server = Server::prepare(Postgres {
            bin: find_bin()?,
            owner: unprivileged_owner()?,
            settings,
        })?;
        server.recipe().init(server.folder())?;
        server.start()?;
        Ok(Self(server))
    }

    /// The URL of one of its databases; `postgres` is always there.
    pub fn url(&self, database: &str) -> String {
        let port = self.0.port();
        format!("postgres://postgres@127.0.0.1:{port}/{database}")
    }

    /// Its first process, the parent of all others, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.0.pid()
    }

    /// Ends it and all its backends with `kill -9`.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let backends = self.0.pid().map(children).unwrap_or_default();
        self.0.kill()?;
        for backend in backends {
            send("KILL", backend)?;
        }
        Ok(())
    }

    /// Ends it as `pg_ctl stop -m immediate` does: connections are cut, the next start recovers.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        self.0.signal_and_wait("QUIT")
    }

    /// Starts it again on the same port with the same data, and waits until it answers.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.0.start()
    }
}

#[derive(Debug)]
struct Postgres {
    bin: PathBuf,
    /// Who runs it, if not the one who runs the tests: PostgreSQL refuses root.
    owner: Option<Owner>,
    settings: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
struct Owner {
    user: u32,
    group: u32,
}

impl Postgres {
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        // Nothing of the caller's settings reaches the server.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group).current_dir("/");
        }
        command
    }

    fn init(&self, folder: &Path) -> anyhow::Result<()> {
        if let Some(owner) = self.owner {
            std::os::unix::fs::chown(folder, Some(owner.user), Some(owner.group))?;
        }
        let output = self
            .program("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pgdata"])
            .arg(folder.join("data"))
            .output()
            .context("run initdb")?;
        if !output.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

impl Recipe for Postgres {
    const PROCESS: &'static str = "postgres";
    const STOP: &'static str = "QUIT";

    fn command(&self, folder: &Path, port: u16) -> Command {
        let mut command = self.program("postgres");
        command.arg("-D").arg(folder.join("data"));
        let port = format!("port={port}");
        let always = [
            port.as_str(),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=64MB",
        ];
        for setting in always.iter().chain(self.settings) {
            command.args(["-c", setting]);
        }
        command
    }

    fn is_ready(&self, port: u16) -> bool {
        self.program("pg_isready")
            .args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// Where the server's programs are: the newest version below `/usr/lib/postgresql`, else what
/// `pg_config` says.
fn find_bin() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .map(|(version, folder)| (version, folder.join("bin")))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    if let Some((_, newest)) = found.pop() {
        return Ok(newest);
    }
    let told = Command::new("pg_config").arg("--bindir").output();
    let bin = told.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    match bin {
        Ok(bin) if bin.join("initdb").exists() => Ok(bin),
        _ => bail!("PostgreSQL is not installed: apt-get install postgresql"),
    }
}

/// The user `postgres`, when the tests run as root.
fn unprivileged_owner() -> anyhow::Result<Option<Owner>> {
    use std::os::unix::fs::MetadataExt;

    let is_root = std::fs::metadata("/proc/self").is_ok_and(|itself| itself.uid() == 0);
    if !is_root {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let owner = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some("postgres")).then_some(())?;
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        Some(Owner { user, group })
    });
    owner.map(Some).context(
        "PostgreSQL does not run as root, and there is no user postgres: apt-get install postgresql",
    )
}

/// The processes whose parent is this one.
fn children(parent: u32) -> Vec<u32> {
    let children = format!("/proc/{parent}/task/{parent}/children");
    std::fs::read_to_string(children)
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}
