//! Scorecards: several metrics, each with its weight, in one score.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use thiserror::Error;

use crate::metric::Metric;

/// One metric of a scorecard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// What is measured.
    pub metric: Metric,
    /// The points that a target just reached is worth; above 0, all of a card sum to 100.
    pub weight: Decimal,
    /// The attainment above which nothing more is gained; above 0, mostly 1 or a little more.
    pub cap: Decimal,
}

/// A valid set of weighted metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scorecard {
    items: Vec<Item>,
}

/// What is wrong with the items of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScorecardError {
    /// The weights don't sum to exactly 100.
    #[error("the weights sum to {sum}, not to 100")]
    WeightsNot100 {
        /// What they sum to.
        sum: Decimal,
    },
    /// A weight of 0 or below.
    #[error("the weight of {metric} is {weight}, it must be above 0 and at most 100")]
    WeightOutOfRange {
        /// The item's metric.
        metric: Metric,
        /// The weight that was given.
        weight: Decimal,
    },
    /// A cap of 0 or below, or beyond [`MAX_CAP`].
    #[error("the cap of {metric} is {cap}, it must be above 0 and at most {MAX_CAP}")]
    CapOutOfRange {
        /// The item's metric.
        metric: Metric,
        /// The cap that was given.
        cap: Decimal,
    },
    /// A metric that is listed twice.
    #[error("{metric} is listed twice")]
    Repeated {
        /// The item's metric.
        metric: Metric,
    },
}

/// The highest cap: ten times the target.
pub const MAX_CAP: Decimal = Decimal::TEN;

/// A score with the parts it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// The sum of the parts' points: 100 where every target was just reached.
    pub total: Decimal,
    /// One part an item, in the card's order.
    pub parts: Vec<Part>,
}

/// What one metric adds to a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The item it comes from.
    pub item: Item,
    /// How far the target was reached; `None` where there is no target.
    pub attainment: Option<Decimal>,
    /// Weight × the lesser of attainment and cap.
    pub points: Decimal,
}

impl Scorecard {
    /// A scorecard of these items, whose weights must sum to exactly 100.
    pub fn new(items: Vec<Item>) -> Result<Scorecard, ScorecardError> {
        let hundred = Decimal::ONE_HUNDRED;
        let mut seen = BTreeSet::new();
        for item in &items {
            let Item {
                metric,
                weight,
                cap,
            } = *item;
            if !seen.insert(metric) {
                return Err(ScorecardError::Repeated { metric });
            }
            if weight <= Decimal::ZERO || weight > hundred {
                return Err(ScorecardError::WeightOutOfRange { metric, weight });
            }
            if cap <= Decimal::ZERO || cap > MAX_CAP {
                return Err(ScorecardError::CapOutOfRange { metric, cap });
            }
        }
        let sum: Decimal = items.iter().map(|item| item.weight).sum();
        if sum != hundred {
            return Err(ScorecardError::WeightsNot100 {
                sum: sum.normalize(),
            });
        }
        Ok(Scorecard { items })
    }

