//! Incremental equals whole, whatever arrives late and wherever the replay starts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::visit::{Checkpoint, Derivation, Located, Progress, Replay, Visit, World, derive};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::scene::{Name, at};
use super::synthetic::{later, located, quarter, tracks};

/// What is stored of one rep, kept up to date as a worker does.
struct Hub<'w> {
    world: &'w World<Name>,
    known: Vec<Located<Name>>,
    visits: Vec<Visit<Name>>,
    checkpoints: Vec<Checkpoint<Name>>,
    settled: usize,
}

impl<'w> Hub<'w> {
    fn new(world: &'w World<Name>) -> Hub<'w> {
        Hub {
            world,
            known: Vec::new(),
            visits: Vec::new(),
            checkpoints: Vec::new(),
            settled: 0,
        }
    }

    /// Takes in some check-ins and derives what they change, in chunks of `chunk`.
    fn receive(&mut self, fixes: &[Located<Name>], chunk: usize) {
        let Some(earliest) = fixes.iter().map(|located| located.fix.recorded_at).min() else {
            return;
        };
        let latest = fixes
            .iter()
            .map(|located| located.fix.recorded_at)
            .fold(earliest, DateTime::max);
        self.known.extend_from_slice(fixes);
        self.known.sort_by_key(|located| located.fix.recorded_at);
        let (kept, stale): (Vec<_>, Vec<_>) = std::mem::take(&mut self.checkpoints)
            .into_iter()
            .partition(|known| known.at <= earliest);
        let start = kept.last().cloned();
        let mut replay = Replay::start(self.world, start).until_known(stale.clone(), latest);
        let from = replay.reads_from();
        let wanted: Vec<Located<Name>> = self
            .known
            .iter()
            .filter(|located| from.is_none_or(|from| from <= located.fix.recorded_at))
            .cloned()
            .collect();
        for some in wanted.chunks(chunk) {
            if replay.feed(some).expect("chunks in order") == Progress::Settled {
                break;
            }
        }
        let derivation = replay.finish(at("30:00"));
        self.settled += usize::from(derivation.settled_at.is_some());
        self.store(derivation, kept, stale);
    }

    fn store(
        &mut self,
        derivation: Derivation<Name>,
        kept: Vec<Checkpoint<Name>>,
        stale: Vec<Checkpoint<Name>>,
    ) {
        let is_in_range = |visit: &Visit<Name>| {
            derivation.from.is_none_or(|from| from <= visit.arrived_at)
                && derivation
                    .until
                    .is_none_or(|until| visit.arrived_at < until)
        };
        self.visits.retain(|visit| !is_in_range(visit));
        self.visits.extend(derivation.visits);
        self.visits
            .sort_by_key(|visit| (visit.arrived_at, visit.left_at.is_none(), visit.left_at));
        let standing = stale.into_iter().filter(|stale| {
            derivation
                .settled_at
                .is_some_and(|settled| settled <= stale.at)
        });
        self.checkpoints = kept
            .into_iter()
            .chain(derivation.checkpoints)
            .chain(standing)
            .collect();
        // As the database would give them back.
        let text = serde_json::to_string(&self.checkpoints).expect("checkpoints as text");
        self.checkpoints = serde_json::from_str(&text).expect("checkpoints");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn from_any_checkpoint_the_rest_comes_out_the_same(fixes in tracks(), which in any::<Index>()) {
        let scene = quarter();
        let fixes = located(&scene, &fixes);
        let whole = derive(&scene.world, None, &fixes, later());
        let checkpoint = which.index(whole.checkpoints.len() + 1);
        let rest = derive(&scene.world, whole.checkpoints.get(checkpoint), &fixes, later());
        let from = rest.from.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let expected: Vec<_> =
            whole.visits.into_iter().filter(|visit| from <= visit.arrived_at).collect();
        prop_assert_eq!(rest.visits, expected);
        prop_assert_eq!(rest.due_at, whole.due_at);
    }

    #[test]
    fn whatever_arrives_late_the_stored_visits_are_those_of_the_whole(
        (fixes, delivered, cuts) in tracks().prop_flat_map(|fixes| {
            let mostly_in_order = fixes.clone();
            let delivered = prop_oneof![
                Just(mostly_in_order).prop_shuffle(),
                (Just(fixes.clone()), any::<Index>(), 1..6usize).prop_map(|(fixes, late, count)| {
                    let mut fixes = fixes;
                    if !fixes.is_empty() {
                        let from = late.index(fixes.len());
                        let late: Vec<_> = fixes.drain(from..(from + count).min(fixes.len())).collect();
                        fixes.extend(late);
                    }
                    fixes
                }),
            ];
            (Just(fixes), delivered, prop::collection::vec(any::<Index>(), 0..6))
        }),
        chunk in 1..20usize,
    ) {
        let scene = quarter();
        let delivered = located(&scene, &delivered);
        let mut hub = Hub::new(&scene.world);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(delivered.len() + 1)).collect();
        cuts.extend([0, delivered.len()]);
        cuts.sort_unstable();
        for cut in cuts.windows(2) {
            hub.receive(&delivered[cut[0]..cut[1]], chunk);
        }
        let mut expected = derive(&scene.world, None, &located(&scene, &fixes), at("30:00")).visits;
        expected.sort_by_key(|visit| (visit.arrived_at, visit.left_at.is_none(), visit.left_at));
        prop_assert_eq!(hub.visits, expected);
    }
}

/// A property holds easily where nothing happens.
#[test]
fn the_generator_reaches_every_way_to_open_and_to_close() {
    let scene = quarter();
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String| *seen.entry(what).or_default() += 1;
    for _ in 0..400 {
        let fixes = tracks().new_tree(&mut runner).expect("a track").current();
        let mut hub = Hub::new(&scene.world);
        let located = located(&scene, &fixes);
        let late = located.len() / 3;
        hub.receive(&located[..late], 7);
        hub.receive(&located[late + located.len() / 3..], 7);
        hub.receive(&located[late..late + located.len() / 3], 7);
        count(format!("settled {}", hub.settled > 0));
        for visit in &hub.visits {
            count(format!("opened by {:?}", visit.opened_by));
            count(format!("ended by {:?}", visit.end));
            count(format!("chosen {:?}", visit.evidence.opening.choice));
        }
        for arrival in derive(&scene.world, None, &located, later()).arrivals {
            let outcome = format!("{:?}", arrival.outcome);
            count(format!(
                "outcome {}",
                outcome.split(' ').next().unwrap_or("")
            ));
        }
    }
    assert!(
        seen.len() == 19 && seen.values().all(|times| *times > 20),
        "{seen:#?}"
    );
}
