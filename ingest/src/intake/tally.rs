//! Counting what becomes of points: never where they are, never whose.

use metrics::counter;

use super::plan::Answer;

/// Counts the answers of a committed group.
pub(crate) fn count(answers: &[Answer]) {
    for answer in answers {
        match answer {
            Answer::New(_) | Answer::Accepted => {
                counter!("fieldhub_check_ins_accepted_total").increment(1);
            }
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
