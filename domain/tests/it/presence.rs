//! Presence: what a rep is doing, as of an instant.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::duty;
use domain::position::Position;
use domain::presence::{
    DutySpan, Facts, OpenVisit, REMEMBERED_SPOTS, Report, State, judge, next_change,
};
use insta::assert_snapshot;
use proptest::prelude::*;

fn at(clock: &str) -> DateTime<Utc> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
    let time = clock.parse().expect("a clock time");
    day.and_time(time).and_utc()
}

/// A reading `x` metres along a road, received as it was recorded.
fn seen(clock: &str, x: f64) -> Report {
    Report {
        recorded_at: at(clock),
        received_at: at(clock),
        position: Some(Position::new(48.0 + x / 111_200.0, 11.0).expect("a position")),
        accuracy_m: Some(10.0),
        speed_mps: None,
        battery_pct: None,
    }
}

fn beat(clock: &str) -> Report {
    Report {
        position: None,
        accuracy_m: None,
        ..seen(clock, 0.0)
    }
}

fn facts(reports: &[Report]) -> Facts<&'static str> {
    let mut facts = Facts::none("rep");
    for report in reports {
        facts.absorb(report);
    }
    facts
}

/// The state in words: `MOVING since 09:00, 2 min old, 10 m, Moved { metres: 100 }`.
fn told(facts: &Facts<&'static str>, now: &str) -> String {
    let presence = judge(facts, at(now));
    let state = serde_json::to_value(presence.state).expect("a state");
    let mut words = vec![state.as_str().unwrap_or("").to_owned()];
    words.extend(
        presence
            .since
            .map(|since| format!("since {}", since.format("%H:%M"))),
    );
    words.extend(
        presence
            .age
            .map(|age| format!("{} min old", age.num_minutes())),
    );
    words.extend(
        presence
            .error_radius_m
            .map(|metres| format!("{metres:.0} m")),
    );
    words.extend(presence.battery_pct.map(|percent| format!("{percent} %")));
    words.extend(presence.customer.map(str::to_owned));
    words.push(format!("{:.0?}", presence.reason));
    words.join(", ")
}

#[test]
fn nothing_heard_is_unknown() {
    assert_snapshot!(told(&facts(&[]), "09:00:00"), @"UNKNOWN, NeverHeard");
}

#[test]
fn a_phone_that_never_knew_its_position_is_unknown() {
    assert_snapshot!(told(&facts(&[beat("09:00:00")]), "09:01:00"), @"UNKNOWN, since 09:00, 1 min old, NoPosition");
}

#[test]
fn an_open_visit_is_at_customer() {
    let mut facts = facts(&[seen("09:00:00", 0.0), seen("09:10:00", 5000.0)]);
    facts.visit = Some(OpenVisit {
        customer: "acme",
        since: at("09:05:00"),
    });
    assert_snapshot!(told(&facts, "09:12:00"), @"AT_CUSTOMER, since 09:05, 2 min old, 10 m, acme, VisitOpen");
}

#[test]
fn positions_apart_are_movement() {
    let facts = facts(&[
        seen("09:00:00", 0.0),
        seen("09:03:00", 1000.0),
        seen("09:06:00", 2000.0),
    ]);
    assert_snapshot!(told(&facts, "09:07:00"), @"MOVING, since 09:00, 1 min old, 10 m, Moved { metres: 1000 }");
}

#[test]
fn a_measured_speed_goes_before_positions() {
    let fast = Report {
        speed_mps: Some(12.0),
        ..seen("09:01:00", 10.0)
    };
    assert_snapshot!(told(&facts(&[seen("09:00:00", 0.0), fast]), "09:01:00"), @"MOVING, since 09:01, 0 min old, 10 m, Speed { mps: 12 }");
    let slow = Report {
        speed_mps: Some(0.2),
        ..seen("09:03:00", 900.0)
    };
    assert_snapshot!(told(&facts(&[seen("09:00:00", 0.0), slow]), "09:03:00"), @"STATIONARY, since 09:03, 0 min old, 10 m, Still");
}

#[test]
fn jitter_is_no_movement() {
    let facts = facts(&[
        seen("09:00:00", 0.0),
        seen("09:02:00", 60.0),
        seen("09:04:00", -5.0),
    ]);
    assert_snapshot!(told(&facts, "09:05:00"), @"STATIONARY, since 09:00, 1 min old, 10 m, Still");
}

#[test]
fn one_position_says_nothing_of_movement() {
    assert_snapshot!(told(&facts(&[seen("09:00:00", 0.0)]), "09:05:00"), @"STATIONARY, since 09:00, 5 min old, 10 m, OnePosition");
}

