//! What is known of a rep.

use entity::id::UserId;
use serde::{Deserialize, Serialize};

/// local
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// whose
    pub rep: UserId,
    /// track revision
    pub revision: i64,
    /// lat, lon
    pub position: Option<(f64, f64)>,
}

impl Facts {
    /// lat, lon
    pub(crate) fn place(&self) -> Option<(f64, f64)> {
        self.position
    }

    pub(crate) fn is_in(&self, area: crate::Area) -> bool {
        self.place()
            .is_some_and(|(latitude, longitude)| area.contains(latitude, longitude))
    }
}
