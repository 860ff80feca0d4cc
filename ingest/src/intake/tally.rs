//! Counting what becomes of points: never where they are, never whose.

use metrics::counter;

use super::plan::Answer;
use super::store::Duplicates;

/// Counts the answers of a committed group. A point that was answered before counts as repeated,
/// so that a phone's retries do not look like work.
pub(crate) fn count(answers: &[Answer], duplicates: &Duplicates) {
    for answer in answers {
        match answer {
            Answer::New(fix) if duplicates.contains_key(fix) => {
                counter!("fieldhub_check_ins_duplicate_total").increment(1);
            }
            Answer::New(_) => counter!("fieldhub_check_ins_accepted_total").increment(1),
            Answer::Accepted => counter!("fieldhub_check_ins_repeated_total").increment(1),
            Answer::Duplicate => counter!("fieldhub_check_ins_duplicate_total").increment(1),
            Answer::Quarantined(fault) => {
                let reason = fault.reason.code();
                counter!("fieldhub_check_ins_quarantined_total", "reason" => reason).increment(1);
            }
            Answer::Ignored(ignored) => {
                let reason = ignored.code();
                counter!("fieldhub_check_ins_ignored_total", "reason" => reason).increment(1);
            }
        }
    }
}
