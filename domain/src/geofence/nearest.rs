//! The distance from a point to the nearest edge.

use super::polygon::MultiPolygon;
use super::ring::Vertex;
use crate::distance::{Metric, POLAR_CAP_DEG, metres};
use crate::position::Position;

/// Up to this distance the metric at the point's latitude picks the edge well enough.
const ONE_PASS_M: f64 = 1_000.0;
/// Up to this distance that metric also measures.
const LOCAL_REACH_M: f64 = 10_000.0;

/// Metres to the nearest edge.
///
/// The edge is picked in the plane of longitude and latitude scaled at the point, where edges are
/// straight; then the step to it is measured on the ellipsoid. Farther away the plane is scaled at
/// the middle latitude once more.
pub(super) fn distance_m(polygon: &MultiPolygon, point: Vertex) -> f64 {
    let (south, _, north, _) = polygon.extent();
    if point.y.abs().max(south.abs()).max(north.abs()) > POLAR_CAP_DEG {
        return polar_distance_m(polygon, point);
    }
    let metric = Metric::at(point.y);
    let step = nearest_step(polygon, point, &metric);
    let near_m = measure(point, step, &metric);
    if near_m <= ONE_PASS_M {
        return near_m;
    }
    let again = nearest_step(polygon, point, &Metric::at(point.y + step.y / 2.0));
    near_m.min(measure(point, again, &metric))
}

/// The step in degrees to the nearest point of an edge, in the plane of a metric.
fn nearest_step(polygon: &MultiPolygon, point: Vertex, metric: &Metric) -> Vertex {
    let (per_north, per_east) = metric.per_degree();
    let mut nearest = Vertex { x: 0.0, y: 0.0 };
    let mut least = f64::INFINITY;
    polygon.for_each_edge(|a, b| {
        let (ax, ay) = ((a.x - point.x) * per_east, (a.y - point.y) * per_north);
        let (dx, dy) = ((b.x - a.x) * per_east, (b.y - a.y) * per_north);
        let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let (x, y) = (ax + along * dx, ay + along * dy);
        let square = x * x + y * y;
        if square < least {
            least = square;
            nearest = Vertex { x, y };
        }
    });
    Vertex {
        x: nearest.x / per_east,
        y: nearest.y / per_north,
    }
}

fn measure(point: Vertex, step: Vertex, metric: &Metric) -> f64 {
    let local = metric.step(step.y, step.x);
    if local <= LOCAL_REACH_M {
        return local;
    }
    let place = |x: f64, y: f64| Position::wrapped(y, x);
    metres(
        place(point.x, point.y),
        place(point.x + step.x, point.y + step.y),
    )
}

/// Near a pole no plane of longitude and latitude will do: each edge is sampled, and the best
/// stretch narrowed down by the golden section.
fn polar_distance_m(polygon: &MultiPolygon, point: Vertex) -> f64 {
    const SAMPLES: u32 = 16;
    const NARROWINGS: u32 = 32;
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let place = Position::wrapped(point.y, point.x);
    let mut least = f64::INFINITY;
    polygon.for_each_edge(|a, b| {
        let at = |along: f64| {
            metres(
                place,
                Position::wrapped(a.y + along * (b.y - a.y), a.x + along * (b.x - a.x)),
            )
        };
        let (best, value) = (0..=SAMPLES)
            .map(|sample| f64::from(sample) / f64::from(SAMPLES))
            .map(|along| (along, at(along)))
            .fold((0.0, f64::INFINITY), |best, next| {
                if next.1 < best.1 { next } else { best }
            });
        let width = 1.0 / f64::from(SAMPLES);
        let (mut low, mut high) = ((best - width).max(0.0), (best + width).min(1.0));
        for _ in 0..NARROWINGS {
            let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
            if at(left) < at(right) {
                high = right
            } else {
                low = left
            }
        }
        least = least.min(value).min(at((low + high) / 2.0));
    });
    least
}
