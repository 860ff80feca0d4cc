//! The servers can be hurt, and nothing stays behind.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use entity::Database;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use testbed::{PostgresServer, RedisServer};

async fn rows(url: &str) -> i64 {
    let db = Database::connect(url, 1).await.unwrap();
    let statement = Statement::from_string(DbBackend::Postgres, "SELECT count(*) FROM kept");
    let row = db.read.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn postgresql_keeps_what_was_committed_through_a_kill_and_an_immediate_stop() {
    let mut server = PostgresServer::start().unwrap();
    let url = server.url("postgres");
    let db = Database::connect(&url, 1).await.unwrap();
    db.write
        .execute_unprepared("CREATE TABLE kept (id integer); INSERT INTO kept VALUES (1)")
        .await
        .unwrap();

    server.kill().unwrap();
    assert!(
        db.write
            .execute_unprepared("INSERT INTO kept VALUES (2)")
            .await
            .is_err()
    );
    server.restart().unwrap();
    assert_eq!(rows(&url).await, 1);

    server.stop().unwrap();
    assert!(Database::connect(&url, 1).await.is_err());
    server.restart().unwrap();
    assert_eq!(rows(&url).await, 1);
    // The pool finds back by itself.
    db.write
        .execute_unprepared("INSERT INTO kept VALUES (2)")
        .await
        .unwrap();
}

#[tokio::test]
async fn databases_of_one_server_are_separate() {
    let (one, two) = tokio::join!(testbed::postgres(), testbed::postgres());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.url(), two.url());
    one.db
        .write
        .execute_unprepared("DROP TABLE change")
        .await
        .unwrap();
    two.db
        .write
        .execute_unprepared("SELECT seq FROM change")
        .await
        .unwrap();
}

#[tokio::test]
async fn redis_comes_back_on_its_port() {
    let mut server = testbed::redis().await.unwrap();
    let url = server.url();
    server.kill().unwrap();
    server.restart().unwrap();
    server.stop().unwrap();
    server.restart().unwrap();
    assert_eq!(server.url(), url);
}

/// The folders of servers that this process, or one started by it, has in use.
fn folders_of(pid: u32) -> Vec<PathBuf> {
    std::fs::read_dir(std::env::temp_dir())
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let owner = std::fs::read_to_string(path.join("owner")).unwrap_or_default();
            owner == pid.to_string()
        })
        .collect()
}

/// Not a test of its own: what the next test kills.
#[tokio::test]
async fn a_process_with_servers() {
    if std::env::var_os("TESTBED_VICTIM").is_none() {
        return;
    }
    let _redis = RedisServer::start().unwrap();
    let _postgres = testbed::postgres().await.unwrap();
    let _sqlite = testbed::sqlite().await.unwrap();
    std::future::pending::<()>().await;
}

#[test]
fn nothing_stays_behind_a_test_process_that_was_killed() {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_with_servers"])
        .env("TESTBED_VICTIM", "1")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("three folders", || folders_of(victim.id()).len() == 3);
    let pids: Vec<String> = folders_of(victim.id())
        .iter()
        .filter_map(|folder| std::fs::read_to_string(folder.join("pid")).ok())
        .collect();
    victim.kill().unwrap();
    victim.wait().unwrap();
    wait_until("no folder", || folders_of(victim.id()).is_empty());
    for pid in pids {
        assert!(!is_running(&pid), "the server {pid} is gone");
    }
}

/// Whether there is such a process, other than as an entry that its parent has yet to read.
fn is_running(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}
