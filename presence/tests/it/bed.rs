//! A store to test, and short ways to fill it.

use chrono::{TimeDelta, Utc};
use domain::duty::State;
use domain::position::Position;
use domain::presence::{DutySpan, Report};
use entity::id::UserId;
use presence::{Facts, Presence};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Local,
    Redis,
}

/// A fresh store, with the server behind it where there is one.
pub(crate) struct Bed {
    pub(crate) presence: Presence,
    pub(crate) server: Option<Server>,
}

impl Bed {
    pub(crate) async fn new(kind: Kind) -> Bed {
        match kind {
            Kind::Local => Bed {
                presence: Presence::local(),
                server: None,
            },
            Kind::Redis => {
                let server = Server::start().await;
                Bed {
                    presence: server.presence(),
                    server: Some(server),
                }
            }
        }
    }
}

/// A Redis server of the test's own.
pub(crate) struct Server(testbed::RedisServer);

impl Server {
    pub(crate) async fn start() -> Server {
        Server(testbed::redis().await.unwrap())
    }

    pub(crate) fn presence(&self) -> Presence {
        Presence::redis(&self.0.url()).unwrap()
    }

    /// Runs a command of the server's administrator.
    pub(crate) async fn run(&self, words: &[&str]) {
        let client = redis::Client::open(self.0.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let _: redis::Value = command.query_async(&mut connection).await.unwrap();
    }

    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.0.restart().unwrap();
    }
}

/// The rep of that number.
pub(crate) fn rep(number: u64) -> UserId {
    UserId::from(uuid::Uuid::from_u64_pair(7, number))
}

/// Facts of a rep in Shanghai.
pub(crate) fn facts(number: u64, revision: i64) -> Facts {
    facts_at(number, revision, Some((31.2304, 121.4737)))
}

/// Facts of a rep at a place (latitude, longitude), or at none.
pub(crate) fn facts_at(number: u64, revision: i64, place: Option<(f64, f64)>) -> Facts {
    let mut facts = Facts::none(rep(number).uuid());
    facts.revision = revision;
    facts.absorb(&Report {
        recorded_at: Utc::now(),
        received_at: Utc::now(),
        position: place.map(|(latitude, longitude)| Position::new(latitude, longitude).unwrap()),
        accuracy_m: Some(5.0),
        speed_mps: None,
        battery_pct: Some(80),
    });
    facts
}

/// The same of a rep who is not at work.
pub(crate) fn off_duty(mut facts: Facts) -> Facts {
    let since = Utc::now() - TimeDelta::minutes(1);
    facts.duty = vec![DutySpan {
        since,
        state: State::OffDuty,
    }];
    facts
}

/// `rep@revision …`
pub(crate) fn told(facts: &[Facts]) -> String {
    let one = |facts: &Facts| format!("{}@{}", facts.rep.as_u64_pair().1, facts.revision);
    facts.iter().map(one).collect::<Vec<_>>().join(" ")
}
