//! A store to test, and short ways to fill it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use entity::id::UserId;
use presence::{Facts, Presence};
use tempfile::TempDir;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Local,
    Redis,
}

/// A fresh store, with the server behind it where there is one.
pub(crate) struct Bed {
    pub(crate) presence: Presence,
    pub(crate) server: Option<Server>,
}

impl Bed {
    pub(crate) async fn new(kind: Kind) -> Bed {
        match kind {
            Kind::Local => Bed {
                presence: Presence::local(),
                server: None,
            },
            Kind::Redis => {
                let server = Server::start().await;
                Bed {
                    presence: server.presence(),
                    server: Some(server),
                }
            }
        }
    }
}

pub(crate) struct Server {
    folder: TempDir,
    process: Child,
}

impl Server {
    pub(crate) async fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let process = launch(folder.path());
        let server = Server { folder, process };
        server.wait_until_ready().await;
        server
    }

    pub(crate) fn presence(&self) -> Presence {
        Presence::redis(&self.url()).unwrap()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// Runs a command of the server's administrator.
    pub(crate) async fn run(&self, words: &[&str]) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let _: redis::Value = command.query_async(&mut connection).await.unwrap();
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) async fn start_again(&mut self) {
        self.process = launch(self.folder.path());
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&self) {
        for _ in 0..500 {
            if self.presence().ping().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("redis-server did not get ready");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn launch(folder: &Path) -> Child {
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no"])
        .arg("--dir")
        .arg(folder)
        .arg("--unixsocket")
        .arg(folder.join("redis.sock"))
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed (apt-get install redis-server)")
}

/// The rep of that number.
pub(crate) fn rep(number: u64) -> UserId {
    UserId::from(uuid::Uuid::from_u64_pair(7, number))
}

/// Facts of a rep in Shanghai.
pub(crate) fn facts(number: u64, revision: i64) -> Facts {
    facts_at(number, revision, Some((31.2304, 121.4737)))
}

/// Facts of a rep at a place (latitude, longitude), or at none.
pub(crate) fn facts_at(number: u64, revision: i64, place: Option<(f64, f64)>) -> Facts {
    Facts {
        rep: rep(number),
        revision,
        position: place,
    }
}

/// `rep@revision …`
pub(crate) fn told(facts: &[Facts]) -> String {
    let one = |facts: &Facts| format!("{}@{}", facts.rep.uuid().as_u64_pair().1, facts.revision);
    facts.iter().map(one).collect::<Vec<_>>().join(" ")
}