#[test]
fn silence_is_stale_and_keeps_the_last_position_with_its_age() {
    let facts = facts(&[seen("09:00:00", 0.0)]);
    assert_eq!(judge(&facts, at("09:15:00")).state, State::Stationary);
    assert_snapshot!(
        told(&facts, "10:00:00"),
        @"STALE, since 09:15, 60 min old, 10 m, Silent { length: TimeDelta { secs: 3600, nanos: 0 } }"
    );
}

#[test]
fn heartbeats_keep_a_resting_phone_alive_for_an_hour() {
    let reports = [
        seen("09:00:00", 0.0),
        beat("09:14:00"),
        beat("09:28:00"),
        beat("10:00:00"),
        beat("10:10:00"),
    ];
    assert_eq!(
        judge(&facts(&reports[..4]), at("10:00:00")).state,
        State::Stationary
    );
    assert_snapshot!(
        told(&facts(&reports), "10:10:00"),
        @"STALE, since 10:00, 70 min old, 10 m, PositionLost { length: TimeDelta { secs: 4200, nanos: 0 } }"
    );
}

#[test]
fn off_duty_and_paused_tell_nothing_but_themselves() {
    let charged = Report {
        battery_pct: Some(80),
        ..seen("09:00:00", 0.0)
    };
    for (state, word) in [
        (duty::State::OffDuty, "OFF_DUTY"),
        (duty::State::Paused, "PAUSED"),
    ] {
        let mut facts = facts(&[charged]);
        facts.visit = Some(OpenVisit {
            customer: "acme",
            since: at("08:00:00"),
        });
        facts.duty = vec![DutySpan {
            since: at("08:30:00"),
            state,
        }];
        assert_eq!(
            told(&facts, "09:01:00"),
            format!("{word}, since 08:30, Duty")
        );
        assert_eq!(judge(&facts, at("09:01:00")).position, None);
    }
}

#[test]
fn the_end_of_a_working_day_needs_no_check_in() {
    let mut facts = facts(&[seen("17:59:00", 0.0)]);
    facts.duty = vec![
        DutySpan {
            since: at("09:00:00"),
            state: duty::State::OnDuty,
        },
        DutySpan {
            since: at("18:00:00"),
            state: duty::State::OffDuty,
        },
    ];
    assert_eq!(judge(&facts, at("17:59:59")).state, State::Stationary);
    assert_snapshot!(told(&facts, "18:00:00"), @"OFF_DUTY, since 18:00, Duty");
}

#[test]
fn the_next_change_is_silence_the_loss_of_the_position_or_a_change_of_duty() {
    let mut facts = facts(&[seen("09:00:00", 0.0)]);
    let next = |facts: &Facts<&str>, now| next_change(facts, at(now)).map(|change| change.time());
    let millis = TimeDelta::milliseconds(1);
    assert_eq!(
        next(&facts, "09:00:00"),
        Some((at("09:15:00") + millis).time())
    );
    assert_eq!(
        next(&facts, "09:16:00"),
        Some((at("10:00:00") + millis).time())
    );
    assert_eq!(next(&facts, "10:01:00"), None);
    let span = |since, state| DutySpan {
        since: at(since),
        state,
    };
    facts.duty = vec![
        span("08:00:00", duty::State::OnDuty),
        span("09:05:00", duty::State::Paused),
        span("11:00:00", duty::State::OnDuty),
    ];
    assert_eq!(next(&facts, "09:00:00"), Some(at("09:05:00").time()));
    assert_eq!(
        next(&facts, "09:05:00"),
        Some(at("11:00:00").time()),
        "nobody looks in a pause"
    );
}

#[test]
fn a_clock_in_the_future_freezes_nothing() {
    let ahead = Report {
        recorded_at: at("23:00:00"),
        ..seen("09:00:00", 0.0)
    };
    let next = seen("09:01:00", 400.0);
    let facts = facts(&[ahead, next]);
    assert_eq!(judge(&facts, at("09:01:30")).position, next.position);
    assert_eq!(
        judge(&facts, at("09:01:30")).age,
        Some(TimeDelta::seconds(30))
    );
    assert_eq!(facts.heard.map(|heard| heard.skew), Some(TimeDelta::zero()));
}

#[test]
fn a_phone_ahead_of_time_is_told_by_its_skew() {
    let ahead = Report {
        recorded_at: at("09:08:00"),
        ..seen("09:00:00", 0.0)
    };
    assert_eq!(
        facts(&[ahead]).heard.map(|heard| heard.skew),
        Some(TimeDelta::minutes(8))
    );
}

#[test]
fn an_old_backlog_does_not_flash_on_the_live_map() {
    let now = seen("14:00:00", 0.0);
    let mut facts = facts(&[now]);
    for clock in ["09:00:00", "10:00:00", "13:00:00"] {
        facts.absorb(&Report {
            received_at: at("14:00:10"),
            ..seen(clock, 90_000.0)
        });
        assert_eq!(judge(&facts, at("14:00:20")).position, now.position);
        assert_eq!(judge(&facts, at("14:00:20")).state, State::Stationary);
    }
}

