//! Names and times as people write them.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::visit::Visit;
use serde::{Deserialize, Serialize};

use super::scene::midnight;

/// A name, as small as a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Name([u8; 8]);

pub(super) fn name(text: &str) -> Name {
    let mut letters = [0; 8];
    letters[..text.len()].copy_from_slice(text.as_bytes());
    Name(letters)
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.0.iter().take_while(|letter| **letter != 0);
        letters
            .map(|letter| char::from(*letter))
            .try_for_each(|letter| write!(f, "{letter}"))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Visits as people read them: `acme 09:00-09:15 EXIT`.
pub(super) fn told(visits: &[Visit<Name>]) -> String {
    let lines: Vec<String> = visits.iter().map(told_one).collect();
    lines.join("\n")
}

fn told_one(visit: &Visit<Name>) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap_or("").to_owned();
    let left = visit.left_at.map_or_else(String::new, clock);
    let end = visit
        .end
        .map_or("open".to_owned(), |end| word(serde_json::json!(end)));
    let opened_by = word(serde_json::json!(visit.opened_by));
    let opened_by = if opened_by == "TRAIL" {
        String::new()
    } else {
        format!(" by {opened_by}")
    };
    format!(
        "{} {}-{left} {end}{opened_by}",
        visit.customer,
        clock(visit.arrived_at)
    )
}

/// Hours and minutes since the first midnight, seconds where there are any.
pub(super) fn clock(at: DateTime<Utc>) -> String {
    let seconds = (at - midnight()).num_seconds();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if seconds == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}
