//! Opening by trail: a stay observed for the minimum dwell becomes a visit.

use super::choose::choose;
use super::evidence::{Alternative, Choice, Closing, MOST_NAMED, Opening, Sighting};
use super::fix::Key;
use super::lookup::Lookup;
use super::observed::Observed;
use super::state::{Open, Stays};
use super::stay::{Area, Place, Stay};
use super::verdict::Verdict;
use super::{End, OpenedBy, Visit};

impl<K: Key> Stays<K> {
    /// Takes an automatic fix.
    pub(crate) fn trail(
        &mut self,
        observed: &Observed<'_, K>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        self.follow_departed(observed, lookup);
        if self.follow_open(observed, lookup, visits) == Some(Verdict::Inside) {
            self.candidates.clear();
            return;
        }
        self.follow_candidates(observed, lookup);
        self.begin_candidates(observed, lookup);
        self.open_due(observed, lookup, visits);
    }

    /// Counts the fix for the stays that are no visits yet.
    fn follow_candidates(&mut self, observed: &Observed<'_, K>, lookup: &Lookup<'_, K>) {
        let at = observed.fix.recorded_at;
        self.candidates.retain_mut(|candidate| {
            let customer = candidate.place.customer;
            let view = candidate.place.view(observed, lookup);
            let sighting = observed.sighting(&view);
            match view.verdict {
                Verdict::Inside if lookup.is_assigned(customer, at) => {
                    let sample_gap = lookup.default_ruling(at).rule.max_sample_gap;
                    candidate.add_inside(sighting, &view, sample_gap);
                }
                Verdict::Inside => {}
                Verdict::Undecided => candidate.undecided += 1,
                Verdict::Outside => candidate.add_outside(sighting),
            }
            candidate
                .leaving
                .is_none_or(|leaving| !leaving.is_confirmed())
        });
    }

    /// Begins a stay at every assigned customer whose fence the fix is the first to be inside of.
    fn begin_candidates(&mut self, observed: &Observed<'_, K>, lookup: &Lookup<'_, K>) {
        let at = observed.fix.recorded_at;
        for seen in &observed.fences {
            let customer = seen.version.customer;
            let is_open = self
                .open
                .as_ref()
                .is_some_and(|open| open.stay.place.customer == customer);
            let is_departed = self
                .departed
                .iter()
                .any(|departed| departed.place.customer == customer);
            if seen.distance_m > 0.0
                || !seen.version.is_valid_at(at)
                || is_open
                || is_departed
                || !lookup.is_assigned(customer, at)
            {
                continue;
            }
            let place = self
                .candidates
                .binary_search_by_key(&customer, |known| known.place.customer);
            let Err(place) = place else {
                continue;
            };
            let standpoint = Place::at(customer, Area::Fences(at), at, lookup);
            let view = standpoint.view(observed, lookup);
            let stay = Stay::begin(standpoint, observed.sighting(&view), &view);
            self.candidates.insert(place, stay);
        }
    }

    /// Opens a visit once a candidate has its dwell; among several that complete it with the same
    /// fix, one is chosen.
    fn open_due(
        &mut self,
        observed: &Observed<'_, K>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        let at = observed.fix.recorded_at;
        let due: Vec<&Stay<K>> = self
            .candidates
            .iter()
            .filter(|stay| stay.observed >= lookup.rule(stay.place.rule).min_dwell)
            .collect();
        let Some((chosen, choice)) = choose(&due, lookup, at) else {
            return;
        };
        let stay = chosen.clone();
        if let Some(open) = self.open.take() {
            let closing = Closing::Superseded {
                by_customer: stay.place.customer,
                at,
            };
            let left_at = open.stay.last.at;
            self.close(open, left_at, End::Superseded, closing, lookup, visits);
        }
        let by = stay.last;
        self.open(stay, OpenedBy::Trail, choice, by, lookup);
    }

    /// Makes a stay the open visit; the other candidates become its alternatives.
    pub(crate) fn open(
        &mut self,
        stay: Stay<K>,
        opened_by: OpenedBy,
        choice: Choice,
        by: Sighting<K>,
        lookup: &Lookup<'_, K>,
    ) {
        let customer = stay.place.customer;
        let mut others: Vec<Stay<K>> = std::mem::take(&mut self.candidates);
        others.retain(|candidate| candidate.place.customer != customer);
        let mut alternatives: Vec<Alternative<K>> = others.iter().map(Stay::alternative).collect();
        alternatives.sort_by(|a, b| {
            a.depth
                .total_cmp(&b.depth)
                .then(a.customer.cmp(&b.customer))
        });
        alternatives.truncate(MOST_NAMED);
        self.open = Some(Open {
            opened_by,
            opening: Opening {
                by,
                choice,
                depth: stay.depth(),
                observed: stay.observed,
            },
            fence: stay.fence(),
            plan: lookup.plan(customer, by.at),
            alternatives,
            stay,
        });
    }
}
