//! Coverage: the share of customers that fell due in a period and were visited in time.
//!
//! An obligation says that a customer is to be seen every so many days while an assignment holds.
//! Its deadline is that many days after the last visit under it, or after its start. A period judges
//! only the work that could be done in it: the first deadline of a period is never earlier than that
//! many days from where period and assignment overlap, or the overlap's last day if that is sooner.
//!
//! - A customer *falls due* in the period if a deadline lies within the overlap.
//! - It is *covered* if every deadline up to now was met, *missed* after the first that was not,
//!   and *pending*, which doesn't count yet, while its first deadline still lies ahead unvisited.
//!
//! Whoever plans a day asks without a period: see [`Obligation::on`].

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::Add;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::attainment;
use crate::period::Period;
use crate::zone::{earlier, later};

/// How often one customer is to be visited, and while what days that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obligation<K> {
    /// The customer to visit.
    pub customer: K,
    /// The most days from one visit to the next.
    pub every_days: NonZeroU32,
    /// The first day it holds.
    pub from: NaiveDate,
    /// The first day it no longer holds.
    pub until: Option<NaiveDate>,
}

/// How a customer that falls due stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its first deadline of the period lies ahead, and nobody came yet.
    Pending {
        /// The last day to come in time.
        due_by: NaiveDate,
    },
    /// Every deadline of the period so far was met.
    Covered {
        /// The last day to come in time again, which may lie beyond the period.
        due_by: NaiveDate,
    },
    /// A deadline of the period passed without a visit.
    Missed {
        /// The day that was missed.
        deadline: NaiveDate,
    },
}

/// How many customers fell due and how many of them were covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Customers covered.
    pub covered: u64,
    /// Customers covered or missed.
    pub due: u64,
}

/// Every customer that falls due in the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage<K> {
    /// How each stands.
    pub customers: BTreeMap<K, Standing>,
}

/// How the customers of one rep or team stand in a period, `today` being the first day not yet over.
///
/// `visits` are the days on which a customer was visited, in any order; those before the period
/// matter as far back as the longest interval of an obligation.
pub fn coverage<K: Copy + Ord>(
    period: Period,
    today: NaiveDate,
    obligations: &[Obligation<K>],
    visits: &[(K, NaiveDate)],
) -> Coverage<K> {
    let mut days: BTreeMap<K, Vec<NaiveDate>> = BTreeMap::new();
    for (customer, day) in visits {
        days.entry(*customer).or_default().push(*day);
    }
    days.values_mut().for_each(|days| days.sort_unstable());
    let mut customers: BTreeMap<K, Standing> = BTreeMap::new();
    for obligation in obligations {
        let visited = days
            .get(&obligation.customer)
            .map_or(&[][..], Vec::as_slice);
        if let Some(standing) = obligation.standing(period, today, visited) {
            let worst = customers.entry(obligation.customer).or_insert(standing);
            *worst = worst.worse(standing);
        }
    }
    Coverage { customers }
}

impl<K> Obligation<K> {
    /// How it stands at the beginning of a day on which it holds, after the last visit before that
    /// day's end, whatever the period. `None` if it doesn't hold or ends before a visit is due.
    pub fn on(&self, day: NaiveDate, last_visit: Option<NaiveDate>) -> Option<Standing> {
        let is_over = |until: NaiveDate| until <= day;
        if day < self.from || self.until.is_some_and(is_over) {
            return None;
        }
        let kept = last_visit.filter(|visit| *visit >= self.from);
        let due_by = later(kept.unwrap_or(self.from), u64::from(self.every_days.get()));
        if self.until.is_some_and(|until| until <= due_by) {
            return None;
        }
        Some(match kept {
            _ if due_by < day => Standing::Missed { deadline: due_by },
            Some(_) => Standing::Covered { due_by },
            None => Standing::Pending { due_by },
        })
    }

    /// How it stands after the visits on these days, in order; `None` if nothing falls due.
    fn standing(&self, period: Period, today: NaiveDate, visits: &[NaiveDate]) -> Option<Standing> {
        let every = u64::from(self.every_days.get());
        let start = period.first().max(self.from);
        let end = self
            .until
            .map_or(period.last(), |until| period.last().min(earlier(until, 1)));
        let (before, since) = visits.split_at(visits.partition_point(|day| *day < start));
        let base = before
            .last()
            .copied()
            .map_or(self.from, |last| last.max(self.from));
        let carried_over = later(base, every);
        if start > end || carried_over > end {
            return None;
        }
        let mut deadline = carried_over.max(later(start, every - 1).min(end));
        let mut standing = Standing::Pending { due_by: deadline };
        for visit in since.iter().take_while(|day| **day <= end) {
            if *visit > deadline {
                return Some(Standing::Missed { deadline });
            }
            deadline = later(*visit, every);
            standing = Standing::Covered { due_by: deadline };
        }
        if deadline <= end && deadline < today {
            return Some(Standing::Missed { deadline });
        }
        Some(standing)
    }
}

impl Standing {
    /// The last day to come in time; where it was missed, the day that was.
    pub fn due_by(self) -> NaiveDate {
        match self {
            Standing::Pending { due_by } | Standing::Covered { due_by } => due_by,
            Standing::Missed { deadline } => deadline,
        }
    }

    /// Of two obligations to one customer: a miss counts first, then what was done.
    fn worse(self, other: Standing) -> Standing {
        match (self, other) {
            (Standing::Missed { deadline: one }, Standing::Missed { deadline: two }) => {
                Standing::Missed {
                    deadline: one.min(two),
                }
            }
            (Standing::Covered { due_by: one }, Standing::Covered { due_by: two }) => {
                Standing::Covered {
                    due_by: one.min(two),
                }
            }
            (Standing::Pending { due_by: one }, Standing::Pending { due_by: two }) => {
                Standing::Pending {
                    due_by: one.min(two),
                }
            }
            _ => self.max(other),
        }
    }
}

impl<K> Coverage<K> {
    /// The customers that count, and those of them that were covered.
    pub fn share(&self) -> Share {
        let mut share = Share::default();
        for standing in self.customers.values() {
            match standing {
                Standing::Pending { .. } => {}
                Standing::Covered { .. } => {
                    share = share + Share { covered: 1, due: 1 };
                }
                Standing::Missed { .. } => share = share + Share { covered: 0, due: 1 },
            }
        }
        share
    }
}

impl Share {
    /// Covered over due, to [`attainment::PLACES`] places; `None` where nothing fell due.
    pub fn ratio(self) -> Option<Decimal> {
        attainment::attainment(self.covered.into(), Some(self.due.into()))
    }
}

impl Add for Share {
    type Output = Share;

    fn add(self, other: Share) -> Share {
        Share {
            covered: self.covered + other.covered,
            due: self.due + other.due,
        }
    }
}

#[cfg(test)]
mod tests;
