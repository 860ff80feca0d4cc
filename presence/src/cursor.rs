//! How far a reader of the feed has read.

use std::fmt;
use std::str::FromStr;

/// A place in the feed: the newest sequence a reader has seen, and the epoch it was counted in.
///
/// To a client it is an opaque text. A cursor of another epoch (the store was emptied or restarted) is not an error:
/// its reader starts over with a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) epoch: String,
    pub(crate) sequence: u64,
}

/// The text is not a cursor that this hub has ever given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of the presence feed")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.sequence)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Cursor, NotACursor> {
        let (epoch, sequence) = text.split_once(':').ok_or(NotACursor)?;
        if epoch.is_empty() || epoch.len() > 64 || !epoch.chars().all(|c| c.is_ascii_alphanumeric())
        {
            return Err(NotACursor);
        }
        let sequence = sequence.parse().map_err(|_| NotACursor)?;
        Ok(Cursor {
            epoch: epoch.to_owned(),
            sequence,
        })
    }
}

/// A fresh epoch: no two are alike.
pub(crate) fn new_epoch() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
