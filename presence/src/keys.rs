//! Every Redis key and channel of the hub: the one place that names them.
//!
//! A rep's own key carries the rep as hash tag, so that a cluster spreads the states; the keys of the feed share one
//! tag, so that a script may touch them together.

use entity::id::UserId;

/// Raised when the shape of what is stored changes: an older release's keys are then left to expire.
const PREFIX: &str = "fieldhub:1";

/// The newest facts of one rep, as `revision newline JSON`; expires.
pub(crate) fn live(rep: UserId) -> String {
    format!("{PREFIX}:{{{rep}}}:live")
}

/// The keys of the change feed, in the order in which every feed script takes them.
pub(crate) fn feed() -> [String; 5] {
    ["order", "sequence", "epoch", "places", "revisions"]
        .map(|part| format!("{PREFIX}:{{feed}}:{part}"))
}

/// The channel of wake-up hints.
pub(crate) fn wake_channel() -> String {
    format!("{PREFIX}:wake")
}
