//! Where the facts about a rep put them on the map.

use chrono::Utc;
use domain::position::Position;
use domain::presence::judge;
use entity::id::UserId;
use uuid::Uuid;

use crate::Area;

/// The newest facts about a rep.
pub type Facts = domain::presence::Facts<Uuid>;

/// Whose they are.
pub(crate) fn rep(facts: &Facts) -> UserId {
    UserId::from(facts.rep)
}

/// Where the rep is now; nowhere while off duty or in a pause.
pub(crate) fn place(facts: &Facts) -> Option<Position> {
    judge(facts, Utc::now()).position
}

/// Whether the rep is in an area now.
pub(crate) fn is_in(facts: &Facts, area: Area) -> bool {
    place(facts).is_some_and(|place| area.contains(place.latitude(), place.longitude()))
}
