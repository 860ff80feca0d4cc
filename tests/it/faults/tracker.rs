//! What a phone says of a day: stays long and short, drives past, noise, jumps, buttons, silences.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::faults::scene::{Scene, Sent, Shop};

/// Writes down what one phone says while its rep moves.
pub(crate) struct Tracker {
    random: StdRng,
    now: DateTime<Utc>,
    here: (f64, f64),
    rep: usize,
    sent: Vec<Sent>,
}

impl Tracker {
    /// A rep at the origin.
    pub(crate) fn new(rep: usize, begin: DateTime<Utc>, seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            now: begin,
            here: (0.0, 0.0),
            rep,
            sent: Vec::new(),
        }
    }

    /// One of so many.
    pub(crate) fn choose(&mut self, count: usize) -> usize {
        self.random.random_range(0..count)
    }

    /// What was written down.
    pub(crate) fn into_sent(self) -> Vec<Sent> {
        self.sent
    }

    /// To a place at 7 m/s, with a fix every minute or two.
    pub(crate) fn ride(&mut self, to: (f64, f64)) {
        loop {
            let (east, north) = (to.0 - self.here.0, to.1 - self.here.1);
            let left = east.hypot(north);
            let seconds = self.random.random_range(40..130);
            let step = f64::from(seconds) * 7.0;
            if left <= step {
                break;
            }
            self.here = (
                self.here.0 + east / left * step,
                self.here.1 + north / left * step,
            );
            self.pass(seconds.into());
            self.fix("TRAIL", self.here, None);
        }
        self.here = to;
        self.pass(90);
    }

    /// At a shop, for a minute or for long.
    pub(crate) fn stay(&mut self, number: usize, shop: &Shop) {
        let minutes = [1, 4, 12, 25, 40][self.random.random_range(0..5)];
        let until = self.now + TimeDelta::minutes(minutes);
        if self.random.random_bool(0.4) {
            self.fix("ARRIVE", self.here, Some(number));
        }
        while self.now < until {
            let at = match self.random.random_range(0..40) {
                // A jump of the receiver, and a wander to the fence's edge.
                0 => (self.here.0 + 9_000.0, self.here.1),
                1..6 => (self.here.0 + shop.radius_m, self.here.1),
                _ => self.here,
            };
            self.fix("TRAIL", at, None);
            let seconds = self.random.random_range(30..200);
            self.pass(seconds);
        }
        if self.random.random_bool(0.3) {
            self.fix("DEPART", self.here, Some(number));
            self.pass(20);
        }
        if self.random.random_bool(0.1) {
            self.pass(4 * 3_600);
        }
    }

    fn pass(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds) + TimeDelta::milliseconds(7);
    }

    fn fix(&mut self, kind: &'static str, at: (f64, f64), shop: Option<usize>) {
        let noise = |random: &mut StdRng| random.random_range(-9.0..9.0);
        let noisy = (
            at.0 + noise(&mut self.random),
            at.1 + noise(&mut self.random),
        );
        let (latitude_e6, longitude_e6) = Scene::position_e6(noisy);
        let is_poor = self.random.random_bool(0.04);
        let accuracy_m: f64 = if is_poor {
            160.0
        } else {
            self.random.random_range(4.0_f64..35.0).round()
        };
        self.sent.push(Sent {
            id: format!("r{}-{}", self.rep, self.sent.len()),
            kind,
            at: self.now,
            latitude_e6,
            longitude_e6,
            accuracy_m,
            shop,
        });
    }
}
