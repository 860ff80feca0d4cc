//! Committed check-ins a second, beside the same rows inserted with nothing else.
//!
//! Each figure is of a database of its own: PostgreSQL that waits for its disk, and SQLite. The
//! ratios are to the raw insert of the same run: 500 rows a transaction, check-in and receipt,
//! through the same driver.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench ends at the first surprise, prints what it measured, and has no lifecycle"
)]

mod company;
mod http;
mod raw;

use std::time::{Duration, Instant};

use company::Company;
use entity::Database;
use futures_util::future::join_all;
use ingest::{Batch, Incoming};
use testbed::Backend;

/// Rows of each measurement; a shorter one for a quick look: `FIELDHUB_BENCH_ROWS=20000`.
fn rows() -> usize {
    let stated = std::env::var("FIELDHUB_BENCH_ROWS").ok();
    stated.and_then(|rows| rows.parse().ok()).unwrap_or(100_000)
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("{:34} {:>10} {:>8}", "", "rows/s", "to raw");
    runtime.block_on(async {
        on_postgres().await;
        on_sqlite().await;
    });
}

async fn on_postgres() {
    let server = testbed::PostgresServer::start().unwrap();
    for (number, measurement) in MEASUREMENTS.into_iter().enumerate() {
        let admin = Database::connect(&server.url("postgres"), 1).await.unwrap();
        let name = format!("bench_{number}");
        let create = format!("CREATE DATABASE {name}");
        sea_orm::ConnectionTrait::execute_unprepared(&admin.write, &create)
            .await
            .unwrap();
        let db = Database::connect(&server.url(&name), 10).await.unwrap();
        migration::up(&db.write).await.unwrap();
        let today = chrono::Utc::now().date_naive();
        migration::ensure_partitions(&db.write, today)
            .await
            .unwrap();
        report("PostgreSQL", measurement, db).await;
    }
}

async fn on_sqlite() {
    for measurement in MEASUREMENTS {
        let database = testbed::database(Backend::Sqlite).await.unwrap();
        report("SQLite", measurement, database.db.clone()).await;
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Measurement {
    RawSingle,
    Raw,
    Import,
    Batches,
    HttpBatches,
    HttpSingle,
    HttpAlone,
}

const MEASUREMENTS: [Measurement; 7] = [
    Measurement::RawSingle,
    Measurement::Raw,
    Measurement::Import,
    Measurement::Batches,
    Measurement::HttpBatches,
    Measurement::HttpSingle,
    Measurement::HttpAlone,
];

async fn report(database: &str, measurement: Measurement, db: Database) {
    static RAW: std::sync::Mutex<f64> = std::sync::Mutex::new(0.0);

    let (name, rows) = match measurement {
        Measurement::RawSingle => ("raw, 1 row, 1 client", rows() / 50),
        Measurement::Raw => ("raw, 500 rows, 1 client", rows()),
        Measurement::Import => ("intake, imports of 2,000", rows()),
        Measurement::Batches => ("intake, batches of 100 by 16", rows()),
        Measurement::HttpBatches => ("HTTP, batches of 100 by 16", rows()),
        Measurement::HttpSingle => ("HTTP, single posts by 64", rows() / 2),
        Measurement::HttpAlone => ("HTTP alone, single posts by 64", rows() / 2),
    };
    let company = Company::found(db, 64).await;
    let took = measure(measurement, &company, rows).await;
    let rate = rows as f64 / took.as_secs_f64();
    let mut raw = RAW.lock().unwrap();
    if measurement == Measurement::Raw {
        *raw = rate;
    }
    let ratio = match measurement {
        Measurement::RawSingle => String::new(),
        _ => format!("{:.2}", rate / *raw),
    };
    println!(
        "{:34} {rate:>10.0} {ratio:>8}",
        format!("{database}: {name}")
    );
}

async fn measure(measurement: Measurement, company: &Company, rows: usize) -> Duration {
    match measurement {
        Measurement::RawSingle => raw::insert(company, rows, 1).await,
        Measurement::Raw => raw::insert(company, rows, 500).await,
        Measurement::Import => import(company, rows, 2_000).await,
        Measurement::Batches => batches(company, rows, 100, 16).await,
        Measurement::HttpBatches => http::send(company, rows, 100, 16).await,
        Measurement::HttpSingle => http::send(company, rows, 1, 64).await,
        Measurement::HttpAlone => http::echo(company, rows, 64).await,
    }
}

async fn import(company: &Company, rows: usize, size: usize) -> Duration {
    let imports: Vec<(usize, Vec<Incoming>)> = (0..rows / size)
        .map(|n| (n % 64, company.incoming(n % 64, n, size)))
        .collect();
    let started = Instant::now();
    let mut imports = imports.into_iter();
    loop {
        let wave: Vec<_> = imports.by_ref().take(4).collect();
        if wave.is_empty() {
            return started.elapsed();
        }
        let receipts = join_all(wave.into_iter().map(|(rep, points)| {
            let (user, device) = company.reps[rep];
            company.intake.import(user, device, points)
        }));
        assert!(receipts.await.iter().all(Result::is_ok));
    }
}

async fn batches(company: &Company, rows: usize, size: usize, clients: usize) -> Duration {
    let each = rows / size / clients;
    let work: Vec<Vec<Vec<Incoming>>> = (0..clients)
        .map(|client| {
            (0..each)
                .map(|n| company.incoming(client, n, size))
                .collect()
        })
        .collect();
    let started = Instant::now();
    let tasks = work.into_iter().enumerate().map(|(client, batches)| {
        let (intake, viewer) = (company.intake.clone(), company.viewer(client));
        tokio::spawn(async move {
            for batch in batches {
                intake.accept(&viewer, batch).await.unwrap();
            }
        })
    });
    assert!(join_all(tasks).await.iter().all(Result::is_ok));
    started.elapsed()
}

/// A batch as a phone writes it.
fn body(company: &Company, rep: usize, n: usize, size: usize) -> String {
    let check_ins = company.check_ins(rep, n, size);
    serde_json::to_string(&Batch { check_ins }).unwrap()
}
