//! What a changed rule or fence would do: as the worker does it once it is changed.

use chrono::TimeDelta;
use domain::geofence::Shape;
use domain::position::Position;
use domain::visit::{RuleVersion, Visit, VisitRule};
use ingest::worker::trial::{Difference, Trial, try_out};
use ingest::{Fences, TrialFence};
use rstest::rstest;
use testbed::Backend::{self, Postgres, Sqlite};
use uuid::Uuid;

use super::bed::{Bed, customer_id, day, fence_id, place_of, told};
use super::company::{founded, insert_version};

/// A long stay, a short one, one at the road, and a stay on the next day.
const DAYS: &str = "09:00 acme, 09:10 acme, 09:20 acme, 09:30 acme, 09:50 road, 09:53 road, \
    09:56 road, 10:10 bolt, 10:14 bolt, 10:18 bolt, 10:40 road, 10:42 road, 1d 09:00 bolt, 1d 09:10 bolt, \
    1d 09:20 bolt, 1d 10:00 road, 1d 10:02 road";

fn in_words(visits: &[Visit<Uuid>]) -> String {
    let words = visits.iter().map(|visit| {
        let end = visit
            .end
            .map_or_else(|| "open".to_owned(), |end| format!("{end:?}"));
        told(visit.customer, visit.arrived_at, visit.left_at, &end)
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The trial of a whole week.
fn trial(rule: Option<VisitRule>, fences: Vec<TrialFence>) -> Trial {
    let rule = rule.map(|rule| RuleVersion {
        id: Uuid::from_u128(99),
        segment: None,
        valid_from: founded(),
        rule,
    });
    Trial {
        from: day(),
        until: day() + TimeDelta::days(5),
        rule,
        fences,
    }
}

async fn tried(bed: &Bed, trial: &Trial) -> Difference {
    let fences = Fences::load(&bed.database.db).await.unwrap();
    let all = try_out(&bed.database.db, &fences, &[bed.rep()], trial).await;
    all.unwrap().remove(0).1
}

fn circle(name: &str, metres: f64) -> Shape {
    let (latitude, longitude) = place_of(name);
    Shape::circle(Position::new(latitude, longitude).unwrap(), metres).unwrap()
}

const BEFORE: &str = "acme 09:00-09:30 Exit, bolt 10:10-10:18 Exit, bolt 1d 09:00-09:20 Exit";

#[rstest]
#[tokio::test]
async fn a_longer_dwell_loses_the_visits_that_the_worker_then_withdraws(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard(DAYS).await;
    assert_eq!(bed.visits().await, BEFORE);
    let strict = VisitRule {
        min_dwell: TimeDelta::minutes(15),
        ..VisitRule::default()
    };
    let difference = tried(&bed, &trial(Some(strict), Vec::new())).await;
    assert_eq!(in_words(&difference.lost), "bolt 10:10-10:18 Exit");
    assert!(difference.added.is_empty() && difference.moved.is_empty());
    assert_eq!(difference.unchanged, 2);
    // Nothing was written; once it is, it is as told.
    assert_eq!(bed.visits().await, BEFORE);
    assert_eq!(bed.number("SELECT count(*) FROM visit_rule").await, 0);
    bed.execute(&format!(
        "INSERT INTO visit_rule (id, valid_from, min_dwell_s, max_accuracy_m, exit_margin_m,
            silence_s, max_sample_gap_s, max_speed_mps, created_at)
        SELECT id, '{0}', 900, 100, 25, 10800, 900, 70, '{0}' FROM customer WHERE code = 'acme'",
        founded().to_rfc3339()
    ))
    .await;
    ingest::verbs::everybody_changed(&bed.database.db.write, founded())
        .await
        .unwrap();
    bed.worker.drain().await.unwrap();
    assert_eq!(
        bed.visits().await,
        "acme 09:00-09:30 Exit, bolt 1d 09:00-09:20 Exit"
    );
}

#[rstest]
#[tokio::test]
async fn another_fence_adds_loses_and_moves_what_the_worker_then_does(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.heard(DAYS).await;
    // Bolt turns out to be where the road is.
    let moved = TrialFence {
        fence: fence_id("bolt").uuid(),
        customer: customer_id("bolt").uuid(),
        since: founded() + TimeDelta::days(1),
        shape: Some(circle("road", 100.0)),
    };
    let difference = tried(&bed, &trial(None, vec![moved.clone()])).await;
    assert_eq!(
        in_words(&difference.lost),
        "bolt 10:10-10:18 Exit, bolt 1d 09:00-09:20 Exit"
    );
    assert_eq!(in_words(&difference.added), "bolt 09:50-09:56 Exit");
    assert_eq!(difference.unchanged, 1);
    assert_eq!(bed.visits().await, BEFORE);

    // Only on the second day, and only to be closed.
    let retired = TrialFence {
        shape: None,
        since: day() + TimeDelta::days(1),
        ..moved.clone()
    };
    let difference = tried(&bed, &trial(None, vec![retired])).await;
    assert_eq!(in_words(&difference.lost), "bolt 1d 09:00-09:20 Exit");
    assert_eq!((difference.added.len(), difference.unchanged), (0, 2));

    // A fence that nobody knows yet, for a customer that has one.
    let second = TrialFence {
        fence: Uuid::from_u128(77),
        customer: customer_id("corner").uuid(),
        since: founded(),
        shape: Some(circle("road", 100.0)),
    };
    let difference = tried(&bed, &trial(None, vec![second])).await;
    assert_eq!(in_words(&difference.added), "corner 09:50-09:56 Exit");
    assert_eq!((difference.lost.len(), difference.unchanged), (0, 3));

    bed.execute(&format!(
        "UPDATE geofence_version SET valid_to = '{}' WHERE geofence_id = (
            SELECT id FROM geofence WHERE customer_id = (
                SELECT id FROM customer WHERE code = 'bolt'))",
        moved.since.to_rfc3339()
    ))
    .await;
    let place = place_of("road");
    insert_version(&bed.database.db.write, "bolt", 2, place, moved.since).await;
    ingest::verbs::everybody_changed(&bed.database.db.write, founded())
        .await
        .unwrap();
    bed.worker.drain().await.unwrap();
    assert_eq!(
        bed.visits().await,
        "acme 09:00-09:30 Exit, bolt 09:50-09:56 Exit"
    );
}

#[tokio::test]
async fn a_shorter_silence_moves_an_end_and_the_period_cuts_by_arrival() {
    let bed = Bed::new(Sqlite).await;
    bed.heard("09:00 acme, 09:10 acme, 10:30 acme, 10:40 acme, 1d 09:00 bolt, 1d 09:10 bolt")
        .await;
    let before = bed.visits().await;
    assert_eq!(
        before,
        "acme 09:00-10:40 Silence, bolt 1d 09:00-09:10 Silence"
    );
    let nervous = VisitRule {
        silence: TimeDelta::minutes(30),
        ..VisitRule::default()
    };
    let mut trial = trial(Some(nervous), Vec::new());
    let difference = tried(&bed, &trial).await;
    let (befores, afters): (Vec<_>, Vec<_>) = difference.moved.iter().cloned().unzip();
    assert_eq!(in_words(&befores), "acme 09:00-10:40 Silence");
    let (after, added) = (in_words(&afters), in_words(&difference.added));
    let mut both = [after.as_str(), added.as_str()];
    both.sort();
    assert_eq!(
        both,
        ["acme 09:00-09:10 Silence", "acme 10:30-10:40 Silence"]
    );
    assert_eq!(difference.unchanged, 1);
    trial.from = day() + TimeDelta::days(1);
    let difference = tried(&bed, &trial).await;
    let nothing = Difference {
        unchanged: 1,
        ..Difference::default()
    };
    assert_eq!(difference, nothing);
}
