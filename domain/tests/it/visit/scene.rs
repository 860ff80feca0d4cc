//! A small reader: a town of customers on a straight road, and tracks written as sentences.
//!
//! `"09:00 acme, 09:05 acme+80~20, 09:10 road"` is a rep at acme's centre, then 80 m past it with
//! an error of 20 m, then far from everybody. `09:00 arrive acme`, `09:00 depart acme at road`
//! are buttons, `09:00 beat` is a heartbeat, `acme/b` a reading of the device b, 33:00 is nine
//! o'clock the next day. Without more, the error is 10 m and the device a.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::distance::metres;
use domain::position::Position;
use domain::visit::{
    Assignment, Correction, Decision, Derivation, FenceRef, FenceVersion, Fix, Kind, Located, Near,
    Plan, RuleVersion, VisitRule, World, derive,
};

pub(super) use super::telling::{Name, clock, name, told};

/// A town, and what the company knows of it.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) world: World<Name>,
    /// Where things are: metres along the road.
    places: BTreeMap<String, f64>,
    circles: Vec<(FenceRef<Name>, Position, f64)>,
}

/// Customers acme, beta and cafe, 1 km apart, each in a circle of 50 m; gold has no fence.
pub(super) fn town() -> Scene {
    Scene::empty()
        .customer("acme", 0.0, 50.0)
        .customer("beta", 1000.0, 50.0)
        .customer("cafe", 2000.0, 50.0)
        .place("gold", 3000.0)
        .place("road", 500.0)
}

/// The visits of a track through [`town`].
pub(super) fn visits(track: &str) -> String {
    town().visits(track)
}

/// An instant of the town's first day; hours may go past 24.
pub(super) fn at(clock: &str) -> DateTime<Utc> {
    let mut parts = clock
        .split(':')
        .map(|part| part.parse::<i64>().expect("a clock time"));
    let mut next = || parts.next().unwrap_or(0);
    let (hours, minutes, seconds) = (next(), next(), next());
    midnight() + TimeDelta::seconds((hours * 60 + minutes) * 60 + seconds)
}

pub(super) fn midnight() -> DateTime<Utc> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
    day.and_hms_opt(0, 0, 0).expect("midnight").and_utc()
}

/// The place `x` metres along the road.
pub(super) fn on_road(x: f64) -> Position {
    let degrees = |x: f64| Position::new(48.0, 11.0 + x).expect("a position");
    let scale = metres(degrees(0.0), degrees(0.01)) / 0.01;
    degrees(x / scale)
}

impl Scene {
    pub(super) fn empty() -> Scene {
        Scene {
            world: World::empty(),
            places: BTreeMap::new(),
            circles: Vec::new(),
        }
    }

    /// An assigned customer with one circle.
    pub(super) fn customer(self, customer: &str, x: f64, radius_m: f64) -> Scene {
        self.place(customer, x)
            .fence(customer, customer, on_road(x), radius_m)
            .assign(customer)
    }

    pub(super) fn place(mut self, place: &str, x: f64) -> Scene {
        self.places.insert(place.to_owned(), x);
        self
    }

    /// A first version of a fence, valid always.
    pub(super) fn fence(
        mut self,
        fence: &str,
        customer: &str,
        centre: Position,
        radius_m: f64,
    ) -> Scene {
        let fence = FenceRef {
            fence: name(fence),
            version: 1,
        };
        self.world.fences.push(FenceVersion {
            fence,
            customer: name(customer),
            area_m2: std::f64::consts::PI * radius_m * radius_m,
            valid_from: DateTime::<Utc>::MIN_UTC,
            valid_to: None,
        });
        self.circles.push((fence, centre, radius_m));
        self
    }

    /// A new version of a fence from an instant on.
    pub(super) fn edit(mut self, fence: &str, since: &str, x: f64, radius_m: f64) -> Scene {
        self = self.retire(fence, since);
        let known = self
            .world
            .fences
            .iter()
            .filter(|known| known.fence.fence == name(fence));
        let newest = *known
            .max_by_key(|known| known.fence.version)
            .expect("a fence to edit");
        let fence = FenceRef {
            version: newest.fence.version + 1,
            ..newest.fence
        };
        let area_m2 = std::f64::consts::PI * radius_m * radius_m;
        let version = FenceVersion {
            fence,
            area_m2,
            valid_from: at(since),
            valid_to: None,
            ..newest
        };
        self.world.fences.push(version);
        self.circles.push((fence, on_road(x), radius_m));
        self
    }

    pub(super) fn retire(mut self, fence: &str, since: &str) -> Scene {
        for known in &mut self.world.fences {
            if known.fence.fence == name(fence) && known.valid_to.is_none() {
                known.valid_to = Some(at(since));
            }
        }
        self
    }

    pub(super) fn assign(mut self, customer: &str) -> Scene {
        let valid_from = DateTime::<Utc>::MIN_UTC;
        self.world.assignments.push(Assignment {
            customer: name(customer),
            valid_from,
            valid_to: None,
        });
        self
    }

