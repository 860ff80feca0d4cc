//! The built binary, serving over PostgreSQL and Redis.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use testbed::RedisServer;

use crate::company::Database;

const BINARY: &str = env!("CARGO_BIN_EXE_fieldhub");

/// `fieldhub serve`, with an embedded worker that has nothing to do.
pub(crate) struct Hub {
    child: Child,
    token: String,
    /// Such as `127.0.0.1:41234`.
    pub(crate) address: String,
    /// PostgreSQL's first process.
    pub(crate) postmaster: u32,
    _redis: RedisServer,
}

impl Hub {
    /// Starts it and waits until it listens.
    pub(crate) fn start(database: &Database) -> Self {
        let redis = RedisServer::start().unwrap();
        let mut child = command(&database.url)
            .arg("serve")
            .env("FIELDHUB_REDIS_URL", redis.url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("listens at http://")?.1.trim().to_owned()));
        Self {
            child,
            token: database.admin_token.clone(),
            address: address.unwrap(),
            postmaster: database.postmaster,
            _redis: redis,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The HTTP request that asks a query.
    pub(crate) fn request(&self, query: &str) -> String {
        let body = serde_json::json!({ "query": query }).to_string();
        format!(
            "POST /graphql HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\naccept: application/graphql-response+json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary with what every command of it needs.
pub(crate) fn command(database: &str) -> Command {
    let mut command = Command::new(BINARY);
    command
        .env_clear()
        .env("FIELDHUB_DATABASE_URL", database)
        .env(
            "FIELDHUB_JWT_SECRET",
            "a secret of the bench, long enough for anyone",
        )
        .env("FIELDHUB_LISTEN", "127.0.0.1:0")
        .env("FIELDHUB_QUERY_COST_PER_SECOND", "400000000")
        .env("FIELDHUB_LOG", "warn");
    command
}
