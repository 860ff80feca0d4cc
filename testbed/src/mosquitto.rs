//! A private MQTT broker: Mosquitto.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::bail;

use crate::server::{Recipe, Server};

/// Where it lies where the search path of users does not lead.
const BINARIES: [&str; 2] = ["mosquitto", "/usr/sbin/mosquitto"];

/// Starts a broker for one test.
pub async fn mosquitto() -> anyhow::Result<MosquittoServer> {
    tokio::task::spawn_blocking(MosquittoServer::start).await?
}

/// Mosquitto on a port of this machine, gone with the test process. Anybody may publish.
#[derive(Debug)]
pub struct MosquittoServer(Server<Mosquitto>);

impl MosquittoServer {
    /// Starts a broker that remembers its clients in memory alone.
    pub fn start() -> anyhow::Result<Self> {
        let found = BINARIES.iter().find(|binary| {
            let mut version = Command::new(binary);
            version.arg("-h").stdout(Stdio::null()).status().is_ok()
        });
        let Some(binary) = found else {
            bail!("Mosquitto is not installed: apt-get install mosquitto");
        };
        let mut server = Server::prepare(Mosquitto { binary })?;
        let port = server.port();
        let settings = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(server.folder().join("mosquitto.conf"), settings)?;
        server.start()?;
        Ok(Self(server))
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// Ends it with `kill -9`; what it held is lost.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill()
    }

    /// Starts it again, empty, on the same port.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.0.start()
    }
}

#[derive(Debug)]
struct Mosquitto {
    binary: &'static str,
}

impl Recipe for Mosquitto {
    const PROCESS: &'static str = "mosquitto";
    const STOP: &'static str = "TERM";

    fn command(&self, folder: &Path, _port: u16) -> Command {
        let mut command = Command::new(self.binary);
        command.arg("-c").arg(folder.join("mosquitto.conf"));
        command
    }

    fn is_ready(&self, port: u16) -> bool {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    }
}
