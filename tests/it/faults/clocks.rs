//! F9: phones whose clocks are wrong.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use entity::field::visit;
use sea_orm::EntityTrait;

use crate::faults::{Scenario, deployment::Profile, scene::Sent};

#[tokio::test(flavor = "multi_thread")]
async fn f9_wrong_clocks_end_no_visit_before_it_began_and_freeze_nothing() {
    let scenario = Scenario::start("F9", Profile::Embedded, 1, 109).await;
    let now = Utc::now();
    let times: Vec<(DateTime<Utc>, &str)> = vec![
        (now - TimeDelta::minutes(10), "ACCEPTED"),
        (now + TimeDelta::minutes(9), "ACCEPTED"),
        (now + TimeDelta::minutes(20), "QUARANTINED"),
        (now + TimeDelta::days(1), "QUARANTINED"),
        (
            Utc.timestamp_opt(7, 0).single().expect("1970"),
            "QUARANTINED",
        ),
        (
            Utc.with_ymd_and_hms(2100, 1, 1, 0, 0, 0)
                .single()
                .expect("2100"),
            "QUARANTINED",
        ),
        (now - TimeDelta::minutes(1), "ACCEPTED"),
        (now - TimeDelta::minutes(5), "ACCEPTED"),
        (now - TimeDelta::minutes(3), "ACCEPTED"),
    ];
    let template = &scenario.tracks[0][0];
    let batch: Vec<Sent> = times
        .iter()
        .enumerate()
        .map(|(place, (at, _))| Sent {
            id: format!("clock-{place}"),
            at: *at,
            ..template.clone()
        })
        .collect();
    let rep = &scenario.scene.reps[0];
    assert!(
        scenario
            .phones
            .send_once(0, rep, &batch)
            .await
            .expect("an answer")
    );
    for (sent, (at, expected)) in batch.iter().zip(&times) {
        let receipts = scenario.phones.heard.receipts.lock().expect("the lock");
        let status = &receipts[&(0, sent.id.clone())];
        assert_eq!(status, expected, "recorded at {at}");
    }
    scenario.deployment.settle().await.expect("all is derived");
    let visits = visit::Entity::find()
        .all(&scenario.deployment.db.read)
        .await
        .expect("visits");
    for visit in &visits {
        assert!(
            visit.left_at.is_none_or(|left| left >= visit.arrived_at),
            "{visit:?}"
        );
    }
    // A later fix counts, though one from the future came before it.
    let later = Sent {
        id: "later".into(),
        at: Utc::now(),
        ..template.clone()
    };
    let before = scenario.live(0).await;
    assert!(
        scenario
            .phones
            .send_once(0, rep, &[later])
            .await
            .expect("an answer")
    );
    scenario.deployment.settle().await.expect("all is derived");
    assert_ne!(scenario.live(0).await, before, "the map goes on");
}
