//! Duty by example, in Shanghai unless it says otherwise.

mod oracle;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rstest::rstest;

use super::hours::{Hours, Schedule, Stretch, Version, Weekly};
use super::{Duty, Event, EventKind, State};
use crate::zone;

const ZONE: Tz = Tz::Asia__Shanghai;

/// An instant from `Mon 09:00` (of the week that begins on 2 November 2026) or `10-25 09:00`.
fn instant(text: &str, zone: Tz) -> DateTime<Utc> {
    let (day, time) = text.split_once(' ').expect("day and time");
    let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let date = match weekdays.iter().position(|weekday| *weekday == day) {
        Some(offset) => format!("2026-11-{:02}", 2 + offset),
        None => format!("2026-{day}"),
    };
    let local: NaiveDateTime = format!("{date}T{time}:00").parse().expect("a local time");
    zone::instant_of(local, zone)
}

/// Hours such as `12345 09:00-18:00, 6 10:00-14:00`.
fn weekly(text: &str) -> Weekly {
    let mut stretches = Vec::new();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        let (days, times) = part.split_once(' ').expect("days and times");
        let (from, to) = times.split_once('-').expect("from and to");
        for day in days.bytes() {
            stretches.push(Stretch {
                day: day - b'0',
                from: from.to_owned(),
                to: to.to_owned(),
            });
        }
    }
    Weekly::try_from(stretches).expect("hours")
}

fn since(valid_from: DateTime<Utc>, hours: &str) -> Version {
    Version {
        valid_from,
        weekly: weekly(hours),
    }
}

fn schedule(hours: Option<&str>, zone: Tz) -> Schedule {
    let company = hours.map(|hours| since(DateTime::UNIX_EPOCH, hours));
    Schedule::new(zone, vec![vec![], vec![], company.into_iter().collect()])
}

/// Events such as `Mon 09:00 SHIFT_START, Mon 12:00 PAUSE`.
fn events(text: &str, zone: Tz) -> Vec<Event> {
    let kind = |word: &str| match word {
        "ARRIVE" => EventKind::Arrive,
        "DEPART" => EventKind::Depart,
        "SHIFT_START" => EventKind::ShiftStart,
        "SHIFT_END" => EventKind::ShiftEnd,
        "RESUME" => EventKind::Resume,
        "PAUSE" => EventKind::Pause,
        other => panic!("{other} is no event"),
    };
    let event = |event: &str| {
        let (at, word) = event.rsplit_once(' ').expect("time and kind");
        Event {
            at: instant(at, zone),
            kind: kind(word),
        }
    };
    text.split(", ")
        .filter(|event| !event.is_empty())
        .map(event)
        .collect()
}

/// The changes of duty from Monday 00:00 to Friday 00:00, such as `Mon 09:00 on, Mon 18:00 off`.
fn week(hours: Option<&str>, pressed: &str) -> String {
    changes(hours, pressed, ("Mon 00:00", "Fri 00:00"), ZONE)
}

fn changes(hours: Option<&str>, pressed: &str, between: (&str, &str), zone: Tz) -> String {
    let duty = Duty::new(schedule(hours, zone), events(pressed, zone));
    let (start, end) = (instant(between.0, zone), instant(between.1, zone));
    let rest = std::iter::successors(Some(start), |from| duty.next_change(*from));
    let told = rest.take_while(|at| *at < end).map(|at| {
        let state = match duty.at(at) {
            State::OnDuty => "on",
            State::OffDuty => "off",
            State::Paused => "paused",
        };
        format!("{} {state}", at.with_timezone(&zone).format("%a %H:%M"))
    });
    told.collect::<Vec<_>>().join(", ")
}

const NINE_TO_SIX: Option<&str> = Some("12345 09:00-18:00");

#[test]
fn without_hours_everybody_is_always_on_duty() {
    assert_eq!(week(None, ""), "Mon 00:00 on");
}

#[test]
fn hours_put_on_duty() {
    let hours = Some("1 09:00-12:00, 1 13:00-18:00, 3 22:00-02:00");
    let expected = "Mon 00:00 off, Mon 09:00 on, Mon 12:00 off, Mon 13:00 on, Mon 18:00 off, \
                    Wed 22:00 on, Thu 02:00 off";
    assert_eq!(week(hours, ""), expected);
}

#[test]
fn an_empty_week_is_never_on_duty_by_the_clock() {
    assert_eq!(week(Some(""), ""), "Mon 00:00 off");
}

#[test]
fn hours_from_midnight_to_midnight_join() {
    assert_eq!(week(Some("1234567 00:00-24:00"), ""), "Mon 00:00 on");
}

