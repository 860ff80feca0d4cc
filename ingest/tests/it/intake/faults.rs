//! A database that refuses, goes away or comes back; a process that stops.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use entity::Database;
use futures_util::future::join_all;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::json;
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{bed, bed_on, run};

/// Makes the database refuse one battery level and no other.
async fn refuse_thirteen(bed: &crate::bed::Bed, backend: Backend) {
    let sql = match backend {
        Backend::Postgres => {
            "ALTER TABLE check_in ADD CONSTRAINT check_in_superstition_check \
             CHECK (battery_pct <> 13)"
        }
        Backend::Sqlite => {
            "CREATE TRIGGER superstition BEFORE INSERT ON check_in WHEN NEW.battery_pct = 13 \
             BEGIN SELECT RAISE(ABORT, 'no'); END"
        }
    };
    run(&bed.db, sql, []).await;
}

#[rstest]
#[tokio::test]
async fn a_row_that_the_database_refuses_stands_alone(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    refuse_thirteen(&bed, backend).await;
    let mut points: Vec<_> = (0..200).map(|n| bed.trail(&format!("p{n}"), n)).collect();
    for bad in [0, 77, 199] {
        points[bad]["batteryPct"] = json!(13);
    }
    let receipts = bed.send(&points).await;
    for (n, receipt) in receipts.iter().enumerate() {
        let expected = match n {
            0 | 77 | 199 => format!("p{n}: QUARANTINED NOT_STORABLE"),
            _ => format!("p{n}: ACCEPTED"),
        };
        assert_eq!(*receipt, expected);
    }
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 197);
    assert_eq!(bed.count("SELECT count(*) FROM quarantine").await, 3);
}

#[rstest]
#[tokio::test]
async fn what_was_taken_in_is_committed_before_the_stop(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let mut bed = bed(backend).await;
    let points: Vec<_> = (0..40)
        .map(|n| json!({"checkIns": [bed.trail(&format!("p{n}"), n)]}).to_string())
        .collect();
    let app = bed.app.clone();
    let ann = bed.ann.clone();
    let sends = join_all(points.into_iter().map(|body| {
        let (app, ann) = (app.clone(), ann.clone());
        async move { crate::bed::post_to(app, &ann, body).await.0 }
    }));
    let stop = async {
        tokio::task::yield_now().await;
        bed.stop().await;
    };
    let (statuses, ()) = tokio::join!(sends, stop);
    let accepted = statuses
        .iter()
        .filter(|status| **status == StatusCode::ACCEPTED);
    let refused = statuses
        .iter()
        .filter(|status| **status == StatusCode::SERVICE_UNAVAILABLE);
    let (accepted, refused) = (accepted.count(), refused.count());
    assert_eq!(accepted + refused, 40);
    let stored = bed.count("SELECT count(*) FROM check_in").await;
    assert_eq!(stored, i64::try_from(accepted).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_restarts_uploads_get_503_and_lose_nothing() {
    let mut server = tokio::task::spawn_blocking(testbed::PostgresServer::start)
        .await
        .unwrap()
        .unwrap();
    let db = Database::connect(&server.url("postgres"), 8).await.unwrap();
    migration::up(&db.write).await.unwrap();
    let bed = bed_on(db, None).await;
    let until = Instant::now() + Duration::from_secs(8);
    let uploads = join_all((0..8).map(|phone| {
        let bed = &bed;
        async move {
            let (mut acknowledged, mut away, mut last) = (0_i64, 0, None);
            for n in 0.. {
                if Instant::now() > until && last == Some(StatusCode::ACCEPTED) {
                    break;
                }
                let point = bed.trail(&format!("{phone}-{n}"), 8 * (n % 800) + phone);
                let body = json!({"checkIns": [point]}).to_string();
                let (status, headers) = crate::bed::post_to(bed.app.clone(), &bed.ann, body).await;
                match status {
                    StatusCode::ACCEPTED => acknowledged += 1,
                    StatusCode::SERVICE_UNAVAILABLE => {
                        assert!(headers.contains_key("retry-after"));
                        away += 1;
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    other => panic!("{other}"),
                }
                last = Some(status);
            }
            (acknowledged, away)
        }
    }));
    let restart = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        tokio::task::spawn_blocking(move || {
            server.stop().unwrap();
            std::thread::sleep(Duration::from_millis(700));
            server.restart().unwrap();
            server
        })
        .await
        .unwrap()
    };
    let (counts, _server) = tokio::join!(uploads, restart);
    let acknowledged: i64 = counts.iter().map(|(acknowledged, _)| acknowledged).sum();
    let away: i64 = counts.iter().map(|(_, away)| away).sum();
    assert!(away > 0, "the restart was not felt");
    let receipts = "SELECT count(*) FROM receipt WHERE status IN ('ACCEPTED', 'DUPLICATE')";
    // What was committed but not acknowledged is there as well.
    assert!(bed.count(receipts).await >= acknowledged);
    let orphans = "SELECT count(*) FROM receipt r LEFT JOIN check_in c ON c.id = r.check_in_id \
                   WHERE c.id IS NULL";
    assert_eq!(bed.count(orphans).await, 0);
}

#[tokio::test]
async fn a_full_disk_gives_503_until_there_is_room_again() {
    let bed = bed(Sqlite).await;
    let pages = |limit: i64| format!("PRAGMA max_page_count = {limit}");
    let limit = bed.count("PRAGMA page_count").await + 40;
    bed.db
        .write
        .execute_unprepared(&pages(limit))
        .await
        .unwrap();
    let (mut stored, mut is_full) = (0, false);
    for n in 0..200 {
        let points: Vec<_> = (0..50)
            .map(|p| bed.trail(&format!("{n}-{p}"), n * 7 + p))
            .collect();
        let body = json!({"checkIns": points}).to_string();
        let (status, headers) = crate::bed::post_to(bed.app.clone(), &bed.ann, body).await;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(headers.contains_key("retry-after"));
            is_full = true;
            break;
        }
        stored += 50;
    }
    assert!(is_full);
    assert_eq!(bed.look_up(&bed.ann, "0-0").await.0, StatusCode::OK);
    let receipts = "SELECT count(*) FROM receipt";
    assert_eq!(bed.count(receipts).await, stored);
    bed.db
        .write
        .execute_unprepared(&pages(1 << 30))
        .await
        .unwrap();
    assert_eq!(
        bed.send(&[bed.trail("after", 7_000)]).await,
        ["after: ACCEPTED"]
    );
}

#[tokio::test]
async fn a_database_that_is_gone_gives_503() {
    let bed = bed(Sqlite).await;
    bed.db.write.clone().close().await.unwrap();
    let body = json!({"checkIns": [bed.trail("a", 0)]}).to_string();
    let (status, headers) = crate::bed::post_to(bed.app.clone(), &bed.ann, body).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(headers.contains_key("retry-after"));
}

#[tokio::test]
async fn readers_beside_uploads_see_no_lock_on_sqlite() {
    let bed = bed(Sqlite).await;
    let uploads = join_all((0..8_i64).map(|phone| {
        let bed = &bed;
        async move {
            for n in 0..20 {
                let id = format!("{phone}-{n}");
                let receipts = bed.send(&[bed.trail(&id, 8 * n + phone)]).await;
                assert_eq!(receipts, [format!("{id}: ACCEPTED")]);
            }
        }
    }));
    let reads = async {
        for _ in 0..200 {
            bed.count("SELECT count(*) FROM check_in").await;
        }
    };
    tokio::join!(uploads, reads);
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 160);
}
