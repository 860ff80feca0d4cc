//! The friends in OwnTracks' reply: teammates whose positions the team's manager shares.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::position::Position;
use entity::id::UserId;
use entity::viewer::Viewer;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

/// A teammate as a phone may show them.
#[derive(Clone, Debug, PartialEq)]
pub struct Friend {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// When they were there.
    pub at: DateTime<Utc>,
    /// Where.
    pub position: Position,
    /// Error radius in metres.
    pub accuracy_m: Option<f64>,
}

/// Finds the friends of whoever sends; nobody where nobody may be shown, or cannot be now. The
/// look at them is written down by then.
pub type Friends = Arc<dyn Fn(Viewer) -> BoxFuture<'static, Vec<Friend>> + Send + Sync>;

/// A reply that shows them: a card and a location each.
pub(super) fn reply(friends: &[Friend]) -> Value {
    let shown = friends.iter().flat_map(|friend| {
        let tid = tid(&friend.name);
        let mut location = json!({
            "_type": "location",
            "tid": tid,
            "lat": friend.position.latitude(),
            "lon": friend.position.longitude(),
            "tst": friend.at.timestamp(),
            "topic": format!("owntracks/{}/phone", friend.id),
        });
        if let Some(metres) = friend.accuracy_m {
            location["acc"] = json!(metres.round() as i64);
        }
        [
            json!({"_type": "card", "tid": tid, "name": friend.name}),
            location,
        ]
    });
    Value::Array(shown.collect())
}

/// Two characters that stand for a name: the first letters of its first and last word; of a single
/// word the last two, as Chinese names are shortened.
fn tid(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [] => "?".to_owned(),
        [word] => {
            let count = word.chars().count();
            word.chars().skip(count.saturating_sub(2)).collect()
        }
        [first, .., last] => [first, last]
            .iter()
            .filter_map(|word| word.chars().next())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_by_two_characters() {
        assert_eq!(tid("Anna Maria Schmidt"), "AS");
        assert_eq!(tid("王小明"), "小明");
        assert_eq!(tid("Li"), "Li");
        assert_eq!(tid("  "), "?");
    }
}
