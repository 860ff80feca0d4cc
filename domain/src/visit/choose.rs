//! The choice among several customers whose fences hold the rep.

use chrono::{DateTime, Utc};

use super::evidence::Choice;
use super::fix::Key;
use super::lookup::Lookup;
use super::stay::Stay;

/// Chooses one of `competitors` at `at`, where there are any: the one a correction names, else those with a planned
/// visit, among them the deepest, among equals the lowest id.
///
/// A customer named by `ARRIVE` never comes here: the button opens its visit at once.
pub(crate) fn choose<'a, K: Key>(
    competitors: &[&'a Stay<K>],
    lookup: &Lookup<'_, K>,
    at: DateTime<Utc>,
) -> Option<(&'a Stay<K>, Choice)> {
    if let [only] = competitors {
        return Some((only, Choice::Only));
    }
    if let Some(corrected) = corrected(competitors, lookup, at) {
        return Some((corrected, Choice::Corrected));
    }
    let planned: Vec<&Stay<K>> = competitors
        .iter()
        .filter(|stay| lookup.plan(stay.place.customer, at).is_some())
        .copied()
        .collect();
    match planned.as_slice() {
        [] => deepest(competitors),
        [only] => Some((only, Choice::Planned)),
        several => deepest(several),
    }
}

/// The competitor that the newest correction within its stay so far names.
fn corrected<'a, K: Key>(
    competitors: &[&'a Stay<K>],
    lookup: &Lookup<'_, K>,
    at: DateTime<Utc>,
) -> Option<&'a Stay<K>> {
    let mut newest: Option<(DateTime<Utc>, &Stay<K>)> = None;
    for stay in competitors {
        let named = lookup
            .correction(stay.first.at, at)
            .filter(|correction| correction.customer == Some(stay.place.customer));
        if let Some(correction) = named
            && newest.is_none_or(|(decided_at, _)| decided_at < correction.decided_at)
        {
            newest = Some((correction.decided_at, stay));
        }
    }
    newest.map(|(_, stay)| stay)
}

/// The deepest by mean depth, compared as fractions; among equals the lowest id.
fn deepest<'a, K: Key>(competitors: &[&'a Stay<K>]) -> Option<(&'a Stay<K>, Choice)> {
    let deeper = |a: &Stay<K>, b: &Stay<K>| {
        let ((a_sum, a_count), (b_sum, b_count)) = (a.depth_fraction(), b.depth_fraction());
        (i128::from(a_sum) * i128::from(b_count)).cmp(&(i128::from(b_sum) * i128::from(a_count)))
    };
    let chosen = competitors
        .iter()
        .min_by(|a, b| deeper(a, b).then(a.place.customer.cmp(&b.place.customer)))?;
    let equals = competitors
        .iter()
        .filter(|stay| deeper(stay, chosen).is_eq())
        .count();
    Some((
        chosen,
        if equals > 1 {
            Choice::LowestId
        } else {
            Choice::Deepest
        },
    ))
}