    /// Takes a customer out of the rep's care for good.
    pub(super) fn unassign(mut self, customer: &str, since: &str) -> Scene {
        for assignment in &mut self.world.assignments {
            if assignment.customer == name(customer) {
                assignment.valid_to = Some(at(since));
            }
        }
        self
    }

    pub(super) fn plan(mut self, id: &str, customer: &str, made_at: &str) -> Scene {
        self.world.plans.push(Plan {
            id: name(id),
            customer: name(customer),
            from: midnight(),
            until: midnight() + TimeDelta::days(1),
            made_at: at(made_at),
            cancelled_at: None,
        });
        self
    }

    pub(super) fn correct(mut self, when: &str, customer: Option<&str>, decided_at: &str) -> Scene {
        let customer = customer.map(name);
        self.world.corrections.push(Correction {
            at: at(when),
            customer,
            decided_at: at(decided_at),
        });
        self
    }

    pub(super) fn tracking(mut self, since: &str, device: &str) -> Scene {
        self.world.tracking.push((at(since), name(device)));
        self
    }

    /// A rule for a segment, or for everyone, from an instant on.
    pub(super) fn rule(
        mut self,
        id: &str,
        segment: Option<&str>,
        since: &str,
        rule: VisitRule,
    ) -> Scene {
        let (id, segment) = (name(id), segment.map(name));
        self.world.rules.push(RuleVersion {
            id,
            segment,
            valid_from: at(since),
            rule,
        });
        self
    }

    pub(super) fn segment(mut self, customer: &str, segment: &str) -> Scene {
        self.world.segments.push((name(customer), name(segment)));
        self
    }

    /// The visits of a track, one a line, as known a minute after its last check-in.
    pub(super) fn visits(&self, track: &str) -> String {
        told(&self.derive(track).visits)
    }

    pub(super) fn derive(&self, track: &str) -> Derivation<Name> {
        let fixes = self.track(track);
        let last = fixes.iter().map(|located| located.fix.recorded_at).max();
        let as_of = last.unwrap_or_else(midnight) + TimeDelta::minutes(1);
        derive(&self.world, None, &fixes, as_of)
    }

    pub(super) fn visits_as_of(&self, track: &str, as_of: &str) -> String {
        told(&derive(&self.world, None, &self.track(track), at(as_of)).visits)
    }

    /// The check-ins of a track, with the fences near them.
    pub(super) fn track(&self, track: &str) -> Vec<Located<Name>> {
        let sentences = track
            .split(',')
            .map(str::trim)
            .filter(|sentence| !sentence.is_empty());
        sentences
            .map(|sentence| self.locate(self.fix(sentence)))
            .collect()
    }

    /// Finds the fences near a fix, as the hub does.
    pub(super) fn locate(&self, fix: Fix<Name>) -> Located<Name> {
        let mut near = Vec::new();
        if let Some(position) = fix.position {
            let reach_m = self.world.reach_m(&fix);
            let is_button = matches!(fix.kind, Kind::Arrive | Kind::Depart);
            for ((fence, centre, radius_m), version) in self.circles.iter().zip(&self.world.fences)
            {
                let distance_m = metres(*centre, position) - radius_m;
                let is_named = is_button && fix.customer == Some(version.customer);
                if distance_m <= reach_m || is_named {
                    near.push(Near {
                        fence: *fence,
                        distance_m,
                    });
                }
            }
        }
        Located { fix, near }
    }

    fn fix(&self, sentence: &str) -> Fix<Name> {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let (clock, words) = words.split_first().expect("a time");
        let (kind, customer, place) = match words {
            ["beat"] => (Kind::Heartbeat, None, None),
            ["start"] => (Kind::ShiftStart, None, None),
            ["arrive", customer, "at", place, ..] => (Kind::Arrive, Some(customer), Some(*place)),
            ["arrive", customer, ..] => (Kind::Arrive, Some(customer), Some(*customer)),
            ["depart", customer, "at", place] => (Kind::Depart, Some(customer), Some(*place)),
            ["depart", customer] => (Kind::Depart, Some(customer), Some(*customer)),
            [place] => (Kind::Trail, None, Some(*place)),
            _ => panic!("not a sighting: {sentence}"),
        };
        let (place, device) = split(place.unwrap_or(""), '/');
        let (place, accuracy) = split(place, '~');
        let (place, offset) = split(place, '+');
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let offset = offset.map_or(0.0, number);
        Fix {
            recorded_at: at(clock),
            kind,
            device: name(device.unwrap_or("a")),
            customer: customer.map(|customer| name(customer)),
            position: (!place.is_empty()).then(|| on_road(self.places[place] + offset)),
            accuracy_m: Some(accuracy.map_or(10.0, number)),
            decision: match words.last() {
                Some(&"accepted") => Some(Decision::Accepted),
                Some(&"refused") => Some(Decision::Refused),
                _ => None,
            },
        }
    }
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark)
        .map_or((text, None), |(text, rest)| (text, Some(rest)))
}
