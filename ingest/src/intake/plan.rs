//! What a group of points does to the database: pure, from the points, what is known of their
//! reps, and the receipts that exist.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::duty::hours::Schedule;
use domain::duty::{Duty, Event};
use entity::field::receipt::Status;
use entity::id::{CheckInId, DeviceId, QuarantineId, UserId};

use super::judge::{Ignored, Judgement, Limits, duty_event, judge};
use super::reason::{Fault, Reason};
use super::row::{FixKey, ReceiptKey, Row};

/// What is known of the reps and devices of a group.
#[derive(Debug)]
pub(crate) struct Known {
    /// The working hours of each rep, and the buttons they pressed.
    pub(crate) duties: HashMap<UserId, (Schedule, Vec<Event>)>,
    /// The devices that are revoked.
    pub(crate) revoked: HashMap<DeviceId, DateTime<Utc>>,
    /// The first days of the months that were purged.
    pub(crate) sealed: HashSet<NaiveDate>,
}

/// A receipt as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) digest: Option<i64>,
    pub(crate) check_in: Option<(CheckInId, DateTime<Utc>)>,
    pub(crate) quarantine: Option<QuarantineId>,
    pub(crate) received_at: DateTime<Utc>,
}

/// What is answered to one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// It became this check-in, unless the fix turns out to be stored already.
    New(FixKey),
    /// It is stored, under this client id.
    Accepted,
    /// The fix was stored already.
    Duplicate,
    /// It is kept aside.
    Quarantined(Fault),
    /// It is not kept.
    Ignored(Ignored),
}

/// A receipt to write.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) stored: Stored,
    /// Whether a quarantined receipt is there to be replaced.
    pub(crate) is_replacement: bool,
}

/// A point to keep aside, by the place of its row.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) row: usize,
    pub(crate) fault: Fault,
}

/// All that a group writes. Maps are sorted, so that every group locks in the same order.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// One answer a row, in the rows' order.
    pub(crate) answers: Vec<Answer>,
    /// Check-ins to store: the new id, and the row that says the rest.
    pub(crate) check_ins: BTreeMap<FixKey, (CheckInId, usize)>,
    pub(crate) receipts: BTreeMap<ReceiptKey, Written>,
    pub(crate) quarantined: BTreeMap<QuarantineId, Kept>,
    /// Kept aside before, stored now.
    pub(crate) released: Vec<QuarantineId>,
    /// Kept aside before, known now to be from off duty.
    pub(crate) forgotten: Vec<QuarantineId>,
}

/// Decides on every row. `all` are the rows of the whole group, of which `rows` may be a part:
/// the buttons pressed in any of them count for each.
pub(crate) fn plan(
    rows: &[Row],
    all: &[Row],
    known: &Known,
    existing: &HashMap<ReceiptKey, Stored>,
) -> Plan {
    let duties = duties(all, known, existing);
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let before = match plan.receipts.get(&row.key) {
            Some(written) => Some(&written.stored),
            None => existing.get(&row.key),
        };
        let answer = match repeated(row, before) {
            Some(Answer::Quarantined(fault)) => {
                // The receipt stays that of the first fix.
                let kept = Kept {
                    row: index,
                    fault: fault.clone(),
                };
                plan.quarantined
                    .insert(row.quarantine_id(fault.reason), kept);
                Answer::Quarantined(fault)
            }
            // Repeated within the group: what the first turns out to be, this is too.
            Some(Answer::Accepted) if plan.receipts.contains_key(&row.key) => match &row.content {
                Ok(fix) => Answer::New(fix.key),
                Err(_faulty) => Answer::Accepted,
            },
            Some(answer) => answer,
            None => {
                let judgement = judge(row, limits(row, known), &duties[&row.key.author.rep]);
                let before = before.cloned();
                let is_replacement = existing.contains_key(&row.key);
                plan.settle(row, index, judgement, before, is_replacement)
            }
        };
        plan.answers.push(answer);
    }
    plan
}

