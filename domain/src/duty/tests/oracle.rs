//! Duty against a second telling of its rules, for whatever is pressed under whatever hours.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::super::hours::{Hours, Schedule};
use super::super::{Duty, Event, EventKind, LOOK_BACK, MAX_PAUSE, MAX_SHIFT, MAX_VISIT, State};
use super::{ZONE, instant, since};
use crate::zone;

/// The rules told once more, each as a search through all events.
fn oracle(schedule: &Schedule, events: &[Event], at: DateTime<Utc>) -> State {
    if !is_at_work(schedule, events, at) && !is_in_visit(schedule, events, at) {
        return State::OffDuty;
    }
    if is_paused(events, at) {
        State::Paused
    } else {
        State::OnDuty
    }
}

fn last(events: &[Event], at: DateTime<Utc>, kinds: &[EventKind]) -> Option<Event> {
    events
        .iter()
        .filter(|event| event.at <= at && kinds.contains(&event.kind))
        .max()
        .copied()
}

fn is_at_work(schedule: &Schedule, events: &[Event], at: DateTime<Utc>) -> bool {
    let start = last(events, at, &[EventKind::ShiftStart]);
    let shift = last(events, at, &[EventKind::ShiftStart, EventKind::ShiftEnd]);
    if shift == start && start.is_some_and(|start| at < start.at + MAX_SHIFT) {
        return true;
    }
    let ends = events.iter().filter(|event| {
        event.kind == EventKind::ShiftEnd
            && event.at <= at
            && start.is_none_or(|start| **event > start)
    });
    let ended: Vec<NaiveDate> = ends
        .filter_map(|end| match schedule.hours_at(end.at) {
            Hours::None => Some(zone::day_of(end.at, ZONE)),
            Hours::Within { working_day } => Some(working_day),
            Hours::Outside => None,
        })
        .collect();
    match schedule.hours_at(at) {
        Hours::None => ended.is_empty(),
        Hours::Within { working_day } => ended.iter().all(|ended| *ended < working_day),
        Hours::Outside => false,
    }
}

fn is_in_visit(schedule: &Schedule, events: &[Event], at: DateTime<Utc>) -> bool {
    let counts = |event: &Event| {
        let before: Vec<Event> = events
            .iter()
            .filter(|other| *other < event)
            .copied()
            .collect();
        event.at <= at
            && !is_paused(&before, event.at)
            && (event.kind == EventKind::Depart
                || event.kind == EventKind::Arrive && !is_at_work(schedule, &before, event.at))
    };
    let Some(newest) = events.iter().filter(|event| counts(event)).max() else {
        return false;
    };
    let ended = last(events, at, &[EventKind::ShiftStart, EventKind::ShiftEnd]);
    let holds = if newest.kind == EventKind::Arrive {
        MAX_VISIT
    } else {
        TimeDelta::milliseconds(1)
    };
    ended.is_none_or(|ended| ended < *newest) && at < newest.at + holds
}

fn is_paused(events: &[Event], at: DateTime<Utc>) -> bool {
    let ends = [
        EventKind::Pause,
        EventKind::Resume,
        EventKind::ShiftStart,
        EventKind::ShiftEnd,
    ];
    last(events, at, &ends)
        .is_some_and(|event| event.kind == EventKind::Pause && at < event.at + MAX_PAUSE)
}

const QUARTER: TimeDelta = TimeDelta::minutes(15);

fn quarter(number: i64) -> DateTime<Utc> {
    instant("Mon 00:00", ZONE) + QUARTER * i32::try_from(number).expect("small")
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let kinds = [
        EventKind::Arrive,
        EventKind::Depart,
        EventKind::ShiftStart,
        EventKind::ShiftEnd,
        EventKind::Resume,
        EventKind::Pause,
    ];
    let event =
        (0..500_i64, proptest::sample::select(kinds.to_vec())).prop_map(|(number, kind)| Event {
            at: quarter(number),
            kind,
        });
    proptest::collection::vec(event, 0..14)
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let layer = proptest::option::of((
        -50..400_i64,
        proptest::sample::select(vec![
            "",
            "12345 09:00-18:00",
            "12345 09:00-12:00, 12345 13:00-18:00",
            "135 20:00-04:00, 7 00:00-24:00",
            "1234567 00:00-24:00",
            "3 02:00-24:00",
        ]),
    ));
    proptest::collection::vec(layer, 3).prop_map(|layers| {
        let versions = |(number, hours)| vec![since(quarter(number), hours)];
        Schedule::new(
            ZONE,
            layers
                .into_iter()
                .map(|layer| layer.map_or(vec![], versions))
                .collect(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn duty_agrees_with_the_rules_told_once_more(events in any_events(), schedule in any_schedule()) {
        let duty = Duty::new(schedule.clone(), events.iter().copied());
        for number in -10..560 {
            let at = quarter(number);
            prop_assert_eq!(duty.at(at), oracle(&schedule, &events, at), "at {}", at);
        }
    }

    #[test]
    fn nothing_changes_before_the_next_change(
        events in any_events(),
        schedule in any_schedule(),
        from in -10..560_i64,
    ) {
        let duty = Duty::new(schedule, events);
        let start = quarter(from);
        let change = duty.next_change(start);
        let end = change.unwrap_or(start + TimeDelta::days(20));
        let quarters = std::iter::successors(Some(start), |at| Some(*at + QUARTER));
        for at in quarters.take_while(|at| *at < end) {
            prop_assert_eq!(duty.at(at), duty.at(start));
        }
        if let Some(change) = change {
            prop_assert!(change > start);
            prop_assert_ne!(duty.at(change), duty.at(start));
        }
    }

    #[test]
    fn order_and_repetition_of_events_mean_nothing(
        events in any_events(),
        schedule in any_schedule(),
        turn in 0..14_usize,
    ) {
        let mut turned = [events.clone(), events.clone()].concat();
        turned.rotate_left(turn.min(events.len()));
        turned.reverse();
        let (one, two) = (Duty::new(schedule.clone(), events), Duty::new(schedule, turned));
        for number in (-10..560).step_by(3) {
            prop_assert_eq!(one.at(quarter(number)), two.at(quarter(number)));
        }
    }

    #[test]
    fn events_before_the_look_back_mean_nothing_but_the_newest_shift(
        events in any_events(),
        schedule in any_schedule(),
        number in 0..560_i64,
    ) {
        let at = quarter(number);
        let shifts = [EventKind::ShiftStart, EventKind::ShiftEnd];
        let newest = last(&events, at - LOOK_BACK, &shifts);
        let recent = events.iter().copied().filter(|event| event.at > at - LOOK_BACK);
        let known: Vec<Event> = recent.chain(newest).collect();
        let duty = Duty::new(schedule.clone(), events);
        prop_assert_eq!(Duty::new(schedule, known).at(at), duty.at(at));
    }
}