#[rstest]
#[case::ended(
    "Mon 06:00 SHIFT_START, Mon 08:00 SHIFT_END",
    "Mon 06:00 on, Mon 08:00 off, Mon 09:00 on, Mon 18:00 off"
)]
#[case::not_ended("Mon 08:00 SHIFT_START", "Mon 08:00 on, Mon 20:00 off")]
#[case::across_the_end_of_hours(
    "Mon 17:00 SHIFT_START, Mon 21:00 SHIFT_END",
    "Mon 09:00 on, Mon 21:00 off"
)]
fn a_shift_puts_on_duty_out_of_hours(#[case] pressed: &str, #[case] expected: &str) {
    let told = changes(NINE_TO_SIX, pressed, ("Mon 00:00", "Tue 00:00"), ZONE);
    assert_eq!(told, format!("Mon 00:00 off, {expected}"));
}

#[test]
fn the_end_of_a_shift_inside_hours_ends_the_working_day() {
    let hours = Some("12 09:00-12:00, 12 13:00-18:00");
    let told = changes(
        hours,
        "Mon 11:00 SHIFT_END",
        ("Mon 00:00", "Tue 11:00"),
        ZONE,
    );
    assert_eq!(
        told,
        "Mon 00:00 off, Mon 09:00 on, Mon 11:00 off, Tue 09:00 on"
    );
}

#[test]
fn the_end_of_a_night_leaves_the_next_night() {
    let told = week(Some("12 22:00-06:00"), "Tue 02:00 SHIFT_END");
    assert_eq!(
        told,
        "Mon 00:00 off, Mon 22:00 on, Tue 02:00 off, Tue 22:00 on, Wed 06:00 off"
    );
}

#[test]
fn who_starts_again_is_back_at_work() {
    let told = changes(
        NINE_TO_SIX,
        "Mon 10:00 SHIFT_END, Mon 11:00 SHIFT_START, Mon 17:00 SHIFT_END",
        ("Mon 00:00", "Tue 00:00"),
        ZONE,
    );
    assert_eq!(
        told,
        "Mon 00:00 off, Mon 09:00 on, Mon 10:00 off, Mon 11:00 on, Mon 17:00 off"
    );
}

#[test]
fn without_hours_the_end_of_a_shift_holds_until_the_next_start() {
    let told = week(None, "Mon 18:00 SHIFT_END, Wed 08:00 SHIFT_START");
    assert_eq!(told, "Mon 00:00 on, Mon 18:00 off, Wed 08:00 on");
}

#[rstest]
#[case::to_the_departure("Mon 19:00 ARRIVE, Mon 20:00 DEPART", "Mon 19:00 on, Mon 20:00 off")]
#[case::to_the_limit("Mon 19:00 ARRIVE", "Mon 19:00 on, Mon 23:00 off")]
#[case::to_the_end_of_the_shift(
    "Mon 19:00 ARRIVE, Mon 20:00 SHIFT_END",
    "Mon 19:00 on, Mon 20:00 off"
)]
#[case::a_departure_alone_is_an_instant("Mon 20:00 DEPART", "Mon 20:00 on, Mon 20:00 off")]
#[case::the_next_customer_counts_anew(
    "Mon 19:00 ARRIVE, Mon 21:00 ARRIVE, Mon 23:30 DEPART",
    "Mon 19:00 on, Mon 23:30 off"
)]
#[case::inside_hours_it_prolongs_nothing("Mon 17:00 ARRIVE", "")]
#[case::after_going_home(
    "Mon 18:00 SHIFT_END, Mon 19:00 ARRIVE, Mon 19:30 DEPART",
    "Mon 19:00 on, Mon 19:30 off"
)]
fn a_visit_out_of_hours_counts_as_a_shift(#[case] pressed: &str, #[case] expected: &str) {
    let told = changes(NINE_TO_SIX, pressed, ("Mon 18:00", "Tue 00:00"), ZONE);
    let expected = if expected.is_empty() {
        String::new()
    } else {
        format!(", {expected}")
    };
    assert_eq!(told, format!("Mon 18:00 off{expected}"));
}

#[test]
fn the_departure_itself_is_on_duty() {
    let duty = Duty::new(
        schedule(NINE_TO_SIX, ZONE),
        events("Mon 20:00 DEPART", ZONE),
    );
    let at = instant("Mon 20:00", ZONE);
    assert_eq!(duty.at(at), State::OnDuty);
    assert_eq!(duty.at(at + TimeDelta::milliseconds(1)), State::OffDuty);
}

