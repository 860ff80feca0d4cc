//! Judgements as sentences.

use chrono::{TimeZone, Utc};
use domain::duty::hours::Schedule;
use domain::duty::{Event, EventKind};
use domain::position::Position;
use entity::id::{CustomerId, DeviceId, UserId};

use super::*;
use crate::intake::incoming::{Incoming, Name};
use crate::intake::row::Author;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

/// A point of this kind, recorded so many milliseconds after noon; received at noon.
fn row(kind: Kind, after_ms: i64) -> Row {
    let place = Position::new(60.17, 24.94).ok();
    let recorded_at = noon() + TimeDelta::milliseconds(after_ms);
    let mut reading = Reading::new(kind, recorded_at, place);
    reading.customer = names_customer(kind).then(CustomerId::new);
    incoming(Ok(reading))
}

fn incoming(reading: Result<Reading, Faulty>) -> Row {
    let author = Author {
        rep: UserId::new(),
        device: DeviceId::new(),
    };
    let incoming = Incoming {
        name: Name::Client("a".to_owned()),
        raw: "{}".into(),
        reading,
    };
    Row::new(author, incoming, true, noon())
}

fn duty(pressed: &[(EventKind, i64)]) -> Duty {
    let event = |(kind, after_ms): &(EventKind, i64)| Event {
        at: noon() + TimeDelta::milliseconds(*after_ms),
        kind: *kind,
    };
    Duty::new(
        Schedule::new(chrono_tz::UTC, Vec::new()),
        pressed.iter().map(event),
    )
}

/// What the judgement is, in a word.
fn judged(row: &Row, limits: Limits<'_>, duty: &Duty) -> &'static str {
    match judge(row, limits, duty) {
        Judgement::Accepted(_) => "ACCEPTED",
        Judgement::Quarantined(fault) => fault.reason.code(),
        Judgement::Ignored(ignored) => ignored.code(),
    }
}

fn free(sealed: &HashSet<NaiveDate>) -> Limits<'_> {
    Limits {
        revoked_at: None,
        sealed,
    }
}

#[test]
fn ten_minutes_ahead_are_believed_and_not_a_millisecond_more() {
    let sealed = HashSet::new();
    let limit = CLOCK_TOLERANCE.num_milliseconds();
    let duty = duty(&[]);
    assert_eq!(
        judged(&row(Kind::Trail, limit), free(&sealed), &duty),
        "ACCEPTED"
    );
    let beyond = row(Kind::Trail, limit + 1);
    assert_eq!(judged(&beyond, free(&sealed), &duty), "TIME_IN_FUTURE");
}

#[test]
fn a_pause_holds_from_its_instant_to_the_next_word() {
    let sealed = HashSet::new();
    let duty = duty(&[(EventKind::Pause, -5_000), (EventKind::Resume, -2_000)]);
    let at = |after_ms| judged(&row(Kind::Trail, after_ms), free(&sealed), &duty);
    assert_eq!(at(-5_001), "ACCEPTED");
    assert_eq!(at(-5_000), "PAUSED");
    assert_eq!(at(-2_001), "PAUSED");
    assert_eq!(at(-2_000), "ACCEPTED");
}

#[test]
fn the_words_on_duty_are_taken_off_duty_too() {
    let sealed = HashSet::new();
    let duty = duty(&[(EventKind::Pause, -5_000)]);
    for kind in [Kind::Resume, Kind::Pause, Kind::ShiftStart, Kind::ShiftEnd] {
        assert_eq!(judged(&row(kind, 0), free(&sealed), &duty), "ACCEPTED");
    }
    for kind in [Kind::Heartbeat, Kind::Arrive, Kind::Depart] {
        assert_eq!(judged(&row(kind, 0), free(&sealed), &duty), "PAUSED");
    }
}

#[test]
fn off_duty_comes_before_what_would_keep_the_point() {
    let sealed = HashSet::from([month_of(noon())]);
    let limits = Limits {
        revoked_at: Some(noon() - TimeDelta::days(1)),
        sealed: &sealed,
    };
    let paused = duty(&[(EventKind::Pause, -5_000)]);
    assert_eq!(judged(&row(Kind::Trail, 0), limits, &paused), "PAUSED");
    assert_eq!(
        judged(&row(Kind::Trail, 0), limits, &duty(&[])),
        "DEVICE_REVOKED"
    );
    assert_eq!(
        judged(&row(Kind::Trail, 0), free(&sealed), &duty(&[])),
        "TOO_OLD"
    );
    // A button was pressed on purpose: the rep learns why it did not count.
    assert_eq!(
        judged(&row(Kind::Arrive, 0), limits, &paused),
        "DEVICE_REVOKED"
    );
}

#[test]
fn of_an_unreadable_point_off_duty_nothing_is_kept() {
    let sealed = HashSet::new();
    let paused = duty(&[(EventKind::Pause, -5_000)]);
    let faulty = |kind, recorded_at| {
        let fault = Fault::new(Reason::Malformed, "odd");
        let faulty = Faulty {
            fault,
            kind,
            recorded_at,
        };
        judged(&incoming(Err(faulty)), free(&sealed), &paused)
    };
    assert_eq!(faulty(Some(Kind::Trail), Some(noon())), "PAUSED");
    assert_eq!(faulty(None, Some(noon())), "PAUSED");
    assert_eq!(faulty(Some(Kind::Arrive), Some(noon())), "MALFORMED");
    assert_eq!(faulty(Some(Kind::Trail), None), "MALFORMED");
    let tomorrow = noon() + TimeDelta::days(1);
    assert_eq!(faulty(Some(Kind::Trail), Some(tomorrow)), "MALFORMED");
}

#[test]
fn what_is_at_fault_says_nothing_about_duty() {
    let sealed = HashSet::new();
    let pressed = |row: &Row| duty_event(row, free(&sealed)).map(|event| event.kind);
    assert_eq!(pressed(&row(Kind::Pause, 0)), Some(EventKind::Pause));
    assert_eq!(pressed(&row(Kind::Arrive, 0)), Some(EventKind::Arrive));
    assert_eq!(pressed(&row(Kind::Trail, 0)), None);
    assert_eq!(pressed(&row(Kind::Pause, 3_600_000)), None);
    let mut unknown = row(Kind::Arrive, 0);
    unknown.is_customer_known = false;
    assert_eq!(pressed(&unknown), None);
}