#[test]
fn a_backlog_alone_is_stale_however_fresh_its_receipt() {
    let old = Report {
        received_at: at("14:00:00"),
        ..seen("09:00:00", 0.0)
    };
    assert_eq!(judge(&facts(&[old]), at("14:00:01")).state, State::Stale);
}

#[test]
fn a_vague_position_does_not_hide_a_good_one() {
    let vague = Report {
        accuracy_m: Some(1500.0),
        ..seen("09:10:00", 800.0)
    };
    assert_snapshot!(told(&facts(&[seen("09:00:00", 0.0), vague]), "09:11:00"), @"STATIONARY, since 09:00, 11 min old, 10 m, OnePosition");
    let later = Report {
        accuracy_m: Some(1500.0),
        ..seen("09:20:00", 800.0)
    };
    assert_snapshot!(told(&facts(&[seen("09:00:00", 0.0), later]), "09:21:00"), @"STATIONARY, since 09:00, 1 min old, 1500 m, Still");
}

#[test]
fn the_battery_is_the_newest_one_told() {
    let charged = |clock: &str, percent| Report {
        battery_pct: Some(percent),
        ..seen(clock, 0.0)
    };
    let facts = facts(&[
        charged("09:05:00", 79),
        charged("09:00:00", 80),
        seen("09:06:00", 0.0),
    ]);
    assert_eq!(judge(&facts, at("09:06:00")).battery_pct, Some(79));
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let report = (
        0..7200i64,
        0..600i64,
        prop::option::of(-2000.0..2000.0f64),
        0.0..300.0f64,
        prop::option::of(0.0..30.0f64),
        prop::option::of(0..=100u8),
    );
    prop::collection::vec(report, 0..60).prop_map(|reports| {
        reports
            .into_iter()
            .map(
                |(second, lag, x, accuracy_m, speed_mps, battery_pct)| Report {
                    recorded_at: at("09:00:00") + TimeDelta::seconds(second),
                    received_at: at("09:00:00") + TimeDelta::seconds(second + lag - 120),
                    position: x.and_then(|x| seen("09:00:00", x).position),
                    accuracy_m: Some(accuracy_m),
                    speed_mps,
                    battery_pct,
                },
            )
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_and_the_number_of_reports_change_nothing(
        (reports, delivered) in reports().prop_flat_map(|reports| {
            let twice = [reports.clone(), reports.clone()].concat();
            (Just(reports), Just(twice).prop_shuffle())
        })
    ) {
        let facts = facts(&reports);
        prop_assert_eq!(&facts, &self::facts(&delivered));
        prop_assert!(facts.spots.len() <= REMEMBERED_SPOTS);
        let text = serde_json::to_string(&facts).expect("facts as text");
        let leaked: &'static str = Box::leak(text.into_boxed_str());
        let read: Facts<&'static str> = serde_json::from_str(leaked).expect("facts");
        prop_assert_eq!(read.heard, facts.heard);
        prop_assert_eq!(read.spots.len(), facts.spots.len());
    }

    #[test]
    fn a_judgement_holds_until_the_next_change(
        reports in reports(), second in 0..9000i64, shares in prop::collection::vec(0.0..1.0f64, 8),
    ) {
        let mut facts = facts(&reports);
        facts.duty = [("08:00:00", duty::State::OnDuty), ("09:20:00", duty::State::Paused),
            ("09:30:00", duty::State::OnDuty), ("11:00:00", duty::State::OffDuty)]
            .map(|(since, state)| DutySpan { since: at(since), state })
            .to_vec();
        let now = at("09:00:00") + TimeDelta::seconds(second);
        let told = |now| { let told = judge(&facts, now); (told.state, told.customer) };
        let change = next_change(&facts, now);
        let until = change.unwrap_or(now + TimeDelta::days(400));
        prop_assert!(until > now);
        for share in shares {
            let length = (until - now - TimeDelta::milliseconds(1)).num_milliseconds();
            let between = now + TimeDelta::milliseconds((length as f64 * share) as i64);
            prop_assert_eq!(told(between), told(now));
        }
        prop_assert_eq!(told(until - TimeDelta::milliseconds(1)), told(now));
    }

    #[test]
    fn nobody_is_seen_where_they_were_not(reports in reports(), second in 0..9000i64) {
        let presence = judge(&facts(&reports), at("09:00:00") + TimeDelta::seconds(second));
        prop_assert!(presence.age.is_none_or(|age| age >= TimeDelta::zero()));
        let is_known = presence.position.is_none()
            || reports.iter().any(|report| report.position == presence.position);
        prop_assert!(is_known);
    }
}
