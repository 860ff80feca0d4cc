//! Plans held against a memory of what a database would hold.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{TimeDelta, TimeZone, Utc};
use domain::duty::hours::Schedule;
use domain::position::Position;
use entity::field::check_in::Kind;
use entity::field::receipt::Status;
use entity::id::{CheckInId, DeviceId, QuarantineId, UserId};
use proptest::prelude::*;

use super::{Answer, Known, Stored, plan};
use crate::intake::incoming::{Incoming, Name, Reading};
use crate::intake::reason::Reason;
use crate::intake::row::{Author, FixKey, ReceiptKey, Row};

/// What a database holds after some plans.
#[derive(Default)]
struct Memory {
    check_ins: HashMap<FixKey, CheckInId>,
    receipts: HashMap<ReceiptKey, Stored>,
    aside: HashMap<QuarantineId, Reason>,
    released: HashSet<QuarantineId>,
}

impl Memory {
    /// Commits a group as the store does; gives the answers.
    fn commit(&mut self, rows: &[Row]) -> Vec<Answer> {
        let plan = plan(rows, rows, &nothing_special(), &self.receipts);
        let mut moved = HashMap::new();
        for (key, (id, _row)) in &plan.check_ins {
            match self.check_ins.get(key) {
                Some(before) => drop(moved.insert(*id, *before)),
                None => drop(self.check_ins.insert(*key, *id)),
            }
        }
        for (key, written) in plan.receipts {
            assert_eq!(written.is_replacement, self.receipts.contains_key(&key));
            let mut stored = written.stored;
            if let Some((id, _)) = &mut stored.check_in
                && let Some(before) = moved.get(id)
            {
                (*id, stored.status) = (*before, Status::Duplicate);
            }
            self.receipts.insert(key, stored);
        }
        for (id, kept) in plan.quarantined {
            self.aside.insert(id, kept.fault.reason);
        }
        self.released.extend(plan.released);
        for id in plan.forgotten {
            self.aside.remove(&id);
        }
        let found = |answer| match answer {
            Answer::New(fix) => match plan.check_ins.get(&fix) {
                Some((id, _)) if moved.contains_key(id) => Answer::Duplicate,
                _ => Answer::Accepted,
            },
            answer => answer,
        };
        plan.answers.into_iter().map(found).collect()
    }

    /// What is left of it when ids are taken away, which depend on history.
    fn in_short(&self) -> BTreeMap<String, String> {
        let fixes = self.check_ins.keys().map(|key| format!("fix {key:?}"));
        let receipts = self.receipts.iter().map(|(key, stored)| {
            let check_in = stored.check_in.map(|(id, _)| {
                let found = self.check_ins.iter().find(|(_, stored)| **stored == id);
                found.map(|(fix, _)| *fix)
            });
            let (status, reason) = (stored.status, &stored.reason);
            let text = format!("{status:?} {reason:?} {:?} {check_in:?}", stored.digest);
            (format!("receipt {key:?}"), text)
        });
        // What is kept aside and released in one group was never written.
        let held = self
            .aside
            .iter()
            .filter(|(id, _)| !self.released.contains(id));
        let aside = held.map(|(id, reason)| (format!("aside {id:?}"), format!("{reason:?}")));
        fixes
            .map(|fix| (fix, String::new()))
            .chain(receipts)
            .chain(aside)
            .collect()
    }
}

fn nothing_special() -> Known {
    let schedule = Schedule::new(chrono_tz::UTC, Vec::new());
    Known {
        duties: HashMap::from([(author(0).rep, (schedule, Vec::new()))]),
        revoked: HashMap::new(),
        sealed: HashSet::new(),
    }
}

fn author(device: u128) -> Author {
    Author {
        rep: UserId::from(uuid::Uuid::from_u128(1)),
        device: DeviceId::from(uuid::Uuid::from_u128(100 + device)),
    }
}

/// A point by small numbers: its device, its client id, its minute; some of them far ahead of the
/// clock until that has gone on.
fn row(device: u128, client_id: u8, minute: i64, hour_received: i64) -> Row {
    let start = Utc.with_ymd_and_hms(2026, 11, 23, 8, 0, 0).unwrap();
    let recorded_at = start + TimeDelta::minutes(minute);
    let place = Position::new(60.17, 24.94).ok();
    let incoming = Incoming {
        name: Name::Client(format!("c{client_id}")),
        raw: format!("{device} {client_id} {minute}").into(),
        reading: Ok(Reading::new(Kind::Trail, recorded_at, place)),
    };
    let received_at = start + TimeDelta::hours(hour_received);
    Row::new(author(device), incoming, true, received_at)
}

proptest! {
    /// In the same order, any cutting into groups leaves the same behind and answers the same.
    #[test]
    fn groups_may_be_cut_anywhere(
        sent in prop::collection::vec((0..2_u128, 0..4_u8, 0..4_i64), 1..24),
        cuts in prop::collection::vec(1..6_usize, 1..24),
    ) {
        // Minute 120 and 180 lie in the future of hour 0, and not of hour 3.
        let half = sent.len() / 2;
        let rows: Vec<Row> = sent
            .iter()
            .enumerate()
            .map(|(n, (device, id, minute))| {
                row(*device, *id, minute * 60, if n < half { 0 } else { 3 })
            })
            .collect();
        let (mut whole, mut parts) = (Memory::default(), Memory::default());
        let expected = whole.commit(&rows);
        let mut found = Vec::new();
        let mut left = rows.as_slice();
        for cut in cuts.iter().cycle() {
            let (group, rest) = left.split_at(*cut.min(&left.len()));
            found.extend(parts.commit(group));
            left = rest;
            if left.is_empty() {
                break;
            }
        }
        prop_assert_eq!(expected, found);
        prop_assert_eq!(whole.in_short(), parts.in_short());
    }
}

#[test]
fn a_point_ahead_of_the_clock_is_released_when_the_time_has_come() {
    let mut memory = Memory::default();
    let early = memory.commit(&[row(0, 1, 60, 0)]);
    assert!(
        matches!(&early[0], Answer::Quarantined(fault) if fault.reason == Reason::TimeInFuture)
    );
    assert_eq!(memory.commit(&[row(0, 1, 60, 3)]), [Answer::Accepted]);
    assert_eq!(memory.released.len(), 1);
    assert_eq!(memory.check_ins.len(), 1);
}

#[test]
fn the_same_fix_from_two_devices_is_two_check_ins() {
    let mut memory = Memory::default();
    let answers = memory.commit(&[row(0, 1, 0, 0), row(1, 1, 0, 0)]);
    assert_eq!(answers, [Answer::Accepted, Answer::Accepted]);
}

#[test]
fn a_batch_whose_half_is_refused_still_obeys_the_buttons_of_the_other() {
    let mut pause = row(0, 1, 0, 1);
    if let Ok(fix) = &mut pause.content {
        fix.reading.kind = Kind::Pause;
        fix.key.kind = Kind::Pause;
    }
    let all = [row(0, 2, 5, 1), pause];
    let half = plan(&all[..1], &all, &nothing_special(), &HashMap::new());
    assert!(matches!(half.answers[0], Answer::Ignored(_)));
    let alone = plan(&all[..1], &all[..1], &nothing_special(), &HashMap::new());
    assert!(matches!(alone.answers[0], Answer::New(_)));
}
