//! A recorded track from a file, as the demo plays it.

use std::path::Path;

use anyhow::bail;
use chrono::TimeDelta;

use crate::{
    demo::place::Place,
    recording::{self, Fix},
};

/// A track without times is travelled at this speed, in metres a second.
const ASSUMED_MPS: f64 = 8.0;
/// Staying this long within [`HALT_RADIUS_M`] is a halt.
const HALT: TimeDelta = TimeDelta::minutes(3);
const HALT_RADIUS_M: f64 = 40.0;

/// One fix of a recorded track: how long after its first one, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TrackPoint {
    pub(crate) after: TimeDelta,
    pub(crate) place: Place,
}

/// Reads a track; of a file with several who moved, the one with the most fixes.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<TrackPoint>> {
    let shown = path.display();
    let recording = recording::read(path)?;
    let busiest = recording
        .whose()
        .into_iter()
        .max_by_key(|(_, count)| *count);
    let who = busiest.map(|(who, _)| who.to_owned()).unwrap_or_default();
    let own = recording.fixes.into_iter();
    let own = own.filter(|fix| fix.who.as_deref().unwrap_or_default() == who);
    let points = since_first(own.collect());
    if points.len() < 2 {
        bail!(
            "{shown} has {} points of the two a track needs",
            points.len()
        );
    }
    Ok(points)
}

/// The places where the track stayed three minutes or more, in order, each once.
pub(crate) fn halts(points: &[TrackPoint]) -> Vec<Place> {
    let mut halts: Vec<Place> = Vec::new();
    let mut from = 0;
    while from < points.len() {
        let centre = points[from].place;
        let near = points[from..].iter();
        let stayed = near.take_while(|point| point.place.distance_m(centre) <= HALT_RADIUS_M);
        let last = from + stayed.count() - 1;
        if points[last].after - points[from].after >= HALT {
            if halts
                .iter()
                .all(|halt| halt.distance_m(centre) > 3.0 * HALT_RADIUS_M)
            {
                halts.push(centre);
            }
            from = last;
        }
        from += 1;
    }
    halts
}

/// Times from the first fix on; where the file has none, by an assumed speed.
fn since_first(mut recorded: Vec<Fix>) -> Vec<TrackPoint> {
    let has_times = recorded.iter().all(|fix| fix.at.is_some());
    if has_times {
        recorded.sort_by_key(|fix| fix.at);
    }
    let mut points: Vec<TrackPoint> = Vec::with_capacity(recorded.len());
    let first = recorded.first().and_then(|fix| fix.at);
    for fix in recorded {
        let place = Place::new(fix.latitude, fix.longitude);
        let after = match (first, fix.at, points.last()) {
            (Some(first), Some(at), _) if has_times => at - first,
            (_, _, Some(last)) => last.after + travel(last.place, place),
            _ => TimeDelta::zero(),
        };
        if points.last().is_none_or(|last| last.after < after) {
            points.push(TrackPoint { after, place });
        }
    }
    points
}

fn travel(from: Place, to: Place) -> TimeDelta {
    TimeDelta::milliseconds(((from.distance_m(to) / ASSUMED_MPS) * 1_000.0).max(1_000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(points: &[TrackPoint]) -> Vec<i64> {
        points
            .iter()
            .map(|point| point.after.num_minutes())
            .collect()
    }

    fn fix(at: Option<&str>, latitude: f64) -> Fix {
        Fix {
            at: at.map(|at| at.parse().unwrap()),
            latitude,
            longitude: -104.97,
            ..Fix::default()
        }
    }

    #[test]
    fn a_track_without_times_is_travelled_at_an_assumed_speed() {
        let points = since_first(vec![fix(None, 39.74), fix(None, 39.75)]);
        assert_eq!(points.len(), 2);
        assert_eq!(points[1].after.num_seconds(), 138);
    }

    #[test]
    fn a_track_with_times_keeps_them() {
        let [first, second] = ["2020-01-01T00:00:00Z", "2020-01-01T00:05:00Z"];
        let points = since_first(vec![fix(Some(second), 1.0), fix(Some(first), 1.0)]);
        assert_eq!(minutes(&points), [0, 5]);
    }

    #[test]
    fn a_stay_of_three_minutes_is_a_halt() {
        let home = Place::new(53.4, -2.9);
        let point = |minute, east| TrackPoint {
            after: TimeDelta::minutes(minute),
            place: home.moved(east, 0.0),
        };
        let points = [
            point(0, 0.0),
            point(2, 500.0),
            point(4, 510.0),
            point(6, 505.0),
            point(8, 900.0),
        ];
        let halts = halts(&points);
        assert_eq!(halts.len(), 1);
        assert!(halts[0].distance_m(home.moved(500.0, 0.0)) < 1.0);
    }
}
