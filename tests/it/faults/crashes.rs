//! F1 and F2: `kill -9` of the worker, and of the API, at random moments under load.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rstest::rstest;

use crate::faults::{Scenario, deployment::Profile, scaled};

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn f1_a_killed_worker_loses_nothing_and_doubles_nothing(#[case] profile: Profile) {
    let reps = scaled(12, 60);
    let mut scenario = Scenario::start("F1", profile, reps, 101).await;
    let mut random = StdRng::seed_from_u64(scenario.seed);
    let phones = scenario.phones.clone();
    let uploads = scenario.uploads(10);
    let sending = tokio::spawn(async move { phones.send_all(uploads, 4).await });
    for kill in 0..scaled(4, 20) {
        tokio::time::sleep(Duration::from_millis(random.random_range(50..700))).await;
        scenario
            .deployment
            .kill_a_worker(kill)
            .expect("a worker starts again");
    }
    sending
        .await
        .expect("the phones end")
        .expect("each batch is receipted");
    scenario.check().await;
    assert_eq!(
        scenario.set_aside().await,
        0,
        "kills set no healthy track aside"
    );
}

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn f2_a_killed_api_loses_nothing_and_doubles_nothing(#[case] profile: Profile) {
    let reps = scaled(12, 40);
    let mut scenario = Scenario::start("F2", profile, reps, 102).await;
    let mut random = StdRng::seed_from_u64(scenario.seed);
    let phones = scenario.phones.clone();
    let uploads = scenario.uploads(scaled(8, 8));
    let sending = tokio::spawn(async move { phones.send_all(uploads, 32).await });
    for _ in 0..scaled(3, 8) {
        tokio::time::sleep(Duration::from_millis(random.random_range(20..300))).await;
        scenario
            .deployment
            .kill_the_api()
            .expect("the API starts again");
    }
    sending
        .await
        .expect("the phones end")
        .expect("each batch is receipted");
    scenario.check().await;
}
