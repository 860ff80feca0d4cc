//! Instants and days as files write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::zone;

/// How a local time is written: by machines, by Zoho's lists, in Chinese.
const TIMES: [&str; 8] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%b %d, %Y %I:%M %p",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
];
/// How a day is written.
const DAYS: [&str; 4] = ["%Y-%m-%d", "%Y/%m/%d", "%b %d, %Y", "%Y年%m月%d日"];

/// An instant: RFC 3339, seconds or milliseconds since 1970, or a time or a day's beginning in the
/// zone.
pub(super) fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match text.len() {
            10 => DateTime::from_timestamp(number, 0),
            13 => DateTime::from_timestamp_millis(number),
            _ => None,
        };
    }
    Some(zone::instant_of(local(text)?, zone))
}

/// A day of the zone's calendar; of a time its day.
pub(super) fn day(text: &str, zone: Tz) -> Option<NaiveDate> {
    match local(text) {
        Some(local) => Some(local.date()),
        None => instant(text, zone).map(|instant| zone::day_of(instant, zone)),
    }
}

fn local(text: &str) -> Option<NaiveDateTime> {
    let time = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let day = |format| NaiveDate::parse_from_str(text, format).ok();
    let midnight = || DAYS.into_iter().find_map(day);
    let time = TIMES.into_iter().find_map(time);
    time.or_else(|| Some(midnight()?.and_time(NaiveTime::MIN)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2025-10-07T10:55:00Z")]
    #[case("2025-10-07T18:55:00+08:00")]
    #[case("2025-10-07 18:55:00")]
    #[case("2025-10-07T18:55:00.000")]
    #[case("2025-10-07 18:55")]
    #[case("2025/10/7 18:55")]
    #[case("Oct 7, 2025 6:55 PM")]
    #[case("2025年10月07日 18:55")]
    #[case("1759834500")]
    #[case("1759834500000")]
    fn an_instant_is_read_in_the_zone(#[case] text: &str) {
        let instant = instant(text, Tz::Asia__Shanghai).unwrap();
        assert_eq!(instant.to_rfc3339(), "2025-10-07T10:55:00+00:00");
        let day = day(text, Tz::Asia__Shanghai).unwrap();
        assert_eq!(day.to_string(), "2025-10-07");
    }

    #[rstest]
    #[case("2025-10-07")]
    #[case("2025/10/7")]
    #[case("Oct 7, 2025")]
    #[case("2025年10月7日")]
    fn a_day_begins_in_the_zone(#[case] text: &str) {
        let instant = instant(text, Tz::Asia__Shanghai).unwrap();
        assert_eq!(instant.to_rfc3339(), "2025-10-06T16:00:00+00:00");
        let day = day(text, Tz::Asia__Shanghai).unwrap();
        assert_eq!(day.to_string(), "2025-10-07");
    }

    #[rstest]
    fn what_is_no_time_is_none(
        #[values("", "soon", "2025-13-01", "7/10/2025", "12", "99999999999999999999")] text: &str,
    ) {
        assert_eq!(instant(text, Tz::UTC), None);
        assert_eq!(day(text, Tz::UTC), None);
    }
}
