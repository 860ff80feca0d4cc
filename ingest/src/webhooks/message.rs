//! What a message looks like on the wire, and when it is tried again. After "Standard Webhooks"
//! 1.0 (<https://www.standardwebhooks.com>): three headers, of which one signs the id, the time of
//! the try and the body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use entity::webhooks::webhook;
use rand::RngExt;
use standardwebhooks::{Webhook, WebhookError};

use super::outbox::Due;

/// The wait after the first failed try; each one after it is this many times as long.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(5);
const GROWTH: i32 = 6;
/// No wait is longer.
pub(super) const LONGEST_WAIT: TimeDelta = TimeDelta::hours(2);
/// Bytes of a new secret.
const SECRET_LENGTH: usize = 32;

/// A new secret.
pub fn new_secret() -> String {
    let secret: [u8; SECRET_LENGTH] = rand::rng().random();
    format!("whsec_{}", STANDARD.encode(secret))
}

/// An instant as messages tell it.
pub(crate) fn shown_instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The body of a message, the same at every try.
pub(super) fn body(due: &Due) -> String {
    serde_json::json!({
        "type": due.event.name(),
        "timestamp": shown_instant(due.occurred_at),
        "data": due.data,
    })
    .to_string()
}

/// The signature's header: by the secret, and by the one before it as long as that is known to
/// receivers.
pub(super) fn signature(
    webhook: &webhook::Model,
    id: &str,
    body: &str,
    now: DateTime<Utc>,
) -> Result<String, WebhookError> {
    let sign = |secret: &str| Webhook::new(secret)?.sign(id, now.timestamp(), body.as_bytes());
    let mut signatures = vec![sign(&webhook.secret)?];
    if let (Some(old), Some(until)) = (&webhook.old_secret, webhook.old_secret_until)
        && now < until
    {
        signatures.push(sign(old)?);
    }
    Ok(signatures.join(" "))
}

/// How long to wait after the `tries`-th try failed. `chance` from 0 to 1 spreads the waits by a
/// fifth to either side, so that what failed together does not come back together; an endpoint
/// that names a longer wait is given it.
pub(super) fn wait(tries: i32, asked: Option<TimeDelta>, chance: f64) -> TimeDelta {
    let steps = tries.clamp(1, 8) - 1;
    let seconds = FIRST_WAIT.num_seconds() * i64::from(GROWTH).pow(steps.unsigned_abs());
    let wait = TimeDelta::seconds(seconds).min(LONGEST_WAIT);
    let spread = wait.as_seconds_f64() * (0.8 + 0.4 * chance);
    let spread = TimeDelta::milliseconds((spread * 1_000.0) as i64);
    spread.max(asked.unwrap_or_default()).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_more_and_more_seldom_over_a_day() {
        let mut waited = TimeDelta::zero();
        let mut tries = 0;
        let mut waits = Vec::new();
        while waited < super::super::tell::TRIED_FOR {
            tries += 1;
            let wait = wait(tries, None, 0.5);
            waited += wait;
            waits.push(wait.num_seconds());
        }
        assert_eq!(waits[..6], [5, 30, 180, 1_080, 6_480, 7_200]);
        assert_eq!(tries, 16);
    }

    #[test]
    fn waits_are_spread_and_an_endpoints_wish_is_kept_within_bounds() {
        assert_eq!(wait(1, None, 0.0), TimeDelta::seconds(4));
        assert_eq!(wait(1, None, 1.0), TimeDelta::seconds(6));
        let wish = |seconds| Some(TimeDelta::seconds(seconds));
        assert_eq!(wait(1, wish(60), 0.5), TimeDelta::seconds(60));
        assert_eq!(wait(1, wish(1), 0.5), TimeDelta::seconds(5));
        assert_eq!(wait(1, wish(1_000_000), 0.5), LONGEST_WAIT);
        assert_eq!(wait(i32::MAX, None, 0.5), LONGEST_WAIT);
        assert_eq!(wait(0, None, 0.5), TimeDelta::seconds(5));
    }

    #[test]
    fn the_old_secret_signs_beside_the_new_one_until_its_time_is_over() {
        let until = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let webhook = webhook::Model {
            id: entity::id::WebhookId::new(),
            name: "CRM".to_owned(),
            url: "https://x.example/".to_owned(),
            events: serde_json::json!([]),
            secret: new_secret(),
            old_secret: Some(new_secret()),
            old_secret_until: Some(until),
            created_by: entity::id::UserId::new(),
            created_at: until,
            disabled_at: None,
            disabled_reason: None,
            failing_since: None,
        };
        let signed = |at| signature(&webhook, "msg_1", "{}", at).unwrap();
        let before = signed(until - TimeDelta::seconds(1));
        let signatures: Vec<&str> = before.split(' ').collect();
        let own = |secret: &str, at: DateTime<Utc>| {
            let webhook = Webhook::new(secret).unwrap();
            webhook.sign("msg_1", at.timestamp(), b"{}").unwrap()
        };
        let last = until - TimeDelta::seconds(1);
        let old = webhook.old_secret.as_deref().unwrap();
        assert_eq!(signatures, [own(&webhook.secret, last), own(old, last)]);
        assert_eq!(signed(until), own(&webhook.secret, until));
    }

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, other) = (new_secret(), new_secret());
        assert_ne!(one, other);
        let encoded = one.strip_prefix("whsec_").unwrap();
        assert_eq!(STANDARD.decode(encoded).unwrap().len(), SECRET_LENGTH);
    }
}
