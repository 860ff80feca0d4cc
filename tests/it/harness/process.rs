//! One process of the binary, with settings of its own.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;

/// The built binary.
const BINARY: &str = env!("CARGO_BIN_EXE_fieldhub");
/// A process of a debug build on busy cores is up within this time.
const UP_LIMIT: Duration = Duration::from_secs(120);

/// The environment of a process: nothing of ours but what the test says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    values: BTreeMap<String, String>,
}

impl Settings {
    /// A hub on a SQLite file in the folder.
    pub(crate) fn sqlite(folder: &Path) -> Self {
        let file = folder.join("hub.db");
        Self::over(&format!("sqlite://{}", file.display()))
    }

    /// A hub on a database.
    pub(crate) fn over(database_url: &str) -> Self {
        Self {
            values: BTreeMap::new(),
        }
        .with("FIELDHUB_DATABASE_URL", database_url)
        .with(
            "FIELDHUB_JWT_SECRET",
            "a secret of the tests, long enough for anyone",
        )
        .with("FIELDHUB_LISTEN", "127.0.0.1:0")
        .with("FIELDHUB_LOG", "info")
    }

    /// The same with one setting more, or changed.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with one setting less.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.values.remove(name);
        self
    }

    /// The database's URL.
    pub(crate) fn database_url(&self) -> String {
        self.values
            .get("FIELDHUB_DATABASE_URL")
            .cloned()
            .unwrap_or_default()
    }

    fn command(&self, arguments: &[&str], folder: &Path) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(&self.values);
        command
    }
}

/// Runs a command to its end, in an empty folder.
pub(crate) fn run(settings: &Settings, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    run_in(folder.path(), settings, arguments)
}

/// Runs a command to its end.
pub(crate) fn run_in(folder: &Path, settings: &Settings, arguments: &[&str]) -> Output {
    settings
        .command(arguments, folder)
        .output()
        .expect("the binary runs")
}

/// A running process.
pub(crate) struct Process {
    child: Child,
    output: Arc<Mutex<String>>,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    log: PathBuf,
    _folder: TempDir,
}

impl Process {
    /// Starts `fieldhub serve` and waits until it listens.
    pub(crate) fn serve(settings: &Settings) -> anyhow::Result<Self> {
        Self::start(settings, &["serve"])
    }

    /// Starts a command that says where it listens, and waits until it does.
    pub(crate) fn start(settings: &Settings, arguments: &[&str]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("log");
        let mut child = settings
            .command(arguments, folder.path())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let out = child.stdout.take().context("the output is piped")?;
        let (sender, receiver) = mpsc::channel();
        let output: Arc<Mutex<String>> = Arc::default();
        let heard = output.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let mut heard = heard.lock().expect("the lock");
                heard.push_str(&line);
                heard.push('\n');
                if let Some((_, url)) = line.split_once("listens at ") {
                    let _ = sender.send(url.trim().to_owned());
                }
            }
        });
        let url = receiver.recv_timeout(UP_LIMIT);
        let mut process = Self {
            child,
            output,
            url: String::new(),
            log,
            _folder: folder,
        };
        match url {
            Ok(url) => process.url = url,
            Err(_) => bail!("the process is not up: {}", process.log()),
        }
        Ok(process)
    }

    /// Waits until it has said this, and gives all that it has said.
    pub(crate) fn wait_for_output(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let output = self.output.lock().expect("the lock").clone();
            if output.contains(text) {
                return output;
            }
            assert!(
                begun.elapsed() < UP_LIMIT,
                "it never said {text:?}, but {output:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where it listens, such as `127.0.0.1:41234`.
    pub(crate) fn address(&self) -> anyhow::Result<String> {
        let address = self.url.strip_prefix("http://").context("a URL")?;
        Ok(address.to_owned())
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        let read = File::open(&self.log).and_then(|mut file| file.read_to_string(&mut text));
        read.map(|_| text).unwrap_or_default()
    }

    /// The id by which it can be signalled.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        signal(self.pid(), "TERM");
    }

    /// Ends it with `kill -9`.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self, limit: Duration) -> anyhow::Result<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if begun.elapsed() > limit {
                bail!("the process did not end within {limit:?}: {}", self.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of {}:\n{}", self.url, self.log());
        }
        self.kill();
    }
}

/// Sends a signal to one process by its id.
pub(crate) fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status();
}
