//! A stay in progress at one customer: the evidence gathered, whether or not it is a visit yet.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::evidence::{Alternative, Gap, MOST_NAMED, Sighting};
use super::fix::{FenceRef, Key};
use super::lookup::Lookup;
use super::observed::{Observed, View};
use crate::position::Position;

/// What a stay is judged against. Fence versions are those that stood when it began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Area {
    /// The customer's fences as of an instant.
    Fences(DateTime<Utc>),
    /// A circle about a button press.
    Circle { centre: Position, radius_m: f64 },
}

/// Outside fixes since the last inside one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Leaving<K> {
    pub(crate) first: Sighting<K>,
    pub(crate) last: Sighting<K>,
    pub(crate) fixes: u32,
}

/// Whose stay, and what decides whether a fix belongs to it; fixed when the stay begins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place<K> {
    pub(crate) customer: K,
    pub(crate) area: Area,
    /// The rule version then in force.
    pub(crate) rule: Option<K>,
}

/// Evidence of a stay at one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stay<K> {
    pub(crate) place: Place<K>,
    pub(crate) first: Sighting<K>,
    pub(crate) last: Sighting<K>,
    pub(crate) inside: u32,
    pub(crate) undecided: u32,
    pub(crate) outside: u32,
    pub(crate) observed: TimeDelta,
    pub(crate) bridged: Vec<Gap>,
    pub(crate) bridged_count: u32,
    pub(crate) bridged_for: TimeDelta,
    /// How often each fence of the customer was the best one, by fence.
    fences: Vec<(FenceRef<K>, u32)>,
    depth_sum: i64,
    pub(crate) leaving: Option<Leaving<K>>,
}

impl<K: Key> Place<K> {
    /// A customer's place as of a fix.
    pub(crate) fn at(
        customer: K,
        area: Area,
        at: DateTime<Utc>,
        lookup: &Lookup<'_, K>,
    ) -> Place<K> {
        Place {
            customer,
            area,
            rule: lookup.ruling(customer, at).id,
        }
    }

    /// How a fix looks from here.
    pub(crate) fn view(&self, observed: &Observed<'_, K>, lookup: &Lookup<'_, K>) -> View<K> {
        let exit_margin_m = lookup.rule(self.rule).exit_margin_m;
        match self.area {
            Area::Fences(at) => observed.seen_from_fences(self.customer, at, exit_margin_m),
            Area::Circle { centre, radius_m } => {
                observed.seen_from_circle(centre, radius_m, exit_margin_m)
            }
        }
    }
}

impl<K: Key> Stay<K> {
    /// A stay that begins with this fix.
    pub(crate) fn begin(place: Place<K>, first: Sighting<K>, view: &View<K>) -> Stay<K> {
        Stay {
            place,
            first,
            last: first,
            inside: 1,
            undecided: 0,
            outside: 0,
            observed: TimeDelta::zero(),
            bridged: Vec::new(),
            bridged_count: 0,
            bridged_for: TimeDelta::zero(),
            fences: view.fence.map(|fence| (fence, 1)).into_iter().collect(),
            depth_sum: view.depth,
            leaving: None,
        }
    }

    /// Adds an inside fix; whatever outside fixes came before it did not mean a thing.
    pub(crate) fn add_inside(
        &mut self,
        sighting: Sighting<K>,
        view: &View<K>,
        sample_gap: TimeDelta,
    ) {
        let gap = Gap {
            from: self.last.at,
            until: sighting.at,
        };
        let length = gap.until - gap.from;
        if length <= sample_gap {
            self.observed += length;
        } else {
            self.bridged_count += 1;
            self.bridged_for += length;
            if self.bridged.len() < MOST_NAMED {
                self.bridged.push(gap);
            }
        }
        self.last = sighting;
        self.inside += 1;
        self.depth_sum = self.depth_sum.saturating_add(view.depth);
        self.leaving = None;
        if let Some(fence) = view.fence {
            match self
                .fences
                .binary_search_by_key(&fence, |(fence, _)| *fence)
            {
                Ok(known) => self.fences[known].1 += 1,
                Err(place) => self.fences.insert(place, (fence, 1)),
            }
        }
    }

    /// Adds an outside fix.
    pub(crate) fn add_outside(&mut self, sighting: Sighting<K>) {
        self.outside += 1;
        self.leaving = Some(Leaving::with(self.leaving, sighting));
    }

    /// Mean depth in millionths as a fraction (sum, count), to be compared without rounding.
    pub(crate) fn depth_fraction(&self) -> (i64, u32) {
        (self.depth_sum, self.inside)
    }

    /// Mean of signed distance over √(area/π); -1 is the centre of a circle.
    pub(crate) fn depth(&self) -> f64 {
        (self.depth_sum as f64 / f64::from(self.inside) / 1e3).round() / 1e3 + 0.0
    }

    /// The fence that was the best one most often, the lowest where several were.
    pub(crate) fn fence(&self) -> Option<FenceRef<K>> {
        let most = self.fences.iter().map(|(_, times)| *times).max()?;
        self.fences
            .iter()
            .find(|(_, times)| *times == most)
            .map(|(fence, _)| *fence)
    }

    /// This stay as one that was not chosen.
    pub(crate) fn alternative(&self) -> Alternative<K> {
        Alternative {
            customer: self.place.customer,
            fence: self.fence(),
            depth: self.depth(),
            inside: self.inside,
            observed: self.observed,
        }
    }
}

impl<K: Key> Leaving<K> {
    /// One more outside fix.
    pub(crate) fn with(before: Option<Leaving<K>>, sighting: Sighting<K>) -> Leaving<K> {
        match before {
            None => Leaving {
                first: sighting,
                last: sighting,
                fixes: 1,
            },
            Some(leaving) => Leaving {
                last: sighting,
                fixes: leaving.fixes + 1,
                ..leaving
            },
        }
    }

    /// Whether the rep is out for good: two outside fixes that span a minute.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.fixes >= 2 && self.last.at - self.first.at >= TimeDelta::seconds(60)
    }
}
