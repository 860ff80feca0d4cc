//! Rankings: who stands where in a group, and what changed since.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::attainment::attainment;

/// One subject's place in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<K> {
    /// Whose place it is.
    pub key: K,
    /// 1 for the highest value; equal values share a rank and the next rank counts them all.
    pub rank: u32,
    /// What was ranked; `None` where nothing could be measured, which ranks below every value.
    pub value: Option<Decimal>,
    /// The value to reach.
    pub target: Option<Decimal>,
}

/// What changed for one subject against another ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delta {
    /// The ranks gained: 2 means from rank 5 to rank 3, below 0 means lost.
    pub rank: i64,
    /// The value gained; `None` where one of the two was not measured.
    pub value: Option<Decimal>,
}

/// A whole group in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking<K> {
    places: Vec<Place<K>>,
    positions: BTreeMap<K, usize>,
}

/// A value to be ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<K> {
    /// Whose value it is.
    pub key: K,
    /// What is ranked; `None` where nothing could be measured.
    pub value: Option<Decimal>,
    /// The value to reach.
    pub target: Option<Decimal>,
}

impl<K> Place<K> {
    /// How far the target was reached; `None` without a value or a target above 0.
    pub fn attainment(&self) -> Option<Decimal> {
        attainment(self.value?, self.target)
    }
}

impl<K: Copy + Ord> Ranking<K> {
    /// Ranks a group by value, the highest first; equal values share a rank, ordered by key.
    pub fn of(entries: impl IntoIterator<Item = Entry<K>>) -> Ranking<K> {
        let mut entries: Vec<Entry<K>> = entries.into_iter().collect();
        entries.sort_by_key(|entry| (Reverse(entry.value), entry.key));
        let mut places: Vec<Place<K>> = Vec::with_capacity(entries.len());
        for (position, Entry { key, value, target }) in (1_u32..).zip(entries) {
            let rank = match places.last() {
                Some(above) if above.value == value => above.rank,
                _ => position,
            };
            places.push(Place {
                key,
                rank,
                value,
                target,
            });
        }
        Ranking::in_order(places)
    }

    /// A ranking as it was frozen: its ranks, values and targets stand whatever came later.
    pub fn frozen(places: impl IntoIterator<Item = Place<K>>) -> Ranking<K> {
        let mut places: Vec<Place<K>> = places.into_iter().collect();
        places.sort_by_key(|place| (place.rank, place.key));
        Ranking::in_order(places)
    }

    /// Every place, the best first.
    pub fn places(&self) -> &[Place<K>] {
        &self.places
    }

    /// One subject's place.
    pub fn place(&self, key: K) -> Option<&Place<K>> {
        self.positions
            .get(&key)
            .and_then(|position| self.places.get(*position))
    }

    /// How many subjects are compared.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is nobody to compare.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What changed for a subject since an earlier ranking; `None` for one who is not in both.
    pub fn since(&self, earlier: &Ranking<K>, key: K) -> Option<Delta> {
        let (now, before) = (self.place(key)?, earlier.place(key)?);
        let rank = i64::from(before.rank) - i64::from(now.rank);
        Some(Delta {
            rank,
            value: difference(now.value, before.value),
        })
    }

    /// What late data would add to a subject's frozen value; `None` where they add nothing.
    pub fn late(&self, live: &Ranking<K>, key: K) -> Option<Decimal> {
        let (frozen, live) = (self.place(key)?, live.place(key)?);
        difference(live.value, Some(frozen.value.unwrap_or_default()))
            .filter(|late| !late.is_zero())
    }

    fn in_order(places: Vec<Place<K>>) -> Ranking<K> {
        let positions = places
            .iter()
            .enumerate()
            .map(|(position, place)| (place.key, position));
        Ranking {
            positions: positions.collect(),
            places,
        }
    }
}

fn difference(now: Option<Decimal>, before: Option<Decimal>) -> Option<Decimal> {
    Some(now?.saturating_sub(before?).normalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{Delta, Entry, Ranking};

    /// A group from a text such as `ann 30, bob 20, cy -`, where `-` means not measured.
    fn ranking(text: &'static str) -> Ranking<&'static str> {
        let entry = |entry: &'static str| {
            let (key, value) = entry.split_once(' ').expect("key and value");
            Entry {
                key,
                value: value.parse().ok(),
                target: None,
            }
        };
        Ranking::of(
            text.split(", ")
                .filter(|entry| !entry.is_empty())
                .map(entry),
        )
    }

    fn ranks(text: &'static str) -> String {
        let place = |place: &super::Place<&str>| format!("{} {}", place.rank, place.key);
        ranking(text)
            .places()
            .iter()
            .map(place)
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn equal_values_share_a_rank_and_the_next_counts_them() {
        assert_eq!(
            ranks("ann 30, bob 20, cy 20, dee 10"),
            "1 ann, 2 bob, 2 cy, 4 dee"
        );
    }

    #[test]
    fn equal_values_stand_in_the_order_of_their_keys() {
        assert_eq!(
            ranks("dee 5, ann 5.00, cy 5, bob 5"),
            "1 ann, 1 bob, 1 cy, 1 dee"
        );
    }

    #[test]
    fn what_was_not_measured_ranks_below_every_value() {
        assert_eq!(ranks("ann -, bob -3, cy -"), "1 bob, 2 ann, 2 cy");
    }

    #[test]
    fn an_empty_group_is_an_empty_ranking() {
        assert!(ranking("").is_empty());
    }

    #[test]
    fn a_delta_is_ranks_and_value_gained() {
        let before = ranking("ann 30, bob 20, cy 10");
        let now = ranking("ann 12, bob 25, cy 25, new 1");
        let delta = |rank, value: i64| {
            Some(Delta {
                rank,
                value: Some(Decimal::from(value)),
            })
        };
        assert_eq!(now.since(&before, "ann"), delta(-2, -18));
        assert_eq!(now.since(&before, "cy"), delta(2, 15));
        assert_eq!(now.since(&before, "new"), None);
    }

    #[test]
    fn late_data_change_no_frozen_rank_and_show_as_a_delta() {
        let frozen = Ranking::frozen(ranking("ann 30, bob 20").places().iter().copied());
        let live = ranking("ann 30, bob 45");
        assert_eq!(frozen.place("bob").map(|place| place.rank), Some(2));
        assert_eq!(frozen.late(&live, "bob"), Some(Decimal::from(25)));
        assert_eq!(frozen.late(&live, "ann"), None);
    }

    proptest! {
        #[test]
        fn a_rank_is_one_more_than_the_number_of_higher_values(
            values in proptest::collection::vec(proptest::option::of(-3..4_i64), 0..30),
        ) {
            let value = |key: usize| values[key].map(Decimal::from);
            let entry = |key| Entry { key, value: value(key), target: None };
            let ranking = Ranking::of((0..values.len()).rev().map(entry));
            prop_assert_eq!(ranking.len(), values.len());
            for place in ranking.places() {
                let higher = (0..values.len()).filter(|other| value(*other) > place.value).count();
                prop_assert_eq!(place.rank as usize, higher + 1);
            }
            let in_order = |pair: &[super::Place<usize>]| {
                pair[0].value > pair[1].value
                    || (pair[0].value == pair[1].value && pair[0].key < pair[1].key)
            };
            prop_assert!(ranking.places().windows(2).all(in_order));
        }
    }
}