#[rstest]
#[case::to_the_resume(
    "Mon 12:00 PAUSE, Mon 13:00 RESUME",
    "Mon 12:00 paused, Mon 13:00 on, Mon 18:00 off"
)]
#[case::to_the_end_of_work("Mon 12:00 PAUSE", "Mon 12:00 paused, Mon 18:00 off")]
#[case::to_a_new_shift(
    "Mon 12:00 PAUSE, Mon 14:00 SHIFT_START, Mon 19:00 SHIFT_END",
    "Mon 12:00 paused, Mon 14:00 on, Mon 19:00 off"
)]
#[case::to_the_limit("Mon 01:00 PAUSE", "Mon 09:00 paused, Mon 13:00 on, Mon 18:00 off")]
#[case::a_visit_out_of_hours_waits_for_its_end(
    "Mon 17:00 PAUSE, Mon 19:00 ARRIVE",
    "Mon 09:00 on, Mon 17:00 paused, Mon 18:00 off"
)]
#[case::a_pause_in_a_visit(
    "Mon 18:30 ARRIVE, Mon 19:00 PAUSE, Mon 20:00 RESUME, Mon 21:00 DEPART",
    "Mon 18:00 off, Mon 18:30 on, Mon 19:00 paused, Mon 20:00 on, Mon 21:00 off"
)]
fn a_pause_is_a_pause(#[case] pressed: &str, #[case] ends_with: &str) {
    let told = changes(NINE_TO_SIX, pressed, ("Mon 00:00", "Tue 00:00"), ZONE);
    assert!(told.ends_with(ends_with), "{told}");
}

#[test]
fn at_one_instant_the_more_private_event_wins() {
    let pressed = "Mon 12:00 SHIFT_END, Mon 12:00 SHIFT_START, Mon 13:00 PAUSE, Mon 13:00 RESUME";
    let told = changes(NINE_TO_SIX, pressed, ("Mon 00:00", "Tue 00:00"), ZONE);
    assert_eq!(told, "Mon 00:00 off, Mon 09:00 on, Mon 12:00 off");
}

#[test]
fn own_hours_come_before_the_teams_and_these_before_the_companys() {
    let noon = instant("Tue 12:00", ZONE);
    let layers = vec![
        vec![since(instant("Wed 00:00", ZONE), "1234567 10:00-11:00")],
        vec![since(noon, "1234567 14:00-15:00")],
        vec![since(DateTime::UNIX_EPOCH, "1234567 09:00-18:00")],
    ];
    let schedule = Schedule::new(ZONE, layers);
    let at = |text: &str| schedule.hours_at(instant(text, ZONE)) != Hours::Outside;
    assert!(at("Tue 11:59") && !at("Tue 12:00") && at("Tue 14:30"));
    assert!(at("Wed 10:30") && !at("Wed 14:30"));
}

#[test]
fn hours_keep_to_the_clock_when_it_changes() {
    let told = changes(
        Some("1234567 01:30-02:30"),
        "",
        ("10-25 00:00", "10-25 12:00"),
        Tz::Europe__Berlin,
    );
    assert_eq!(told, "Sun 00:00 off, Sun 01:30 on, Sun 02:30 off");
    let told = changes(
        Some("1234567 02:30-09:00"),
        "",
        ("03-29 00:00", "03-29 12:00"),
        Tz::Europe__Berlin,
    );
    assert_eq!(told, "Sun 00:00 off, Sun 03:00 on, Sun 09:00 off");
}

#[rstest]
#[case(
    r#"[{"day":0,"from":"09:00","to":"18:00"}]"#,
    "day 0 is not a day of the week, 1 is Monday and 7 is Sunday"
)]
#[case(
    r#"[{"day":1,"from":"9:00","to":"18:00"}]"#,
    "9:00 is not a time of day such as 09:00"
)]
#[case(
    r#"[{"day":1,"from":"24:00","to":"18:00"}]"#,
    "24:00 is not a time of day such as 09:00"
)]
#[case(
    r#"[{"day":1,"from":"09:00","to":"24:01"}]"#,
    "24:01 is not a time of day such as 09:00"
)]
#[case(
    r#"[{"day":1,"from":"+9:00","to":"18:00"}]"#,
    "+9:00 is not a time of day such as 09:00"
)]
#[case(
    r#"[{"day":1,"from":"09:00","to":"09:00"}]"#,
    "hours from 09:00 to 09:00 are empty, a whole day is from 00:00 to 24:00"
)]
fn hours_that_cannot_be_are_refused(#[case] json: &str, #[case] message: &str) {
    let error = serde_json::from_str::<Weekly>(json).expect_err("refused");
    assert_eq!(error.to_string(), message);
}

#[test]
fn hours_are_written_as_they_were_read() {
    let json = r#"[{"day":1,"from":"00:00","to":"24:00"},{"day":7,"from":"22:00","to":"06:00"}]"#;
    let weekly: Weekly = serde_json::from_str(json).expect("hours");
    assert_eq!(serde_json::to_string(&weekly).expect("json"), json);
}
