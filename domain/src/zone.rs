//! Where a company's local days and clock times lie among the instants, through every change of the clock.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The first instant at which the zone's clocks show the local time or a later one.
///
/// A time the clocks skip falls on the end of the gap; of a time they show twice, the first counts.
pub fn instant_of(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    if let Some(instant) = zone.from_local_datetime(&local).earliest() {
        return instant.to_utc();
    }
    match GapInfo::new(&local, &zone).and_then(|gap| gap.end) {
        Some(end) => end.to_utc(),
        None => local.and_utc(),
    }
}

/// The first instant of a local day, which is not midnight where the clocks skip midnight.
pub fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    instant_of(day.and_time(NaiveTime::MIN), zone)
}

/// The local day an instant belongs to.
pub fn day_of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The day a number of days later; the calendar's last day where it ends before.
pub(crate) fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days))
        .unwrap_or(NaiveDate::MAX)
}

/// The day a number of days earlier; the calendar's first day where it begins after.
pub(crate) fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use chrono_tz::Tz;

    use super::{day_of, instant_of, start_of};

    fn utc(local: &str, zone: Tz) -> String {
        let local = local.parse().expect("a local time");
        instant_of(local, zone).format("%m-%dT%H:%M").to_string()
    }

    #[test]
    fn a_skipped_time_falls_on_the_end_of_the_gap() {
        let skipped = utc("2026-03-29T02:30:00", Tz::Europe__Berlin);
        assert_eq!(skipped, "03-29T01:00");
        assert_eq!(skipped, utc("2026-03-29T03:00:00", Tz::Europe__Berlin));
    }

    #[test]
    fn of_a_time_shown_twice_the_first_counts() {
        assert_eq!(
            utc("2026-10-25T02:30:00", Tz::Europe__Berlin),
            "10-25T00:30"
        );
    }

    #[test]
    fn a_day_without_midnight_starts_at_one() {
        let day = NaiveDate::from_ymd_opt(2018, 11, 4).expect("a date");
        let start = start_of(day, Tz::America__Sao_Paulo);
        assert_eq!(start.to_rfc3339(), "2018-11-04T03:00:00+00:00");
        assert_eq!(day_of(start, Tz::America__Sao_Paulo), day);
    }

    #[test]
    fn a_day_the_country_skipped_has_no_length() {
        let skipped = NaiveDate::from_ymd_opt(2011, 12, 30).expect("a date");
        let next = NaiveDate::from_ymd_opt(2011, 12, 31).expect("a date");
        assert_eq!(
            start_of(skipped, Tz::Pacific__Apia),
            start_of(next, Tz::Pacific__Apia)
        );
    }
}
