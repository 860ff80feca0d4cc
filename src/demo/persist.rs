//! A phone that does not give up: it sends until the hub has taken everything, and counts the answers.

use std::{collections::BTreeMap, fmt, time::Duration};

use indicatif::ProgressBar;
use tokio::time::sleep;

use super::phone::{Phone, Receipt};

/// The pause after a batch that was not taken; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So many failures in a row end a replay.
const MOST_FAILURES: u32 = 8;
/// What the hub answered.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn add(&mut self, receipts: &[Receipt]) {
        for receipt in receipts {
            let told = match &receipt.reason {
                Some(reason) => format!("{} {reason}", receipt.status),
                None => receipt.status.clone(),
            };
            *self.0.entry(told).or_default() += 1;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self
            .0
            .iter()
            .map(|(what, count)| format!("{count} {what}"))
            .collect();
        match told.is_empty() {
            true => f.write_str("nothing sent"),
            false => f.write_str(&told.join(", ")),
        }
    }
}

/// Sends what the phone keeps, again and again while the hub does not take it.
pub(crate) async fn persist(
    phone: &mut Phone,
    tally: &mut Tally,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let mut pause = FIRST_PAUSE;
    let mut failures = 0;
    while phone.waiting() > 0 {
        match phone.send().await {
            Ok(receipts) => {
                bar.inc(receipts.len() as u64);
                tally.add(&receipts);
            }
            Err(error) => {
                failures += 1;
                if failures == MOST_FAILURES {
                    return Err(error.context("the replay broke off; run it again to go on"));
                }
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    Ok(())
}
