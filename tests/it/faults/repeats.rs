//! F3 and F4: points sent several times, in any order, and the same fix under another id.

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use rstest::rstest;

use crate::faults::{Scenario, deployment::Profile, phones::Upload, scaled, scene::Sent};

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn f3_the_order_and_the_number_of_times_change_nothing(#[case] profile: Profile) {
    for round in 0..scaled(2, 20) as u64 {
        let scenario = Scenario::start("F3", profile, 6, 300 + round).await;
        let mut random = StdRng::seed_from_u64(scenario.seed);
        let mut uploads: Vec<Upload> = Vec::new();
        for (number, track) in scenario.tracks.iter().enumerate() {
            let rep = scenario.scene.reps[number].clone();
            let batches = shuffled(track, &mut random);
            uploads.extend(batches.into_iter().map(|batch| Upload {
                number,
                rep: rep.clone(),
                batches: vec![batch],
            }));
        }
        uploads.shuffle(&mut random);
        scenario
            .phones
            .send_all(uploads, 8)
            .await
            .expect("each batch is receipted");
        scenario.check().await;
    }
}

/// Each point one to five times, in any order, in batches that overlap.
fn shuffled(track: &[Sent], random: &mut StdRng) -> Vec<Vec<Sent>> {
    let mut points: Vec<Sent> = Vec::new();
    for sent in track {
        for _ in 0..random.random_range(1..=5) {
            points.push(sent.clone());
        }
    }
    points.shuffle(random);
    points.chunks(25).map(<[Sent]>::to_vec).collect()
}

#[rstest]
#[case::embedded(Profile::Embedded)]
#[case::parted(Profile::Parted)]
#[tokio::test(flavor = "multi_thread")]
async fn f4_the_same_fix_under_another_id_is_a_duplicate(#[case] profile: Profile) {
    let scenario = Scenario::start("F4", profile, 2, 104).await;
    let uploads = scenario.uploads(50);
    scenario
        .phones
        .send_all(uploads, 4)
        .await
        .expect("each batch is receipted");
    let (number, rep) = (0, &scenario.scene.reps[0]);
    let again: Vec<Sent> = scenario.tracks[number]
        .iter()
        .map(|sent| Sent {
            id: format!("again-{}", sent.id),
            ..sent.clone()
        })
        .collect();
    let is_taken = scenario
        .phones
        .send_once(number, rep, &again)
        .await
        .expect("an answer");
    assert!(is_taken);
    assert_eq!(scenario.phones.heard.count("DUPLICATE"), again.len());
    scenario
        .phones
        .heard
        .receipts
        .lock()
        .expect("the lock")
        .retain(|(_, id), _| !id.starts_with("again"));
    scenario.check().await;
}
