//! Step 3: finds the fences around each check-in.

use domain::visit::{FenceRef, Fix, Kind, Located, VisitRule, World};
use entity::id::UserId;
use rustc_hash::FxHashSet;
use uuid::Uuid;

use super::readings::Reading;
use super::stored::Known;
use super::surroundings::{Care, Entered};
use crate::fences::FenceSet;

/// The check-ins with the fences around them, as people have decided about them. Of the world only
/// the rules are asked.
pub(crate) fn locate(
    fences: &FenceSet,
    world: &World<Uuid>,
    entered: Option<&Entered>,
    readings: &[Reading],
) -> Vec<Located<Uuid>> {
    let vague_m = largest_accuracy_m(world);
    let mut located = Vec::with_capacity(readings.len());
    for reading in readings {
        let decision = entered.and_then(|entered| entered.decisions.get(&reading.id.uuid()));
        let fix = Fix {
            decision: decision.copied(),
            ..reading.fix
        };
        let near = match fix.position {
            Some(place) if !is_dropped(&fix, vague_m) => {
                fences.near(place, world.reach_m(&fix), named(&fix))
            }
            _ => Vec::new(),
        };
        located.push(Located { fix, near });
    }
    located
}

/// The error radius in metres above which no rule lets an automatic fix take part.
fn largest_accuracy_m(world: &World<Uuid>) -> f64 {
    let accuracies = world
        .rules
        .iter()
        .map(|version| version.rule.max_accuracy_m);
    accuracies.fold(VisitRule::default().max_accuracy_m, f64::max)
}

/// Whether a fix is too vague to take part: it is not worth a search of the whole town.
fn is_dropped(fix: &Fix<Uuid>, vague_m: f64) -> bool {
    fix.kind == Kind::Trail && fix.effective_accuracy_m() > vague_m
}

/// The customer whose fences matter however far they are.
fn named(fix: &Fix<Uuid>) -> Option<Uuid> {
    fix.customer
        .filter(|_| matches!(fix.kind, Kind::Arrive | Kind::Depart))
}

/// What some check-ins make it necessary to know.
#[derive(Debug, Default)]
pub(crate) struct Concerned {
    pub(crate) fences: FxHashSet<FenceRef<Uuid>>,
    pub(crate) customers: FxHashSet<Uuid>,
}

impl Concerned {
    pub(crate) fn add(&mut self, fences: &FenceSet, located: &[Located<Uuid>]) {
        for located in located {
            self.customers.extend(located.fix.customer);
            for near in &located.near {
                self.add_fence(fences, near.fence);
            }
        }
    }

    pub(crate) fn add_fence(&mut self, fences: &FenceSet, fence: FenceRef<Uuid>) {
        if self.fences.insert(fence) {
            self.customers
                .extend(fences.version(fence).map(|version| version.customer));
        }
    }

    /// Stored visits are compared by the fences and customers they were derived from.
    pub(crate) fn add_known(&mut self, fences: &FenceSet, known: &[Known]) {
        for known in known {
            self.customers.insert(known.stored.visit.customer);
            if let Some(fence) = known.stored.visit.fence {
                self.add_fence(fences, fence);
            }
        }
    }

    /// Adds to a rep's world what is known of these fences and customers.
    pub(crate) fn complete(
        &self,
        world: &mut World<Uuid>,
        fences: &FenceSet,
        rep: UserId,
        care: &Care,
    ) {
        world.fences = self
            .fences
            .iter()
            .filter_map(|fence| fences.version(*fence).copied())
            .collect();
        world.assignments = care.assignments.get(&rep).cloned().unwrap_or_default();
        let segments = care
            .segments
            .iter()
            .filter(|(customer, _)| self.customers.contains(*customer));
        world.segments = segments
            .map(|(customer, segment)| (*customer, *segment))
            .collect();
    }
}
