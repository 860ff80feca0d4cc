//! A private Redis server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::bail;

use crate::server::{Recipe, Server};

/// Starts a Redis server for one test.
pub async fn redis() -> anyhow::Result<RedisServer> {
    tokio::task::spawn_blocking(RedisServer::start).await?
}

/// Redis on a port of this machine, in memory alone, gone with the test process.
#[derive(Debug)]
pub struct RedisServer(Server<Redis>);

impl RedisServer {
    /// Starts an empty server that writes nothing to disk.
    pub fn start() -> anyhow::Result<Self> {
        let version = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if version.is_err() {
            bail!("Redis is not installed: apt-get install redis-server");
        }
        let mut server = Server::prepare(Redis)?;
        server.start()?;
        Ok(Self(server))
    }

    /// Its URL, of database 0.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.0.port())
    }

    /// Ends it with `kill -9`; what it held is lost.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill()
    }

    /// Ends it in good order; what it held is lost all the same.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        self.0.signal_and_wait("TERM")
    }

    /// Starts it again, empty, on the same port.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.0.start()
    }
}

#[derive(Debug)]
struct Redis;

impl Recipe for Redis {
    const PROCESS: &'static str = "redis-server";
    const STOP: &'static str = "TERM";

    fn command(&self, folder: &Path, port: u16) -> Command {
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder);
        command
    }

    fn is_ready(&self, port: u16) -> bool {
        ping(port).unwrap_or(false)
    }
}

fn ping(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(&answer == b"+PONG")
}