/// The answer that a client id has got already; none if its point is to be judged.
fn repeated(row: &Row, before: Option<&Stored>) -> Option<Answer> {
    let before = before?;
    match before.status {
        Status::Quarantined => None,
        Status::Ignored => {
            let code = before.reason.as_deref().unwrap_or_default();
            Some(Answer::Ignored(Ignored::of_code(code)))
        }
        Status::Accepted | Status::Duplicate if is_other_fix(row, before) => {
            let message = "this id already belongs to another check-in of this device";
            let fault = Fault::new(Reason::ClientIdReused, message);
            Some(Answer::Quarantined(fault))
        }
        Status::Accepted => Some(Answer::Accepted),
        Status::Duplicate => Some(Answer::Duplicate),
    }
}

fn is_other_fix(row: &Row, before: &Stored) -> bool {
    row.digest().is_none() || row.digest() != before.digest
}

fn limits<'a>(row: &Row, known: &'a Known) -> Limits<'a> {
    Limits {
        revoked_at: known.revoked.get(&row.key.author.device).copied(),
        sealed: &known.sealed,
    }
}

/// The duty of every rep of the group, the group's own buttons included.
fn duties(
    all: &[Row],
    known: &Known,
    existing: &HashMap<ReceiptKey, Stored>,
) -> HashMap<UserId, Duty> {
    let mut pressed: HashMap<UserId, Vec<Event>> = HashMap::new();
    for row in all {
        let events = pressed.entry(row.key.author.rep).or_default();
        if repeated(row, existing.get(&row.key)).is_none() {
            events.extend(duty_event(row, limits(row, known)));
        }
    }
    pressed
        .into_iter()
        .map(|(rep, own)| {
            let (schedule, stored) = known
                .duties
                .get(&rep)
                .cloned()
                .unwrap_or_else(|| (Schedule::new(chrono_tz::UTC, Vec::new()), Vec::new()));
            (rep, Duty::new(schedule, stored.into_iter().chain(own)))
        })
        .collect()
}

impl Plan {
    fn settle(
        &mut self,
        row: &Row,
        index: usize,
        judgement: Judgement,
        before: Option<Stored>,
        is_replacement: bool,
    ) -> Answer {
        let aside = before.and_then(|before| before.quarantine);
        let mut stored = Stored {
            status: Status::Accepted,
            reason: None,
            digest: row.digest(),
            check_in: None,
            quarantine: None,
            received_at: row.received_at,
        };
        let answer = match judgement {
            Judgement::Accepted(fix) => {
                self.put_back(aside, |plan, aside| plan.released.push(aside));
                self.store(fix, index, &mut stored)
            }
            Judgement::Ignored(ignored) => {
                self.put_back(aside, |plan, aside| plan.forgotten.push(aside));
                stored.status = Status::Ignored;
                stored.reason = Some(ignored.code().to_owned());
                stored.digest = None;
                Answer::Ignored(ignored)
            }
            Judgement::Quarantined(fault) => {
                let kept = Kept {
                    row: index,
                    fault: fault.clone(),
                };
                let id = row.quarantine_id(fault.reason);
                self.quarantined.insert(id, kept);
                stored.status = Status::Quarantined;
                stored.reason = Some(fault.reason.code().to_owned());
                stored.quarantine = Some(id);
                Answer::Quarantined(fault)
            }
        };
        let written = Written {
            stored,
            is_replacement,
        };
        self.receipts.insert(row.key.clone(), written);
        answer
    }

    /// The fix becomes a check-in, unless a row before it in the group already did.
    fn store(&mut self, fix: FixKey, index: usize, stored: &mut Stored) -> Answer {
        if let Some((id, _row)) = self.check_ins.get(&fix) {
            stored.status = Status::Duplicate;
            stored.check_in = Some((*id, fix.recorded_at));
            return Answer::Duplicate;
        }
        let id = CheckInId::new();
        stored.check_in = Some((id, fix.recorded_at));
        self.check_ins.insert(fix, (id, index));
        Answer::New(fix)
    }

    /// What was kept aside earlier in this very group was never written: it is dropped. Otherwise
    /// `then` says what happens to the stored row.
    fn put_back(
        &mut self,
        aside: Option<QuarantineId>,
        then: impl FnOnce(&mut Self, QuarantineId),
    ) {
        let Some(aside) = aside else {
            return;
        };
        self.quarantined.remove(&aside);
        then(self, aside);
    }
}

#[cfg(test)]
mod tests;
