//! The world as the derivation asks it: by fence, by customer, by instant.

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use super::VisitRule;
use super::fix::{FenceRef, Key};
use super::rule::{RuleVersion, Ruling};
use super::world::{Assignment, Correction, FenceVersion, Plan, World, is_within};

/// A rule and since when it holds, in order of time.
type Timeline<K> = Vec<(DateTime<Utc>, Ruling<K>)>;

/// A [`World`] arranged for questions; answers never depend on the order of its lists.
pub(crate) struct Lookup<'w, K> {
    fences: FxHashMap<FenceRef<K>, &'w FenceVersion<K>>,
    assignments: FxHashMap<K, Vec<&'w Assignment<K>>>,
    default_rules: Timeline<K>,
    segment_rules: FxHashMap<K, Timeline<K>>,
    rules_by_id: FxHashMap<K, VisitRule>,
    segments: FxHashMap<K, K>,
    plans: FxHashMap<K, Vec<&'w Plan<K>>>,
    corrections: Vec<Correction<K>>,
    tracking: Vec<(DateTime<Utc>, K)>,
}

impl<'w, K: Key> Lookup<'w, K> {
    /// Arranges `world`.
    pub(crate) fn of(world: &'w World<K>) -> Lookup<'w, K> {
        let mut assignments: FxHashMap<K, Vec<&Assignment<K>>> = FxHashMap::default();
        for assignment in &world.assignments {
            assignments
                .entry(assignment.customer)
                .or_default()
                .push(assignment);
        }
        let mut plans: FxHashMap<K, Vec<&Plan<K>>> = FxHashMap::default();
        for plan in &world.plans {
            plans.entry(plan.customer).or_default().push(plan);
        }
        let mut segment_rules: FxHashMap<K, Timeline<K>> = FxHashMap::default();
        let mut default_rules = Timeline::new();
        let mut versions: Vec<&RuleVersion<K>> = world.rules.iter().collect();
        versions.sort_by_key(|version| (version.valid_from, version.id));
        for version in versions {
            let timeline = match version.segment {
                Some(segment) => segment_rules.entry(segment).or_default(),
                None => &mut default_rules,
            };
            let rule = version.rule.to_millimetre();
            timeline.push((
                version.valid_from,
                Ruling {
                    id: Some(version.id),
                    rule,
                },
            ));
        }
        let mut corrections = world.corrections.clone();
        corrections.sort_unstable();
        let mut tracking = world.tracking.clone();
        tracking.sort_unstable();
        Lookup {
            fences: world
                .fences
                .iter()
                .map(|fence| (fence.fence, fence))
                .collect(),
            assignments,
            default_rules,
            segment_rules,
            rules_by_id: world
                .rules
                .iter()
                .map(|version| (version.id, version.rule.to_millimetre()))
                .collect(),
            segments: world.segments.iter().copied().collect(),
            plans,
            corrections,
            tracking,
        }
    }

    /// The version behind a reference.
    pub(crate) fn fence(&self, fence: FenceRef<K>) -> Option<&'w FenceVersion<K>> {
        self.fences.get(&fence).copied()
    }

    /// Whether the customer was in the rep's care.
    pub(crate) fn is_assigned(&self, customer: K, at: DateTime<Utc>) -> bool {
        self.assignments.get(&customer).is_some_and(|assignments| {
            assignments
                .iter()
                .any(|assignment| is_within(assignment.valid_from, assignment.valid_to, at))
        })
    }

    /// The thresholds for the track as a whole.
    pub(crate) fn default_ruling(&self, at: DateTime<Utc>) -> Ruling<K> {
        in_force(&self.default_rules, at).unwrap_or(Ruling {
            id: None,
            rule: VisitRule::default(),
        })
    }

    /// The thresholds for a customer: its segment's, else the default.
    pub(crate) fn ruling(&self, customer: K, at: DateTime<Utc>) -> Ruling<K> {
        self.segments
            .get(&customer)
            .and_then(|segment| self.segment_rules.get(segment))
            .and_then(|timeline| in_force(timeline, at))
            .unwrap_or_else(|| self.default_ruling(at))
    }

    /// The thresholds of the version a visit opened with.
    pub(crate) fn rule(&self, id: Option<K>) -> VisitRule {
        id.and_then(|id| self.rules_by_id.get(&id).copied())
            .unwrap_or_default()
    }

    /// The plan for a customer that stood at `at`, the lowest id where there are several.
    pub(crate) fn plan(&self, customer: K, at: DateTime<Utc>) -> Option<K> {
        let plans = self.plans.get(&customer)?;
        plans
            .iter()
            .filter(|plan| plan.stands_at(at))
            .map(|plan| plan.id)
            .min()
    }

    /// The newest correction of the stay [from, until); a stay of no length is its one instant.
    pub(crate) fn correction(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<Correction<K>> {
        let is_meant = |correction: &&Correction<K>| {
            correction.at == from || is_within(from, Some(until), correction.at)
        };
        self.corrections.iter().rev().find(is_meant).copied()
    }

    /// Whether the automatic fixes of `device` count at `at`.
    pub(crate) fn is_tracking(&self, device: K, at: DateTime<Utc>) -> bool {
        let known = self.tracking.partition_point(|(since, _)| *since <= at);
        known == 0 || self.tracking[known - 1].1 == device
    }
}

/// The newest rule of a timeline that had begun at `at`.
fn in_force<K: Key>(timeline: &Timeline<K>, at: DateTime<Utc>) -> Option<Ruling<K>> {
    let begun = timeline.partition_point(|(since, _)| *since <= at);
    begun.checked_sub(1).map(|newest| timeline[newest].1)
}
