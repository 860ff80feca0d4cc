//! A fix on its way through the stays, and how it looks from each of them.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::evidence::Sighting;
use super::fix::{FenceRef, Fix, Key, Located, to_millimetre};
use super::lookup::Lookup;
use super::verdict::Verdict;
use super::world::FenceVersion;
use crate::distance::metres;
use crate::position::Position;

/// Fence depth is summed in millionths, so that the order of addition does not matter.
const MILLIONTHS: f64 = 1e6;

/// A fix on its way through the stays, with the known fences near it.
pub(crate) struct Observed<'a, K> {
    pub(crate) fix: &'a Fix<K>,
    pub(crate) accuracy_m: f64,
    pub(crate) fences: Vec<Seen<'a, K>>,
}

/// A fence version near a fix.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a, K> {
    pub(crate) version: &'a FenceVersion<K>,
    pub(crate) distance_m: f64,
    /// Signed distance over √(area/π), in millionths.
    pub(crate) depth: i64,
}

/// How one fix looks from one stay.
#[derive(Clone, Copy)]
pub(crate) struct View<K> {
    pub(crate) verdict: Verdict,
    pub(crate) distance_m: Option<f64>,
    pub(crate) fence: Option<FenceRef<K>>,
    /// Of the best fence; as in [`Seen`].
    pub(crate) depth: i64,
}

impl<'a, K: Key> Observed<'a, K> {
    /// Looks up what is known of the fences near a fix.
    pub(crate) fn of(lookup: &Lookup<'a, K>, located: &'a Located<K>) -> Observed<'a, K> {
        let fences = located
            .near
            .iter()
            .filter_map(|near| {
                let version = lookup.fence(near.fence)?;
                let distance_m = to_millimetre(near.distance_m);
                let reach_m = (version.area_m2 / std::f64::consts::PI).sqrt().max(1.0);
                let depth = (distance_m / reach_m * MILLIONTHS).round() as i64;
                Some(Seen {
                    version,
                    distance_m,
                    depth,
                })
            })
            .collect();
        Observed {
            fix: &located.fix,
            accuracy_m: located.fix.effective_accuracy_m(),
            fences,
        }
    }

    /// The fix as evidence remembers it.
    pub(crate) fn sighting(&self, view: &View<K>) -> Sighting<K> {
        Sighting {
            at: self.fix.recorded_at,
            kind: self.fix.kind,
            device: self.fix.device,
            distance_m: view.distance_m,
            accuracy_m: self.accuracy_m,
        }
    }

    /// The fix seen from a customer's fences as they stood at `at`.
    pub(crate) fn seen_from_fences(
        &self,
        customer: K,
        at: DateTime<Utc>,
        exit_margin_m: f64,
    ) -> View<K> {
        let best = self
            .fences
            .iter()
            .filter(|seen| seen.version.customer == customer && seen.version.is_valid_at(at))
            .min_by(|a, b| a.better(b));
        match best {
            Some(seen) => View {
                verdict: Verdict::of(seen.distance_m, self.accuracy_m, exit_margin_m),
                distance_m: Some(seen.distance_m),
                fence: Some(seen.version.fence),
                depth: seen.depth,
            },
            None => View {
                verdict: Verdict::Outside,
                distance_m: None,
                fence: None,
                depth: 0,
            },
        }
    }

    pub(crate) fn seen_from_circle(
        &self,
        centre: Position,
        radius_m: f64,
        exit_margin_m: f64,
    ) -> View<K> {
        let Some(position) = self.fix.position else {
            return View {
                verdict: Verdict::Outside,
                distance_m: None,
                fence: None,
                depth: 0,
            };
        };
        let distance_m = to_millimetre(metres(centre, position) - radius_m);
        View {
            verdict: Verdict::of(distance_m, self.accuracy_m, exit_margin_m),
            distance_m: Some(distance_m),
            fence: None,
            depth: (distance_m / radius_m.max(1.0) * MILLIONTHS).round() as i64,
        }
    }
}

impl<K: Key> Seen<'_, K> {
    /// Inside before not inside; inside the deeper, else the nearer, first.
    fn better(&self, other: &Self) -> Ordering {
        let (inside, other_inside) = (self.distance_m <= 0.0, other.distance_m <= 0.0);
        other_inside
            .cmp(&inside)
            .then_with(|| {
                if inside && other_inside {
                    self.depth.cmp(&other.depth)
                } else {
                    self.distance_m.total_cmp(&other.distance_m)
                }
            })
            .then_with(|| self.version.fence.cmp(&other.version.fence))
    }
}
