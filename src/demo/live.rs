//! Synthetic reps in real time: each walks from customer to customer and posts as a phone does.

use std::{sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

use crate::demo::{
    motion::{Stop, Walk},
    phone::{Endpoint, Phone, Point, Receipt},
    place::Place,
};

/// A shift makes the evening count too; it is begun anew long before it would end by itself.
const SHIFT: TimeDelta = TimeDelta::hours(6);

/// A rep chooses the next customer among so many of the nearest.
const NEAREST: usize = 5;

/// A customer on the way, by its public id.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) customer: String,
    pub(crate) place: Place,
}

/// A rep to be moved.
#[derive(Debug, Clone)]
pub(crate) struct Mover {
    pub(crate) token: String,
    pub(crate) start: Place,
    pub(crate) targets: Vec<Target>,
}

/// How the reps move and report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between two readings of a phone.
    pub(crate) step: Duration,
    /// The shortest and the longest stay, in minutes.
    pub(crate) stay: (i64, i64),
    /// The reps' choices follow from it.
    pub(crate) seed: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            step: Duration::from_secs(10),
            stay: (4, 12),
            seed: 7,
        }
    }
}

/// Hears of each answer, with the time it took.
pub(crate) type Listener = Arc<dyn Fn(Result<&[Receipt], &anyhow::Error>, Duration) + Send + Sync>;

/// Moves the reps until the token is cancelled.
pub(crate) async fn run(
    endpoint: Endpoint,
    movers: Vec<Mover>,
    pace: Pace,
    listener: Listener,
    stop: CancellationToken,
) {
    let all = movers.into_iter().zip(0..).map(|(mover, number)| {
        let phone = Phone::new(endpoint.clone(), mover.token.clone());
        let random = StdRng::seed_from_u64(pace.seed.wrapping_add(number));
        let rep = LiveRep {
            phone,
            mover,
            pace,
            random,
            listener: listener.clone(),
        };
        stop.run_until_cancelled(rep.walk())
    });
    join_all(all).await;
}

struct LiveRep {
    phone: Phone,
    mover: Mover,
    pace: Pace,
    random: StdRng,
    listener: Listener,
}

impl LiveRep {
    /// Walks from customer to customer, for ever.
    async fn walk(mut self) {
        // Not all phones speak at the same instant.
        let delay = self.random.random_range(0.0..self.pace.step.as_secs_f64());
        tokio::time::sleep(Duration::from_secs_f64(delay)).await;
        let (mut here, mut choices) = self.begin();
        let mut shift_until = Utc::now();
        loop {
            if Utc::now() >= shift_until {
                self.phone.keep(Point::new("SHIFT_START", Utc::now(), None));
                shift_until = Utc::now() + SHIFT;
            }
            let walk = self.next_walk(here, choices);
            choices = NEAREST;
            here = walk.last().0;
            self.follow(walk).await;
        }
    }

    /// Where the rep is first, and among how many of the nearest customers they choose there. Some
    /// begin before a customer's door, so that whoever looks at once sees somebody arrive.
    fn begin(&mut self) -> (Place, usize) {
        match self.mover.targets.first() {
            Some(target) if self.random.random_bool(0.35) => (target.place.moved(80.0, 0.0), 1),
            _ => (self.mover.start, NEAREST),
        }
    }

    /// The way to one of the nearest customers, and the stay there; a stroll where there is none.
    fn next_walk(&mut self, here: Place, choices: usize) -> Walk<String> {
        let mut walk = Walk::from(here, Utc::now());
        let mut near: Vec<&Target> = self
            .mover
            .targets
            .iter()
            .filter(|t| t.place.distance_m(here) > 30.0)
            .collect();
        near.sort_by(|a, b| {
            a.place
                .distance_m(here)
                .total_cmp(&b.place.distance_m(here))
        });
        near.truncate(choices);
        if near.is_empty() {
            walk.go(self.mover.start.jittered(&mut self.random, 600.0));
            return walk;
        }
        let target = near[self.random.random_range(0..near.len())].clone();
        let (shortest, longest) = self.pace.stay;
        let stay = TimeDelta::minutes(self.random.random_range(shortest..=longest));
        walk.call(Stop {
            customer: target.customer,
            place: target.place,
            stay,
        });
        walk
    }

    /// Reads and posts along a walk until it is over; some reps press the buttons.
    async fn follow(&mut self, walk: Walk<String>) {
        let (_, end) = walk.last();
        let stay = walk.stays.first();
        let presses = self.random.random_bool(0.6);
        let (mut has_arrived, mut has_left) = (!presses, !presses);
        loop {
            let now = Utc::now().min(end);
            let reading = walk.read(now, &mut self.random);
            if let (Some(stay), false) = (stay, has_arrived)
                && now >= stay.from
            {
                let point = Point::new("ARRIVE", now, reading);
                self.phone.keep(point.at_customer(stay.customer.clone()));
                has_arrived = true;
            } else if let (Some(stay), false) = (stay, has_left)
                && now >= stay.until
            {
                let point = Point::new("DEPART", now, reading);
                self.phone.keep(point.at_customer(stay.customer.clone()));
                has_left = true;
            } else if let Some(reading) = reading {
                self.phone.keep(Point::new("TRAIL", now, Some(reading)));
            }
            self.report().await;
            if now >= end {
                return;
            }
            let share = self.random.random_range(0.8..1.2);
            tokio::time::sleep(self.pace.step.mul_f64(share)).await;
        }
    }

    async fn report(&mut self) {
        let begun = tokio::time::Instant::now();
        let answer = self.phone.send().await;
        let heard = answer.as_deref();
        (self.listener)(heard, begun.elapsed());
    }
}
