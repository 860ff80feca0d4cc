//! Points made inside the hub, thousands at once.

use chrono::TimeDelta;
use domain::position::Position;
use entity::field::check_in::Kind;
use ingest::{Incoming, Reading, Status};
use rstest::rstest;
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{Bed, SHOP, bed};

fn reading(bed: &Bed, seconds: i64) -> Reading {
    let at = bed.start + TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(1_999_999);
    Reading::new(Kind::Trail, at, Position::new(SHOP.0, SHOP.1).ok())
}

#[rstest]
#[tokio::test]
async fn thousands_of_points_are_taken_at_once(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let device = bed.ann.device.unwrap();
    let points: Vec<Incoming> = (0..5_000)
        .map(|n| Incoming::new(format!("p{n}"), "", reading(&bed, n)))
        .collect();
    for _time in 0..2 {
        let receipts = bed.intake.import(bed.ann.user, device, points.clone());
        let receipts = receipts.await.unwrap();
        assert!(
            receipts
                .iter()
                .all(|receipt| receipt.status == Status::Accepted)
        );
        assert_eq!(receipts[4_999].id, "p4999");
    }
    assert_eq!(bed.count("SELECT count(*) FROM check_in").await, 5_000);
}

#[rstest]
#[tokio::test]
async fn what_no_phone_could_send_harms_nobody(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let odd = [
        Reading {
            accuracy_m: Some(f64::NAN),
            ..reading(&bed, 0)
        },
        Reading {
            accuracy_m: Some(f64::INFINITY),
            ..reading(&bed, 1)
        },
        Reading {
            accuracy_m: Some(-1.0),
            ..reading(&bed, 2)
        },
        Reading {
            battery_pct: Some(300),
            ..reading(&bed, 3)
        },
        Reading {
            note: Some("a\0b".to_owned()),
            ..reading(&bed, 4)
        },
        Reading {
            position: None,
            ..reading(&bed, 5)
        },
        Reading {
            kind: Kind::Heartbeat,
            ..reading(&bed, 6)
        },
        Reading {
            note: Some(String::new()),
            ..reading(&bed, 7)
        },
    ];
    let points = odd
        .into_iter()
        .enumerate()
        .map(|(n, reading)| Incoming::new(format!("p{n}"), "", reading))
        .collect();
    let receipts = bed
        .intake
        .import(bed.ann.user, bed.ann.device.unwrap(), points);
    let reasons: Vec<String> = receipts
        .await
        .unwrap()
        .into_iter()
        .map(|receipt| receipt.reason.unwrap_or_default())
        .collect();
    let note = match backend {
        Backend::Postgres => "NOT_STORABLE",
        Backend::Sqlite => "",
    };
    let refused = "NOT_STORABLE";
    let expected = ["", "", refused, refused, note, "NO_POSITION", "", ""];
    assert_eq!(reasons, expected);
    let whole = "SELECT count(*) FROM check_in WHERE latitude_e6 = -2147483648";
    assert_eq!(bed.count(whole).await, 1);
}
