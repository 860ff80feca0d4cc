//! Closing: leave strictly, fall silent, make room for the next visit.

use chrono::{DateTime, Utc};

use super::evidence::{Closing, Evidence};
use super::fix::Key;
use super::lookup::Lookup;
use super::observed::Observed;
use super::state::{Open, Stays};
use super::stay::{Area, Leaving};
use super::verdict::Verdict;
use super::{End, OpenedBy, Visit, VisitRule};

impl<K: Key> Stays<K> {
    /// Counts the fix for the open visit and closes it once the rep is outside for good.
    pub(crate) fn follow_open(
        &mut self,
        observed: &Observed<'_, K>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) -> Option<Verdict> {
        let mut open = self.open.take()?;
        let view = open.stay.place.view(observed, lookup);
        let sighting = observed.sighting(&view);
        match view.verdict {
            Verdict::Inside => {
                let at = observed.fix.recorded_at;
                let sample_gap = lookup.default_ruling(at).rule.max_sample_gap;
                open.stay.add_inside(sighting, &view, sample_gap);
            }
            Verdict::Undecided => open.stay.undecided += 1,
            Verdict::Outside => open.stay.add_outside(sighting),
        }
        match open.stay.leaving.filter(Leaving::is_confirmed) {
            Some(Leaving { first, last, fixes }) => {
                let closing = Closing::Exit {
                    first,
                    confirmed: last,
                    fixes,
                };
                let left_at = open.stay.last.at;
                self.close(open, left_at, End::Exit, closing, lookup, visits);
            }
            None => self.open = Some(open),
        }
        Some(view.verdict)
    }

    /// Forgets departures from places the rep has since been seen outside of.
    pub(crate) fn follow_departed(&mut self, observed: &Observed<'_, K>, lookup: &Lookup<'_, K>) {
        self.departed.retain_mut(|departed| {
            let view = departed.place.view(observed, lookup);
            match view.verdict {
                Verdict::Inside => departed.leaving = None,
                Verdict::Undecided => {}
                Verdict::Outside => {
                    let sighting = observed.sighting(&view);
                    departed.leaving = Some(Leaving::with(departed.leaving, sighting));
                }
            }
            departed
                .leaving
                .is_none_or(|leaving| !leaving.is_confirmed())
        });
    }

    /// Ends whatever is in progress: nothing was heard after `last_heard_at` for too long.
    pub(crate) fn fall_silent(
        &mut self,
        last_heard_at: DateTime<Utc>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        self.candidates.clear();
        if let Some(open) = self.open.take() {
            let left_at = open.stay.last.at;
            let closing = Closing::Silence { last_heard_at };
            self.close(open, left_at, End::Silence, closing, lookup, visits);
        }
    }

    /// Closes a visit.
    pub(crate) fn close(
        &mut self,
        open: Open<K>,
        left_at: DateTime<Utc>,
        end: End,
        closing: Closing<K>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        let mut visit = open.visit(lookup);
        visit.left_at = Some(left_at);
        visit.end = Some(end);
        visit.evidence.closing = Some(closing);
        self.frontier = Some(left_at);
        self.touching
            .retain(|touching| left_at <= touching.arrived_at);
        if left_at <= visit.arrived_at {
            self.touching.push(visit.clone());
        }
        visits.push(visit);
    }
}

impl<K: Key> Open<K> {
    /// The visit as far as it is known.
    pub(crate) fn visit(&self, lookup: &Lookup<'_, K>) -> Visit<K> {
        let stay = &self.stay;
        Visit {
            customer: stay.place.customer,
            fence: self.fence,
            rule: stay.place.rule,
            plan: self.plan,
            arrived_at: stay.first.at,
            left_at: None,
            end: None,
            opened_by: self.opened_by,
            confidence: self.confidence(),
            evidence: Evidence {
                first: stay.first,
                last: stay.last,
                inside: stay.inside,
                undecided: stay.undecided,
                outside: stay.outside,
                observed: stay.observed,
                bridged: stay.bridged.clone(),
                bridged_count: stay.bridged_count,
                bridged_for: stay.bridged_for,
                circle_radius_m: match stay.place.area {
                    Area::Fences(_) => None,
                    Area::Circle { radius_m, .. } => Some(radius_m),
                },
                alternatives: self.alternatives.clone(),
                opening: self.opening,
                closing: None,
                rule: self.rule(lookup),
                corrected: None,
            },
        }
    }

    /// The customer's thresholds, the track's where those decide, as of the arrival.
    fn rule(&self, lookup: &Lookup<'_, K>) -> VisitRule {
        let own = lookup.rule(self.stay.place.rule);
        VisitRule {
            min_dwell: own.min_dwell,
            exit_margin_m: own.exit_margin_m,
            ..lookup.default_ruling(self.stay.first.at).rule
        }
    }

    /// How it was opened sets the height; half of that is for the share of the time between the
    /// first and the last inside fix that was observed; every fifth is lost where another
    /// customer was possible and nothing but depth spoke.
    fn confidence(&self) -> f64 {
        let stay = &self.stay;
        let span = (stay.last.at - stay.first.at).num_milliseconds();
        let observed = stay.observed.num_milliseconds();
        let share = if span > 0 {
            observed as f64 / span as f64
        } else {
            0.0
        };
        let is_sole = self.alternatives.is_empty() || !self.opening.choice.is_by_depth();
        let doubt = if is_sole { 1.0 } else { 0.8 };
        (self.opened_by.weight() * (0.5 + 0.5 * share) * doubt * 1e3).round() / 1e3
    }
}

impl OpenedBy {
    /// The most that a visit opened this way can be trusted, 0 to 1.
    pub fn weight(self) -> f64 {
        match self {
            OpenedBy::Correction => 1.0,
            OpenedBy::Arrive => 0.95,
            OpenedBy::Trail => 0.9,
            OpenedBy::Accepted => 0.6,
            OpenedBy::NoFence => 0.3,
        }
    }
}
