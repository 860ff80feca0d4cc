//! How often somebody may try to sign in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Failed tries that an account or an address has within the window.
const MOST: usize = 5;
/// How long a failed try counts.
const WINDOW: Duration = Duration::from_secs(60);
/// Past this many accounts and addresses the forgotten ones are swept out.
const SWEEP_AT: usize = 10_000;

/// Failed tries of the last minute, by account and by address. A try counts from its beginning,
/// so that tries at once are not free; a success takes it back, so that an office behind one
/// address can sign in.
#[derive(Debug, Default)]
pub struct Attempts {
    tries: Mutex<HashMap<Key, Vec<Instant>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    /// An IPv4 address, or the network (/64) of an IPv6 address.
    Address(u128),
}

/// A try that counts until it is taken back.
#[derive(Debug)]
pub struct Try {
    keys: Vec<Key>,
    at: Instant,
}

impl Attempts {
    /// Begins a try, or says how long to wait.
    pub fn begin(&self, account: &str, address: Option<IpAddr>) -> Result<Try> {
        self.begin_at(account, address, Instant::now())
    }

    fn begin_at(&self, account: &str, address: Option<IpAddr>, now: Instant) -> Result<Try> {
        let mut keys = vec![Key::Account(account.to_lowercase())];
        keys.extend(address.map(key_of));
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Instant| now.duration_since(*at) < WINDOW;
        if tries.len() > SWEEP_AT {
            tries.retain(|_, tries| tries.iter().any(is_recent));
        }
        for key in &keys {
            let Some(tries) = tries.get_mut(key) else {
                continue;
            };
            tries.retain(is_recent);
            if let (true, Some(oldest)) = (tries.len() >= MOST, tries.first()) {
                metrics::counter!("fieldhub_sign_ins_total", "outcome" => "limited").increment(1);
                return Err(Error::rate_limited(WINDOW - now.duration_since(*oldest)));
            }
        }
        for key in &keys {
            tries.entry(key.clone()).or_default().push(now);
        }
        Ok(Try { keys, at: now })
    }

    /// The try succeeded, so it does not count.
    pub fn succeeded(&self, attempt: Try) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &attempt.keys {
            let Some(counted) = tries.get_mut(key) else {
                continue;
            };
            if let Some(index) = counted.iter().position(|at| *at == attempt.at) {
                counted.remove(index);
            }
            if counted.is_empty() {
                tries.remove(key);
            }
        }
    }
}

fn key_of(address: IpAddr) -> Key {
    Key::Address(match address.to_canonical() {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address) >> 64 << 64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    #[test]
    fn the_sixth_failure_of_an_account_waits() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..MOST {
            attempts.begin_at("Ann@example.com", None, now).unwrap();
        }
        let refused = attempts.begin_at("ann@example.com", None, now).unwrap_err();
        assert_eq!(refused.code(), Code::RateLimited);
        assert_eq!(refused.retry_after(), Some(WINDOW));
        attempts.begin_at("bob@example.com", None, now).unwrap();
        attempts
            .begin_at("ann@example.com", None, now + WINDOW)
            .unwrap();
    }

    #[test]
    fn an_address_that_guesses_many_accounts_waits_and_others_do_not() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for n in 0..MOST {
            attempts.begin_at(&n.to_string(), HERE, now).unwrap();
        }
        assert!(attempts.begin_at("another", HERE, now).is_err());
        attempts
            .begin_at("another", Some([192, 0, 2, 7].into()), now)
            .unwrap();
    }

    #[test]
    fn successes_are_free() {
        let attempts = Attempts::default();
        for n in 0..50 {
            let attempt = attempts.begin(&n.to_string(), HERE).unwrap();
            attempts.succeeded(attempt);
        }
        assert!(attempts.tries.lock().unwrap().is_empty());
    }
}
