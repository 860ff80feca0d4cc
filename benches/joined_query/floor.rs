//! The limit: a server that runs one hand-written statement and hands its JSON on.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::company::Database;
use crate::questions;

/// The server, in a process of its own so that its time can be counted apart.
pub(crate) struct Process {
    child: Child,
    /// Such as `127.0.0.1:41234`.
    pub(crate) address: String,
}

impl Process {
    /// Starts it and waits until it listens.
    pub(crate) fn start(database: &Database) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["floor", &database.url])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            child,
            address: address.trim().to_owned(),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The HTTP request for the answer to a question.
pub(crate) fn request(number: usize) -> String {
    format!("GET /{number} HTTP/1.1\r\nhost: bench\r\n\r\n")
}

/// What the process does, until it is killed.
#[tokio::main]
pub(crate) async fn serve(database: &str) {
    let connections = crate::CONNECTIONS as u32;
    let database = entity::Database::connect(database, connections)
        .await
        .unwrap();
    let statements: Vec<String> = questions::all()
        .into_iter()
        .map(|asked| asked.sql)
        .collect();
    let app = Router::new()
        .route("/{number}", get(answer))
        .with_state((database, Arc::new(statements)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    axum::serve(listener, app).await.unwrap();
}

async fn answer(
    State((database, statements)): State<(entity::Database, Arc<Vec<String>>)>,
    Path(number): Path<usize>,
) -> impl IntoResponse {
    let statement = Statement::from_string(DbBackend::Postgres, &statements[number]);
    let row = database.read.query_one_raw(statement).await.unwrap();
    let json: String = row.unwrap().try_get_by_index(0).unwrap();
    ([(CONTENT_TYPE, "application/json")], json)
}
