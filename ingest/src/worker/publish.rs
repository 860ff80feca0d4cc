//! Step 6: tells the live state and everyone who waits for changes.

use presence::{Facts, Presence, Topic};

use super::derive::Derived;
use super::save::Saved;

/// Publishes what was saved. The database has it already: what cannot be told now is told by the
/// rebuild.
pub(crate) async fn publish(presence: &Presence, derived: Vec<Derived>, saved: &Saved) -> bool {
    let facts: Vec<Facts> = derived
        .into_iter()
        .filter(|derived| saved.reps.contains(&derived.track.claimed.rep))
        .map(|derived| derived.facts)
        .collect();
    if saved.has_news {
        presence.wake(Topic::Changes).await;
    }
    match presence.put(&facts).await {
        Ok(_) => true,
        Err(error) => {
            tracing::debug!(%error, tracks = facts.len(), "presence was not published");
            false
        }
    }
}
