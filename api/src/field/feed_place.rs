//! How far a subscriber of presence has come, as the text by which it goes on later.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::bounds::Bounds;
use entity::id::{TeamId, UserId};
use presence::Cursor;

use crate::error::Error;

/// A place in the presence feed, for what one subscriber is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// What was read.
    pub(super) cursor: Cursor,
    /// When it was judged: what changes by age alone since then is told too.
    pub(super) at: DateTime<Utc>,
    /// What the subscriber was shown. A subscriber who is shown something else begins anew.
    pub(super) shown: Shown,
}

/// A digest of whom, which team and which part of the map a subscriber is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown(u64);

impl Shown {
    pub(super) fn of(reps: &HashSet<UserId>, team: Option<TeamId>, area: Option<&Bounds>) -> Self {
        let mut reps: Vec<&UserId> = reps.iter().collect();
        reps.sort_unstable();
        let edges = area
            .map(|area| [area.south(), area.west(), area.north(), area.east()].map(f64::to_bits));
        let mut hasher = DefaultHasher::new();
        (reps, team, edges).hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.timestamp_millis();
        write!(f, "{}~{at}~{:x}", self.cursor, self.shown.0)
    }
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (cursor, rest) = text.split_once('~')?;
            let (at, shown) = rest.split_once('~')?;
            Some(Self {
                cursor: cursor.parse().ok()?,
                at: DateTime::from_timestamp_millis(at.parse().ok()?)?,
                shown: Shown(u64::from_str_radix(shown, 16).ok()?),
            })
        };
        read().ok_or_else(|| Error::bad_input("afterSeq is not of this feed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        let place = Place {
            cursor: "abc:7".parse().unwrap(),
            at: DateTime::from_timestamp_millis(1_793_700_000_123).unwrap(),
            shown: Shown::of(&HashSet::from([UserId::new()]), None, None),
        };
        assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
    }

    #[test]
    fn what_is_not_a_place_is_refused() {
        for text in ["", "7", "abc:7", "abc:7~x~0", "abc:7~1~xyz~", "~1~1"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