    /// Its items, in the order they were given.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The score of one subject, from its attainment of each metric.
    ///
    /// A metric without a target brings no points: what nobody set as a goal was not reached. The
    /// other weights stay as they are, so that scores remain comparable between subjects.
    pub fn score(&self, attained: impl Fn(Metric) -> Option<Decimal>) -> Score {
        let part = |item: &Item| {
            let attainment = attained(item.metric);
            let counted = attainment.map_or(Decimal::ZERO, |ratio| ratio.min(item.cap));
            let points = item.weight.checked_mul(counted).unwrap_or(Decimal::MIN);
            Part {
                item: *item,
                attainment,
                points: points.normalize(),
            }
        };
        let parts: Vec<Part> = self.items.iter().map(part).collect();
        let total = parts
            .iter()
            .fold(Decimal::ZERO, |sum, part| sum.saturating_add(part.points));
        Score {
            total: total.normalize(),
            parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use rust_decimal::Decimal;

    use super::{Item, Scorecard, ScorecardError};
    use crate::metric::Metric;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    /// A card from a text such as `60 up to 1.2, 40 up to 1`, its metrics in the order of `ALL`.
    fn card(text: &str) -> Result<Scorecard, ScorecardError> {
        let item = |(metric, item): (Metric, &str)| {
            let (weight, cap) = item.split_once(" up to ").expect("weight up to cap");
            Item {
                metric,
                weight: decimal(weight),
                cap: decimal(cap),
            }
        };
        let items = text.split(", ").filter(|item| !item.is_empty());
        Scorecard::new(Metric::ALL.into_iter().zip(items).map(item).collect())
    }

    fn score(card_of: &str, attained: &[Option<&str>]) -> String {
        let card = card(card_of).expect("a card");
        let of = |metric| {
            let index = Metric::ALL.iter().position(|other| *other == metric)?;
            attained[index].map(decimal)
        };
        card.score(of).total.to_string()
    }

    #[rstest]
    #[case("60 up to 1, 40 up to 1", &[Some("1"), Some("1")], "100")]
    #[case("60 up to 1, 40 up to 1", &[Some("0.5"), Some("0.25")], "40")]
    #[case("60 up to 1.2, 40 up to 1", &[Some("3"), Some("3")], "112")]
    #[case("33.3 up to 1, 66.7 up to 1", &[Some("1"), Some("0")], "33.3")]
    fn a_score_is_the_sum_of_weight_times_capped_attainment(
        #[case] card: &str,
        #[case] attained: &[Option<&str>],
        #[case] expected: &str,
    ) {
        assert_eq!(score(card, attained), expected);
    }

    #[test]
    fn a_metric_without_a_target_brings_no_points() {
        assert_eq!(score("60 up to 1, 40 up to 1", &[Some("1"), None]), "60");
    }

    #[rstest]
    #[case("60 up to 1, 39.9 up to 1", "the weights sum to 99.9, not to 100")]
    #[case(
        "60 up to 1, 40.0000001 up to 1",
        "the weights sum to 100.0000001, not to 100"
    )]
    #[case("", "the weights sum to 0, not to 100")]
    #[case(
        "100 up to 1, 0 up to 1",
        "the weight of ORDERS is 0, it must be above 0 and at most 100"
    )]
    #[case(
        "60 up to 0, 40 up to 1",
        "the cap of REVENUE is 0, it must be above 0 and at most 10"
    )]
    fn a_card_that_does_not_add_up_is_refused(#[case] text: &str, #[case] message: &str) {
        assert_eq!(card(text).expect_err("refused").to_string(), message);
    }

    #[test]
    fn a_metric_counts_once() {
        let item = Item {
            metric: Metric::Visits,
            weight: decimal("50"),
            cap: Decimal::ONE,
        };
        let error = Scorecard::new(vec![item, item]).expect_err("refused");
        assert_eq!(error.to_string(), "VISITS is listed twice");
    }

    proptest! {
        #[test]
        fn weights_make_a_card_exactly_when_they_sum_to_100(
            cents in proptest::collection::vec(1..6_000_i64, 1..=7),
            fill in any::<bool>(),
        ) {
            let mut cents = cents;
            let rest = 10_000 - cents.iter().skip(1).sum::<i64>();
            if fill && rest > 0 {
                cents[0] = rest;
            }
            let weigh = |(metric, cents): (Metric, &i64)| {
                Item { metric, weight: Decimal::new(*cents, 2), cap: Decimal::ONE }
            };
            let items = Metric::ALL.into_iter().zip(&cents).map(weigh).collect();
            prop_assert_eq!(Scorecard::new(items).is_ok(), cents.iter().sum::<i64>() == 10_000);
        }

        #[test]
        fn a_score_lies_between_0_and_the_capped_weights(
            attained in proptest::collection::vec(proptest::option::of(0..5_000_i64), 2),
        ) {
            let card = card("70 up to 1.5, 30 up to 1").expect("a card");
            let of = |metric| {
                let index = usize::from(metric == Metric::Orders);
                attained[index].map(|thousandths| Decimal::new(thousandths, 3))
            };
            let score = card.score(of);
            prop_assert!(score.total >= Decimal::ZERO && score.total <= decimal("135"));
            prop_assert_eq!(score.total, score.parts.iter().map(|part| part.points).sum());
        }
    }
}
