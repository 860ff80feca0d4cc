//! Wake-up hints: "look again", never "this happened". A hint may be lost or repeated, so every listener also polls.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// What may be worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A track has become due for the worker.
    Tracks,
    /// A visit has changed.
    Changes,
    /// A fence has changed.
    Fences,
    /// A rep's presence has changed.
    Presence,
}

impl Topic {
    pub(crate) const ALL: [Topic; 4] = [
        Topic::Tracks,
        Topic::Changes,
        Topic::Fences,
        Topic::Presence,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Topic::Tracks => "tracks",
            Topic::Changes => "changes",
            Topic::Fences => "fences",
            Topic::Presence => "presence",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.word() == word)
    }
}

/// The hints within this process: one counter a topic, so that any number of hints weigh as much as one.
#[derive(Clone, Debug)]
pub(crate) struct Wakes {
    counters: Arc<[watch::Sender<u64>; 4]>,
}

impl Wakes {
    pub(crate) fn new() -> Wakes {
        Wakes {
            counters: Arc::new([0u64; 4].map(watch::Sender::new)),
        }
    }

    pub(crate) fn wake(&self, topic: Topic) {
        self.counters[topic as usize].send_modify(|count| *count = count.wrapping_add(1));
    }

    /// For the moment after a silence in which hints may have been lost.
    pub(crate) fn wake_all(&self) {
        for topic in Topic::ALL {
            self.wake(topic);
        }
    }

    pub(crate) fn listen(&self, topic: Topic) -> Listener {
        Listener {
            counter: self.counters[topic as usize].subscribe(),
        }
    }
}

/// Hears the hints about one topic from the moment it was made.
#[derive(Clone, Debug)]
pub struct Listener {
    counter: watch::Receiver<u64>,
}

impl Listener {
    /// Returns at the first hint since the last call, or after `patience` without one: time to look either way.
    pub async fn wait(&mut self, patience: Duration) {
        let heard = tokio::time::timeout(patience, self.counter.changed()).await;
        if let Ok(Err(_hub_is_gone)) = heard {
            tokio::time::sleep(patience).await;
        }
    }
}
