//! Whatever the order, the batches and the repeats: the same check-ins are stored.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use serde_json::Value;
use testbed::Backend::{self, Postgres, Sqlite};
use tokio::runtime::Runtime;

use crate::bed::{Bed, bed, run};

/// How a set of points is sent: which ones, in which order, in batches of which size.
fn sendings(count: usize) -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    let each = Just((0..count).collect::<Vec<usize>>());
    let again = prop::collection::vec(0..count, 0..count);
    let order = (each, again).prop_map(|(mut all, again)| {
        all.extend(again);
        all
    });
    (
        order.prop_shuffle(),
        prop::collection::vec(1..9_usize, 1..6),
    )
}

async fn empty(bed: &Bed) {
    for table in ["check_in", "receipt", "quarantine", "track_dirty"] {
        run(&bed.db, &format!("DELETE FROM {table}"), []).await;
    }
}

async fn stored(bed: &Bed) -> Vec<String> {
    let check_ins = "SELECT concat(kind, ' ', CAST(recorded_at AS text), ' ', \
                     CAST(longitude_e6 AS text), ' ', CAST(received_at >= recorded_at AS text)) \
                     AS t FROM check_in ORDER BY t";
    let kept = "SELECT concat(client_id, ' ', reason) AS t FROM quarantine ORDER BY t";
    let receipts = "SELECT concat(client_id, ' ', CASE status WHEN 'DUPLICATE' THEN 'ACCEPTED' \
                    ELSE status END) AS t FROM receipt ORDER BY t";
    let mut all = bed.column(check_ins).await;
    all.extend(bed.column(kept).await);
    all.extend(bed.column(receipts).await);
    all
}

#[rstest]
fn any_order_batching_and_repeating_stores_the_same(#[values(Sqlite, Postgres)] backend: Backend) {
    let runtime = Runtime::new().unwrap();
    let bed = runtime.block_on(bed(backend));
    let mut points: Vec<Value> = (0..12)
        .map(|n| bed.trail(&format!("p{n}"), n / 2 * 60))
        .collect();
    points.push(bed.bare("h", "HEARTBEAT", 30));
    points.push(bed.bare("bad", "TRAIL", 30));
    let expected = runtime.block_on(async {
        bed.send(&points).await;
        stored(&bed).await
    });
    let mut runner = TestRunner::new(Config::with_cases(24));
    let outcome = runner.run(&sendings(points.len()), |(order, sizes)| {
        let found = runtime.block_on(async {
            empty(&bed).await;
            let mut left = order.as_slice();
            for size in sizes.iter().cycle() {
                let (batch, rest) = left.split_at(*size.min(&left.len()));
                let batch: Vec<Value> = batch.iter().map(|n| points[*n].clone()).collect();
                bed.send(&batch).await;
                left = rest;
                if left.is_empty() {
                    break;
                }
            }
            stored(&bed).await
        });
        prop_assert_eq!(&found, &expected);
        Ok(())
    });
    outcome.unwrap();
}
