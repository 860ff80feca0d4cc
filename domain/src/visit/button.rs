//! Opening and closing by button.

use super::evidence::{Choice, Closing};
use super::fix::Key;
use super::lookup::Lookup;
use super::observed::Observed;
use super::quality::snap;
use super::state::{Departed, Stays};
use super::stay::{Area, Place, Stay};
use super::verdict::{Outcome, Verdict};
use super::{End, OpenedBy, Visit};

/// The least radius, in metres, of the circle that stands in for a fence.
const LEAST_CIRCLE_M: f64 = 100.0;

impl<K: Key> Stays<K> {
    /// Takes an arrival.
    ///
    /// A button is evidence for the customer it names and for nobody else, assigned or not: the
    /// rep's word takes the place of the assignment.
    pub(crate) fn arrive(
        &mut self,
        observed: &Observed<'_, K>,
        outcome: Outcome,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        let Some(customer) = observed.fix.customer else {
            return;
        };
        if !outcome.opens(observed.fix.decision) {
            return;
        }
        self.departed
            .retain(|departed| departed.place.customer != customer);
        if self.is_at(customer) {
            self.confirm_open(observed, lookup);
            return;
        }
        let (stay, opened_by) = self.stay_of_arrival(customer, observed, outcome, lookup);
        if let Some(open) = self.open.take() {
            // The next stay may have been seen before the button; visits share at most an instant.
            let left_at = stay.first.at;
            let at = observed.fix.recorded_at;
            let closing = Closing::Superseded {
                by_customer: customer,
                at,
            };
            self.close(open, left_at, End::Superseded, closing, lookup, visits);
        }
        let by = stay.last;
        self.open(stay, opened_by, Choice::Named, by, lookup);
    }

    /// Takes a departure: it closes the open visit of the customer it names, or does nothing.
    pub(crate) fn depart(
        &mut self,
        observed: &Observed<'_, K>,
        lookup: &Lookup<'_, K>,
        visits: &mut Vec<Visit<K>>,
    ) {
        let named = self
            .open
            .take_if(|open| observed.fix.customer == Some(open.stay.place.customer));
        let Some(open) = named else {
            return;
        };
        let place = open.stay.place;
        let view = place.view(observed, lookup);
        let verdict = view.verdict;
        let (left_at, leaving) = match verdict {
            Verdict::Outside => (open.stay.last.at, open.stay.leaving),
            // Up to the button the time is this visit's: nobody else has a claim to it.
            Verdict::Inside | Verdict::Undecided => {
                self.candidates.clear();
                (observed.fix.recorded_at, None)
            }
        };
        let closing = Closing::Departed {
            button: observed.sighting(&view),
            verdict,
        };
        self.close(open, left_at, End::Departed, closing, lookup, visits);
        self.departed.push(Departed { place, leaving });
        self.departed
            .sort_by_key(|departed| departed.place.customer);
    }

    fn is_at(&self, customer: K) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| open.stay.place.customer == customer)
    }

    /// An arrival at the customer of the open visit adds evidence, nothing more.
    fn confirm_open(&mut self, observed: &Observed<'_, K>, lookup: &Lookup<'_, K>) {
        self.candidates.clear();
        if let Some(open) = &mut self.open {
            let view = open.stay.place.view(observed, lookup);
            let sample_gap = lookup
                .default_ruling(observed.fix.recorded_at)
                .rule
                .max_sample_gap;
            open.stay
                .add_inside(observed.sighting(&view), &view, sample_gap);
        }
    }

    /// The stay an arrival opens: the one already in progress there, else a new one.
    fn stay_of_arrival(
        &mut self,
        customer: K,
        observed: &Observed<'_, K>,
        outcome: Outcome,
        lookup: &Lookup<'_, K>,
    ) -> (Stay<K>, OpenedBy) {
        let at = observed.fix.recorded_at;
        let (area, opened_by) = match (outcome, observed.fix.position) {
            (Outcome::OutOfRange { .. }, Some(position)) => {
                (circle(position, observed.accuracy_m), OpenedBy::Accepted)
            }
            (Outcome::NoFence, Some(position)) => {
                (circle(position, observed.accuracy_m), OpenedBy::NoFence)
            }
            _ => (Area::Fences(at), OpenedBy::Arrive),
        };
        let known = self
            .candidates
            .iter()
            .position(|stay| stay.place.customer == customer);
        if let (Some(known), OpenedBy::Arrive) = (known, opened_by) {
            let mut stay = self.candidates.remove(known);
            let view = stay.place.view(observed, lookup);
            let sample_gap = lookup.default_ruling(at).rule.max_sample_gap;
            stay.add_inside(observed.sighting(&view), &view, sample_gap);
            return (stay, opened_by);
        }
        let place = Place::at(customer, area, at, lookup);
        let view = place.view(observed, lookup);
        (
            Stay::begin(place, observed.sighting(&view), &view),
            opened_by,
        )
    }
}

/// The circle about a button press that stands in for a fence.
fn circle(position: crate::position::Position, accuracy_m: f64) -> Area {
    Area::Circle {
        centre: snap(position),
        radius_m: accuracy_m.max(LEAST_CIRCLE_M),
    }
}
