//! What can be measured of a rep or a team.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A measurable. Only those that the present records can compute are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// The total of orders placed and not cancelled.
    Revenue,
    /// How many orders were placed and not cancelled.
    Orders,
    /// How many customers placed their first order.
    NewCustomers,
    /// How many visits began.
    Visits,
    /// How many different customers were visited.
    CustomersVisited,
    /// The share of customers that fell due and were visited in time; see [`crate::coverage`].
    Coverage,
    /// How many courses were passed.
    TrainingCompleted,
}

/// What a metric's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// An amount in the company's currency.
    Money,
    /// A whole number of things.
    Count,
    /// A share from 0 to 1.
    Ratio,
}

/// A word that names no metric.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{word} is not a metric")]
pub struct UnknownMetric {
    /// The word that was given.
    pub word: String,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Metric; 7] = [
        Metric::Revenue,
        Metric::Orders,
        Metric::NewCustomers,
        Metric::Visits,
        Metric::CustomersVisited,
        Metric::Coverage,
        Metric::TrainingCompleted,
    ];

    /// The word it goes by outside.
    pub fn word(self) -> &'static str {
        match self {
            Metric::Revenue => "REVENUE",
            Metric::Orders => "ORDERS",
            Metric::NewCustomers => "NEW_CUSTOMERS",
            Metric::Visits => "VISITS",
            Metric::CustomersVisited => "CUSTOMERS_VISITED",
            Metric::Coverage => "COVERAGE",
            Metric::TrainingCompleted => "TRAINING_COMPLETED",
        }
    }

    /// What its value counts.
    pub fn unit(self) -> Unit {
        match self {
            Metric::Revenue => Unit::Money,
            Metric::Coverage => Unit::Ratio,
            Metric::Orders
            | Metric::NewCustomers
            | Metric::Visits
            | Metric::CustomersVisited
            | Metric::TrainingCompleted => Unit::Count,
        }
    }

    /// Whether the value of a whole is the sum of the values of its days and of its reps.
    ///
    /// Different customers and shares are not: a customer visited on two days is one customer.
    pub fn is_additive(self) -> bool {
        !matches!(self, Metric::CustomersVisited | Metric::Coverage)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(word: &str) -> Result<Metric, UnknownMetric> {
        let found = Metric::ALL.into_iter().find(|metric| metric.word() == word);
        found.ok_or_else(|| UnknownMetric {
            word: word.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Metric;

    #[test]
    fn a_metric_is_found_by_its_word() {
        for metric in Metric::ALL {
            assert_eq!(metric.word().parse(), Ok(metric));
        }
    }

    #[test]
    fn an_unknown_word_is_named() {
        let error = "revenue".parse::<Metric>().expect_err("refused");
        assert_eq!(error.to_string(), "revenue is not a metric");
    }
}
