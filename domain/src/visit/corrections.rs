//! Corrections: a manager's word on whose a stay was.

use super::evidence::Corrected;
use super::fix::Key;
use super::lookup::Lookup;
use super::{OpenedBy, Visit};

/// Applies to each visit the newest correction whose instant it contains.
///
/// The fixes still say when the stay began and ended; the correction says whose it was, or that
/// it was no visit. An instant that two visits share belongs to the later one. An open visit
/// contains what lies before its last inside fix: more is not known of it.
pub(crate) fn apply<K: Key>(visits: Vec<Visit<K>>, lookup: &Lookup<'_, K>) -> Vec<Visit<K>> {
    visits
        .into_iter()
        .filter_map(|visit| corrected(visit, lookup))
        .collect()
}

fn corrected<K: Key>(mut visit: Visit<K>, lookup: &Lookup<'_, K>) -> Option<Visit<K>> {
    let Some(correction) = lookup.correction(visit.arrived_at, visit.known_until()) else {
        return Some(visit);
    };
    let customer = correction.customer?;
    visit.evidence.corrected = Some(Corrected {
        derived_customer: visit.customer,
        at: correction.at,
        decided_at: correction.decided_at,
    });
    if customer != visit.customer {
        let alternatives = &visit.evidence.alternatives;
        visit.fence = alternatives
            .iter()
            .find(|alternative| alternative.customer == customer)
            .and_then(|alternative| alternative.fence);
        visit.plan = lookup.plan(customer, visit.evidence.opening.by.at);
        visit.customer = customer;
    }
    visit.opened_by = OpenedBy::Correction;
    visit.confidence = OpenedBy::Correction.weight();
    Some(visit)
}
